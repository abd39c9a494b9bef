/// What one recipe does to one tensor.
public struct Evaluation: Sendable {
    public let recipe: Recipe
    public internal(set) var metrics: Metrics
    /// What the metrics follow from, for totals of several tensors; of a sample in an estimate.
    public let sums: ErrorSums
    /// The quantizers of the first ranges, at most `keptQuantizers`.
    public let quantizers: [Quantizer]
    public let rangeCount: Int
    /// How often each code occurs over the whole tensor, from the lowest code on; scaled up in an estimate.
    public let codeCounts: [UInt64]
    /// The range with the largest share of the squared error.
    public let worstRange: Int
    /// Whether every element entered; an estimate otherwise.
    public let isExact: Bool

    public static let keptQuantizers = 64

    /// The same with the error of the layer's outputs.
    public func with(outputError: Double?) -> Evaluation {
        var result = self
        result.metrics.outputError = outputError
        return result
    }
}
