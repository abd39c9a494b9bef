/// What no code can beat at a number of bits a weight, for the Gaussian or Laplacian that the values look like.
///
/// It holds for values that are alike everywhere: granularity that follows rows or groups of other sizes may do better.
public struct RateBound: Sendable {
    public let model: SourceModel
    /// Σx²/(N·σ²): a mean that is not zero costs no bits.
    private let power: Double

    /// Where a percentile of the values may lie in the model's distribution, at most.
    private static let mostDifference = 0.04

    /// The model whose distribution function is nearest at the percentiles of the statistics; nil where neither is near.
    public init?(_ statistics: TensorStatistics) {
        guard let mean = statistics.mean, let deviation = statistics.standardDeviation, deviation > 0,
            let percentiles = statistics.percentiles
        else { return nil }
        func difference(_ model: SourceModel) -> Double {
            zip(TensorStatistics.percentilePoints, percentiles).map { point, value in
                abs(model.distribution((value - mean) / deviation) - point / 100)
            }.max() ?? 1
        }
        let fits = SourceModel.allCases.map { (model: $0, difference: difference($0)) }
        guard let best = fits.min(by: { $0.difference < $1.difference }), best.difference < Self.mostDifference else {
            return nil
        }
        model = best.model
        power = 1 + mean * mean / (deviation * deviation)
    }

    /// The highest SQNR in dB.
    public func sqnr(bits: Double) -> Double { Decibel.of(power / model.rateDistortion(bits: bits)) }
}
