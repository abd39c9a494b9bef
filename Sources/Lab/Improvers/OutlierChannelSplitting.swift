import Quantization

/// Splits the input channels with the largest weights in two halves, so that the range shrinks (OCS, Zhao et al. 2019).
///
/// ⌈ratio·channels⌉ times, the channel with the largest weight is taken twice, with weights (w - S/2)/2 and (w + S/2)/2 for the step S of
/// the weight's range after the split: their roundings add up to that of w (but at ties), while plain halves often round the same way.
/// That holds in the ranges of the plain halves, which the shifted ones are rounded in too: chosen anew, a range would grow by the shift
/// and its step with it. Formats without equal steps take plain halves. The float network computes the same.
struct OutlierChannelSplitting: Improver {
    let name = "ocs"
    let summary = "channels with the largest weights split in two, the float function unchanged (OCS)"
    let condition = "helps where few weights lie far out"
    static let ratio = 0.05

    func obstacle(_ weights: Recipe?, _ activations: Recipe?) -> String? {
        weights == nil ? "weights stay float" : nil
    }

    func improve(_ problem: PostTrainingProblem) throws(LabFailure) -> QuantizedNetwork {
        var network = problem.network.copy(), rounded: [String: [Float]] = [:]
        network.layers = try Self.split(network.layers, ratio: Self.ratio, problem.weights) { layer, weights in
            rounded[layer.name] = weights
        }
        let quantized = try problem.rounded(network)
        for layer in quantized.network.weighted {
            if let weights = rounded[layer.name] { layer.weight.set(weights) }
        }
        return quantized
    }

    /// - Parameter rounded: told the rounded weights of each layer that shifted halves are in.
    static func split(
        _ layers: [Layer], ratio: Double, _ recipe: Recipe?,
        rounded: (WeightedLayer, [Float]) -> Void = { _, _ in }
    ) throws(LabFailure) -> [Layer] {
        var result: [Layer] = []
        for layer in layers {
            switch layer {
            case .weighted(let layer):
                let (places, expanded) = try split(layer, ratio: ratio, recipe, rounded)
                // The picture has nothing to split.
                if places.count > layer.inputs { result.append(.pick(places, single: layer.kind == .dense)) }
                result.append(.weighted(expanded))
            case .residual(let branch):
                result.append(.residual(try split(branch, ratio: ratio, recipe, rounded: rounded)))
            case .part(let part): result.append(.part(part.copy(isFrozen: false)))
            case .batchNorm, .relu, .maxPool, .meanPool, .pick: result.append(layer)
            }
        }
        return result
    }

    private static func split(
        _ layer: WeightedLayer, ratio: Double, _ recipe: Recipe?, _ rounded: (WeightedLayer, [Float]) -> Void
    ) throws(LabFailure) -> ([Int], WeightedLayer) {
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
        let weight = Parameter(
            layer.weight.name, shape: [layer.outputs, columns.count] + layer.weight.shape.dropFirst(2))
        for output in 0..<layer.outputs {
            for (channel, column) in columns.enumerated() {
                for i in 0..<area {
                    weight.values[(output * columns.count + channel) * area + i] = column[output * area + i]
                }
            }
        }
        let expanded = WeightedLayer(layer.name, layer.kind, weight: weight, bias: layer.bias?.copy())
        guard !pairs.isEmpty, let recipe, recipe.format.hasEqualSteps,
            let (ranges, layout) = try WeightQuantizer.ranges(expanded, recipe)
        else { return (places, expanded) }
        for (first, second) in pairs {
            for output in 0..<layer.outputs {
                for i in 0..<area {
                    let lower = (output * columns.count + first) * area + i
                    let upper = (output * columns.count + second) * area + i
                    let quarter = ranges.quantizers[layout.range(ofElement: lower)].scale / 4
                    weight.values[lower] -= quarter
                    weight.values[upper] += quarter
                }
            }
        }
        rounded(
            expanded,
            (0..<weight.count).map { element in
                let quantizer = ranges.quantizers[layout.range(ofElement: element)]
                return quantizer.reconstruction(
                    of: quantizer.code(of: weight.values[element], rounding: recipe.rounding, index: element))
            })
        return (places, expanded)
    }
}
