/// Levels -α, 0 and α: values beyond ±Δ become ±α, Δ being chosen apart from α.
public struct TernaryQuantizer: Hashable, Sendable {
    /// α
    public let scale: Float
    /// Δ: magnitudes above it are not zero.
    public let threshold: Float

    func code(of value: Float) -> Int { value > threshold ? 2 : value < -threshold ? 0 : 1 }

    /// Beyond α by more than half of α, the gap between the levels.
    func isClipped(_ value: Float) -> Bool { abs(value) > scale * 1.5 }

    public var levels: [Float] { [-scale, 0, scale] }
    var range: ClipRange { ClipRange(low: -scale, high: scale) }
    func with(scale: Float) -> TernaryQuantizer { TernaryQuantizer(scale: scale, threshold: threshold) }
}
