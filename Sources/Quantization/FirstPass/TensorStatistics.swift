import Platform

/// What the first pass over a tensor tells: all of it exact, of the finite elements where it speaks of values.
public struct TensorStatistics: Sendable, Equatable {
    /// All elements, non-finite ones included.
    public let count: Int
    public let nanCount: Int
    public let infinityCount: Int
    public let zeroCount: Int
    /// nil where no element is finite; so are the following.
    public let minimum: Double?
    public let maximum: Double?
    public let mean: Double?
    /// The population's standard deviation.
    public let standardDeviation: Double?
    /// The largest magnitude.
    public let absoluteMaximum: Double?
    /// Σ(x - mean)³/n / σ³; nil for a constant tensor.
    public let skewness: Double?
    /// Σ(x - mean)⁴/n / σ⁴, 3 for a Gaussian; nil for a constant tensor.
    public let kurtosis: Double?
    /// By `percentilePoints`, with linear interpolation between order statistics.
    public let percentiles: [Double]?

    public static let percentilePoints: [Double] = [0.1, 1, 5, 25, 50, 75, 95, 99, 99.9]

    public var finiteCount: Int { count - nanCount - infinityCount }

    /// How many times farther the farthest element lies from the mean than in a Gaussian of as many elements:
    /// max|x - mean| / (σ·√(2·ln n)). About 1 for Gaussian weights; √(n / (2·ln n)) at most. nil for a constant tensor or
    /// fewer than two finite elements.
    public var outlierScore: Double? {
        guard let minimum, let maximum, let mean, let deviation = standardDeviation, deviation > 0, finiteCount > 1
        else { return nil }
        return max(maximum - mean, mean - minimum) / (deviation * (2 * log(Double(finiteCount))).squareRoot())
    }
}
