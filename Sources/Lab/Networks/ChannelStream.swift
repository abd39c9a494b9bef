/// Channels on their way from the layers that make them to the layers that take them in.
///
/// ReLU and pooling are positively homogeneous, so that a channel can be made smaller by any factor s > 0 where it is made, and larger
/// where it is taken in, and the network computes the same (survey III-G2). Where a residual branch comes back, both of its ends make
/// the same channels.
final class ChannelStream {
    fileprivate(set) var producers: [WeightedLayer] = []
    fileprivate(set) var consumers: [WeightedLayer] = []
    /// Something on the way makes channels that cannot be scaled: the input, or a batch norm.
    fileprivate var isFixed = false

    var channels: Int { producers.first?.outputs ?? 0 }

    /// Numbers of a consumer's row that belong to one channel.
    func width(_ consumer: WeightedLayer) -> Int { consumer.rowLength / channels }

    /// max|W| over what the producers' rows of each channel hold.
    var producedRanges: [Float] {
        (0..<channels).map { channel in
            producers.reduce(0) { largest, layer in
                let row = layer.weight.values + channel * layer.rowLength
                return (0..<layer.rowLength).reduce(largest) { max($0, abs(row[$1])) }
            }
        }
    }

    /// max|W| over the consumers' columns of each channel.
    var consumedRanges: [Float] {
        (0..<channels).map { channel in
            consumers.reduce(0) { largest, layer in
                let width = width(layer)
                return (0..<layer.outputs).reduce(largest) { largest, output in
                    let start = layer.weight.values + output * layer.rowLength + channel * width
                    return (0..<width).reduce(largest) { max($0, abs(start[$1])) }
                }
            }
        }
    }

    /// Makes each channel smaller by its factor where it is made, and larger where it is taken in.
    func scale(by factors: [Float]) {
        for layer in producers {
            for channel in 0..<channels {
                let row = layer.weight.values + channel * layer.rowLength
                for i in 0..<layer.rowLength { row[i] /= factors[channel] }
                layer.bias?.values[channel] /= factors[channel]
            }
        }
        for layer in consumers {
            let width = width(layer)
            for output in 0..<layer.outputs {
                for channel in 0..<channels {
                    let start = layer.weight.values + output * layer.rowLength + channel * width
                    for i in 0..<width { start[i] *= factors[channel] }
                }
            }
        }
    }
}

extension Network {
    /// All channels that can be scaled.
    var streams: [ChannelStream] {
        var all: [ChannelStream] = []
        func walk(_ layers: [Layer], from start: ChannelStream) -> ChannelStream {
            var stream = start
            for layer in layers {
                switch layer {
                case .weighted(let layer):
                    stream.consumers.append(layer)
                    stream = ChannelStream()
                    stream.producers.append(layer)
                    all.append(stream)
                case .residual(let branch):
                    let end = walk(branch, from: stream)
                    guard end !== stream else { continue }
                    stream.producers += end.producers
                    stream.isFixed = stream.isFixed || end.isFixed
                    all.removeAll { $0 === end }
                case .batchNorm, .pick: stream.isFixed = true
                case .part(let part):
                    // Nothing is known of what it does to channels: those before it and after it stay as they are.
                    stream.isFixed = true
                    stream.consumers += part.weighted
                    stream = ChannelStream()
                    stream.isFixed = true
                case .relu, .maxPool, .meanPool: break
                }
            }
            return stream
        }
        let input = ChannelStream()
        input.isFixed = true
        _ = walk(layers, from: input)
        return all.filter { !$0.isFixed && !$0.consumers.isEmpty }
    }
}
