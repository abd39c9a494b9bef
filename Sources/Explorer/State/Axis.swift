import Platform
import Quantization

/// The values that a plot spans from its left to its right edge; magnitudes where it is logarithmic.
public struct Axis: Equatable, Sendable {
    public let low: Double
    public let high: Double
    public let isLogarithmic: Bool

    public init(low: Double, high: Double, isLogarithmic: Bool = false) {
        self.low = low
        self.high = high
        self.isLogarithmic = isLogarithmic
    }

    init(_ binning: Binning, isLogarithmic: Bool) {
        self.init(low: binning.edges[0], high: binning.edges[binning.bins], isLogarithmic: isLogarithmic)
    }

    /// Where a value is, 0 at the left edge and 1 at the right; outside of 0…1 beyond them.
    public func share(of value: Double) -> Double {
        guard high > low else { return 0 }
        if isLogarithmic { return value == 0 ? -.infinity : log2(abs(value) / low) / log2(high / low) }
        return (value - low) / (high - low)
    }

    /// The column of `count` that a value falls into, nil where it is beyond the edges.
    public func column(of value: Double, in count: Int) -> Int? {
        let share = share(of: value)
        guard share >= 0, share <= 1 else { return nil }
        return min(count - 1, Int(share * Double(count)))
    }

    public func value(at share: Double) -> Double {
        isLogarithmic ? low * exp2(log2(high / low) * share) : low + (high - low) * share
    }

    /// The value in the middle of a column.
    public func value(ofColumn column: Int, in count: Int) -> Double {
        value(at: (Double(column) + 0.5) / Double(max(1, count)))
    }

    /// The axis moved by a share of its width, or made wider by a factor around one of its positions; nil where it would be
    /// empty or infinite.
    func moved(by shift: Double) -> Axis? { part(from: shift, to: 1 + shift) }

    func scaled(by factor: Double, around share: Double) -> Axis? {
        part(from: share - share * factor, to: share + (1 - share) * factor)
    }

    private func part(from: Double, to: Double) -> Axis? {
        let low = value(at: from), high = value(at: to)
        guard DetailQuestion.Window(low: low, high: high) != nil, !isLogarithmic || low > 0 else { return nil }
        return Axis(low: low, high: high, isLogarithmic: isLogarithmic)
    }

    /// About one column of `count` around a position.
    func step(at value: Double, columns count: Int) -> Double {
        guard isLogarithmic else { return (high - low) / Double(max(1, count)) }
        return abs(value) * (exp2(log2(high / low) / Double(max(1, count))) - 1)
    }
}
