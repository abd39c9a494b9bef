import Basics
import Quantization
import Tensors

/// What the first pass over a tensor tells at a glance, for marks in lists.
public struct TensorFacts: Equatable, Sendable {
    public let outlierScore: Double?
    /// NaN and infinities.
    public let notFinite: Int
    /// All finite elements are one value, of several.
    public let isConstant: Bool
    /// That value is zero.
    public let isZero: Bool
    /// A channel of its first two axes has nothing but zeros.
    public internal(set) var hasDeadChannel = false

    init(_ statistics: TensorStatistics, hasDeadChannel: Bool = false) {
        self.hasDeadChannel = hasDeadChannel
        outlierScore = statistics.outlierScore
        notFinite = statistics.count - statistics.finiteCount
        isConstant = statistics.finiteCount > 1 && statistics.minimum == statistics.maximum
        isZero = statistics.finiteCount > 0 && statistics.absoluteMaximum == 0
    }
}

extension TensorView {
    /// Of the first two axes, which rows and columns of matrices and filters are.
    func hasDeadChannel(_ cancel: CancelFlag) -> Bool {
        (0..<2).contains { hasDeadChannel(ofAxis: $0) { cancel.isCancelled } }
    }
}
