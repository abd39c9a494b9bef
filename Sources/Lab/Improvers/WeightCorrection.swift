import Quantization

/// Keeps the mean and the deviation of every output channel's weights (Banner et al. 2018). A scale and a shift of a channel can be taken
/// over by what follows it, so that codes stay as they are.
struct WeightCorrection: Improver {
    let name = "weight_correction"
    let summary = "mean and deviation of every channel's weights preserved (ACIQ)"
    let condition = "helps where rounding changes the mean or spread of channels"

    func obstacle(_ weights: Recipe?, _ activations: Recipe?) -> String? {
        weights == nil ? "weights stay float" : nil
    }

    func improve(_ problem: PostTrainingProblem) throws(LabFailure) -> QuantizedNetwork {
        guard let recipe = problem.weights else { return try problem.rounded(problem.network) }
        let network = problem.network.copy()
        for layer in network.weighted {
            let before = layer.weight.array, width = layer.rowLength
            let after = try WeightQuantizer.reconstruction(layer, recipe, context: problem.run.context)
            layer.weight.set(
                (0..<layer.outputs).flatMap { output in
                    let row = output * width..<(output + 1) * width
                    return Self.withStatistics(of: Array(before[row]), Array(after[row]))
                })
        }
        return try QuantizedNetwork(
            rounded: network, activations: problem.activations, records: try problem.records(of: problem.network),
            context: problem.run.context)
    }

    /// w_q ← ξ·(w_q - E[w_q]) + E[w], ξ = ‖w - E[w]‖/‖w_q - E[w_q]‖.
    static func withStatistics(of weights: [Float], _ rounded: [Float]) -> [Float] {
        func mean(_ values: [Float]) -> Double {
            values.reduce(0) { $0 + Double($1) } / Double(max(1, values.count))
        }
        func norm(_ values: [Float], _ mean: Double) -> Double {
            values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }.squareRoot()
        }
        let (before, after) = (mean(weights), mean(rounded)), spread = norm(rounded, after)
        guard spread > 0 else { return rounded }
        let factor = norm(weights, before) / spread
        return rounded.map { Float(factor * (Double($0) - after) + before) }
    }
}
