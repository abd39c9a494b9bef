extension Tape {
    /// L = mean over channels of (μ - μ̂)² + (σ - σ̂)², μ and σ being those of each channel of a batch (ZeroQ, Cai et al. 2020).
    ///
    /// x [samples, channels, …]. With n numbers in a channel and C channels
    /// ∂x = 2/(C·n)·((μ - μ̂) + (σ - σ̂)·(x - μ)/σ).
    ///
    /// - Parameters:
    ///   - mean: μ̂ of each channel.
    ///   - variance: σ̂², to which `epsilon` is added, as to that of the batch.
    func statisticsMatching(_ x: Node, mean: [Float], variance: [Float], epsilon: Float) -> Node {
        let samples = x.samples, channels = x.shape[1], area = x.area, width = x.width
        let n = Double(samples * area), loss = node([1], needsGradient: true)
        let found = scratch(4 * channels)
        forEach(channels) { channel in
            func lines(_ body: (Int) -> Void) {
                for sample in 0..<samples { body(sample * width + channel * area) }
            }
            var sum = 0.0
            lines { sum += Self.sum(x.data + $0, area) }
            let center = sum / n
            var squares = 0.0
            lines { squares += Self.squares(x.data + $0, area, around: Float(center)) }
            let deviation = (squares / n + Double(epsilon)).squareRoot()
            found[4 * channel] = Float(center)
            found[4 * channel + 1] = Float(deviation)
            found[4 * channel + 2] = Float(center - Double(mean[channel]))
            found[4 * channel + 3] = Float(
                deviation - (Double(variance[channel]) + Double(epsilon)).squareRoot())
        }
        var total = 0.0
        for channel in 0..<channels {
            let (a, b) = (Double(found[4 * channel + 2]), Double(found[4 * channel + 3]))
            total += a * a + b * b
        }
        loss.data[0] = Float(total / Double(channels))
        record { [unowned self] in
            guard let seed = loss.gradient?[0], let dx = x.gradient else { return }
            let factor = Float(2 * Double(seed) / (Double(channels) * n))
            forEachShard(samples) { _, range in
                for sample in range {
                    for channel in 0..<channels {
                        let center = found[4 * channel], deviation = found[4 * channel + 1]
                        let ofMean = found[4 * channel + 2], slope = found[4 * channel + 3] / deviation
                        let start = sample * width + channel * area
                        for i in start..<start + area {
                            dx[i] += factor * (ofMean + slope * (x.data[i] - center))
                        }
                    }
                }
            }
        }
        return loss
    }

    /// Σ weight·loss of several losses.
    func total(_ losses: [(loss: Node, weight: Float)]) -> Node {
        let sum = node([1], needsGradient: true)
        sum.data[0] = losses.reduce(0) { $0 + $1.weight * $1.loss.data[0] }
        record {
            guard let seed = sum.gradient?[0] else { return }
            for (loss, weight) in losses { loss.gradient?[0] += weight * seed }
        }
        return sum
    }
}
