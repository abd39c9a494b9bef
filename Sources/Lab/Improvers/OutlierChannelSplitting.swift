import Quantization

/// Splits the input channels with the largest weights in two halves, so that the range shrinks (OCS, Zhao et al. 2019).
///
/// ⌈ratio·channels⌉ times, the channel with the largest weight is taken twice, with weights (w - S/2)/2 and (w + S/2)/2, whose roundings add
/// up to that of w: halves alone would often round the same way. The float network computes the same.
struct OutlierChannelSplitting: Improver {
    let name = "ocs"
    let summary = "channels with the largest weights split in two, the float function unchanged (OCS)"
    static let ratio = 0.05

    func improve(_ problem: PostTrainingProblem) throws(LabFailure) -> QuantizedNetwork {
        var network = problem.network.copy()
        // The step that rounding will have follows from the largest weight that is left.
        let levels = problem.weights.map { Float(max(1, $0.codes.upperBound)) } ?? .infinity
        network.layers = Self.split(network.layers, ratio: Self.ratio, levels: levels)
        return try problem.rounded(network)
    }

    /// - Parameter levels: steps from zero to the largest weight.
    static func split(_ layers: [Layer], ratio: Double, levels: Float) -> [Layer] {
        layers.flatMap { layer -> [Layer] in
            switch layer {
            case .weighted(let layer):
                let (places, expanded) = split(layer, ratio: ratio, levels: levels)
                // The picture has nothing to split.
                guard places.count > layer.inputs else { return [.weighted(layer)] }
                return [.pick(places, single: layer.kind == .dense), .weighted(expanded)]
            case .residual(let branch): return [.residual(split(branch, ratio: ratio, levels: levels))]
            case .batchNorm, .relu, .maxPool, .meanPool, .pick: return [layer]
            }
        }
    }

    private static func split(_ layer: WeightedLayer, ratio: Double, levels: Float) -> ([Int], WeightedLayer) {
        let area = layer.kernelArea, values = layer.weight.values
        // Weights by input channel: [channel][output·area].
        var columns = (0..<layer.inputs).map { channel in
            (0..<layer.outputs).flatMap { output in
                (0..<area).map { values[output * layer.rowLength + channel * area + $0] }
            }
        }
        func largest(_ column: [Float]) -> Float { column.reduce(0) { max($0, abs($1)) } }
        var places = Array(0..<layer.inputs), pairs: [(Int, Int)] = []
        let count = layer.inputs > 1 ? Int((ratio * Double(layer.inputs)).rounded(.up)) : 0
        for _ in 0..<count {
            guard let widest = columns.indices.max(by: { largest(columns[$0]) < largest(columns[$1]) }) else { break }
            columns[widest] = columns[widest].map { $0 / 2 }
            pairs.append((widest, columns.count))
            columns.append(columns[widest])
            places.append(places[widest])
        }
        let step = columns.map(largest).reduce(0, max) / levels
        for (first, second) in pairs {
            for i in columns[first].indices {
                columns[first][i] -= step / 4
                columns[second][i] += step / 4
            }
        }
        let weight = Parameter(
            layer.weight.name, shape: [layer.outputs, columns.count] + layer.weight.shape.dropFirst(2))
        for output in 0..<layer.outputs {
            for (channel, column) in columns.enumerated() {
                for i in 0..<area {
                    weight.values[(output * columns.count + channel) * area + i] = column[output * area + i]
                }
            }
        }
        return (places, WeightedLayer(layer.name, layer.kind, weight: weight, bias: layer.bias?.copy()))
    }
}
