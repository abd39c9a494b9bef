import Platform

/// Moves the difficulty of outlier channels from activations to weights (SmoothQuant, Xiao et al. 2022).
///
/// s_j = max|X_j|^a / max|W_j|^(1-a), a = ½: channel j of the activations is divided by s_j where it is made, the weights that take it in
/// are multiplied by it. The float network computes the same.
struct ActivationSmoothing: Improver {
    let name = "smoothquant"
    let summary =
        "outlier channels of activations made smaller, their weights larger, the float function unchanged (SmoothQuant)"
    let mendsOutlierChannels = true
    let condition = "helps where few input channels are large; weights take over their range"
    /// a: how much of the difficulty moves.
    static let strength: Float = 0.5

    func obstacle(in network: Network) -> String? { Self.obstacleOfScaling(network) }

    func improve(_ problem: PostTrainingProblem) throws(LabFailure) -> QuantizedNetwork {
        let network = problem.network.copy(), records = try problem.records(of: problem.network)
        for stream in network.streams {
            var largest = [Float](repeating: 0, count: stream.channels)
            for layer in stream.consumers {
                guard let record = records[layer] else { continue }
                let area = record.values.count / record.shape[0] / stream.channels
                for (element, value) in record.values.enumerated() {
                    let channel = element / area % stream.channels
                    largest[channel] = max(largest[channel], abs(value))
                }
            }
            stream.scale(by: Self.factors(activations: largest, weights: stream.consumedRanges))
        }
        return try problem.rounded(network)
    }

    static func factors(activations: [Float], weights: [Float]) -> [Float] {
        zip(activations, weights).map { x, w in
            guard x > 0, w > 0 else { return 1 }
            return max(pow(x, strength) / pow(w, 1 - strength), 1e-5)
        }
    }
}
