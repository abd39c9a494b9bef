/// The clipping range [α, β] that a calibrator chose, rounded to Float32.
public struct ClipRange: Hashable, Sendable {
    public var low: Float
    public var high: Float

    public init(low: Float, high: Float) {
        self.low = low
        self.high = high
    }

    /// The same limits in the fewest digits that give them back: `-5.881549` rather than the `-5.881548881530762` of the nearest
    /// Double.
    public var shortest: (low: Double, high: Double) {
        (Double(low.description) ?? Double(low), Double(high.description) ?? Double(high))
    }

    /// The range as `mapping` uses it: symmetric ones take the larger magnitude on both sides, the asymmetric is widened to
    /// hold zero.
    public func effective(for mapping: Mapping) -> ClipRange {
        switch mapping {
        case .symmetric, .symmetricFull:
            let limit = max(abs(low), abs(high))
            return ClipRange(low: 0 - limit, high: limit)
        case .asymmetric: return ClipRange(low: min(low, 0), high: max(high, 0))
        }
    }
}
