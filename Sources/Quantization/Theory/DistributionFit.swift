/// How well some values follow a model with their own mean and spread.
public struct DistributionFit: Sendable {
    public let model: SourceModel
    public let mean: Double
    /// The standard deviation of the fitted model: σ of the values for the Gaussian, √2·mean|x - mean| for the Laplacian.
    public let deviation: Double
    /// The largest difference between the values' distribution function and the model's (Kolmogorov and Smirnov's D): 0 for a
    /// perfect fit; 0.03 is hard to see in a histogram, 0.1 is plain.
    public let distance: Double

    init(_ model: SourceModel, _ evidence: WeightedEvidence) {
        self.model = model
        let (mean, deviation) = evidence.meanAndDeviation()
        self.mean = mean
        let spread = model == .gauss ? deviation : evidence.meanDistance(from: mean) / model.meanMagnitude
        self.deviation = spread
        let moments = evidence.moments
        var below = 0.0, distance = 0.0
        for position in 0..<moments.size {
            let (value, times) = moments.point(position)
            guard times > 0 else { continue }
            let expected = spread > 0 ? model.distribution((value - mean) / spread) : value < mean ? 0 : 1
            distance = max(distance, abs(expected - below / moments.total))
            below += times
            distance = max(distance, abs(expected - below / moments.total))
        }
        self.distance = distance
    }
}
