import Quantization

/// Scales channels between layers until what makes them and what takes them in have equal ranges (Nagel et al. 2019; Meller et al. 2019).
///
/// s_i = √(r1_i·r2_i)/r2_i for ranges r1 of the rows that make channel i and r2 of the columns that take it in: both become √(r1_i·r2_i).
/// The float network computes the same, since ReLU and pooling let positive factors through.
struct CrossLayerEqualization: Improver {
    let name = "equalization"
    let summary = "channels scaled between layers until ranges are equal, the float function unchanged (DFQ)"
    let mendsOutlierChannels = true
    let condition = "helps where channels of one range differ; inputs change their ranges too"

    func obstacle(_ weights: Recipe?, _ activations: Recipe?) -> String? {
        weights == nil ? "weights stay float" : nil
    }

    func obstacle(in network: Network) -> String? { Self.obstacleOfScaling(network) }

    func improve(_ problem: PostTrainingProblem) throws(LabFailure) -> QuantizedNetwork {
        try problem.rounded(Self.equalized(problem.network))
    }

    static func equalized(_ network: Network) -> Network {
        let network = network.copy(), streams = network.streams
        // Each stream changes its neighbours' ranges; some rounds settle all of them.
        for _ in 0..<50 {
            var largest: Float = 1
            for stream in streams {
                let factors = zip(stream.producedRanges, stream.consumedRanges).map { made, taken -> Float in
                    made > 0 && taken > 0 ? (made * taken).squareRoot() / taken : 1
                }
                stream.scale(by: factors)
                for factor in factors { largest = max(largest, factor, 1 / factor) }
            }
            if largest < 1.001 { break }
        }
        return network
    }
}
