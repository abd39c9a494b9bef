import Quantization

/// What the first pass over a tensor tells at a glance, for marks in lists.
public struct TensorFacts: Equatable, Sendable {
    public let outlierScore: Double?
    /// NaN and infinities.
    public let notFinite: Int
    /// All finite elements are one value, of several.
    public let isConstant: Bool
    /// That value is zero.
    public let isZero: Bool

    init(_ statistics: TensorStatistics) {
        outlierScore = statistics.outlierScore
        notFinite = statistics.count - statistics.finiteCount
        isConstant = statistics.finiteCount > 1 && statistics.minimum == statistics.maximum
        isZero = statistics.finiteCount > 0 && statistics.absoluteMaximum == 0
    }
}
