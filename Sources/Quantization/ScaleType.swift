import Tensors

/// The type in which scales are stored. The stored value is the one used.
public enum ScaleType: String, CaseIterable, Hashable, Sendable {
    case float32 = "f32"
    case float16 = "f16"
    case bfloat16 = "bf16"
    /// A power of two, 2^-127 … 2^127: the exponent alone (OCP E8M0).
    case float8E8M0 = "e8m0"
    /// Four bits of exponent, three of fraction, largest value 448 (OCP E4M3 fn).
    case float8E4M3 = "e4m3"
    /// Eight bits each, in blocks of 256 neighbouring scales under a Float32 (double quantization, QLoRA).
    case doubleQuantized = "dq"

    /// Bits that one scale takes, without what a block of them shares.
    public var bits: Int {
        switch self {
        case .float32: 32
        case .float16, .bfloat16: 16
        case .float8E8M0, .float8E4M3, .doubleQuantized: 8
        }
    }

    /// Bits of so many scales.
    func storedBits(count: Int) -> Double {
        let shared = self == .doubleQuantized ? 32 * count.pieces(of: DoubleQuantization.blockSize) : 0
        return Double(count) * Double(bits) + Double(shared)
    }

    /// Types so coarse that every scale they have can be tried.
    var isCoarse: Bool { self == .float8E8M0 || self == .float8E4M3 }

    /// The stored scales next to one, itself included: what rounding either way would give. Where scales are stored exactly, or
    /// with their neighbours, it alone.
    func neighbours(of scale: Double) -> [Float] {
        let own = Float(scale)
        guard own.isFinite, own > 0 else { return [] }
        switch self {
        case .float32, .doubleQuantized: return [own]
        default:
            let nearest = stored(own)
            return Array(Set([below(nearest), nearest, above(nearest)])).sorted()
        }
    }

    /// Stored scales from the one at or above `largest` down to about `smallest`, descending; of coarse types.
    func all(from largest: Double, to smallest: Double) -> [Float] {
        guard isCoarse else { return [] }
        var scale = above(stored(Float(min(largest, Double(Float.greatestFiniteMagnitude))))), result: [Float] = []
        while true {
            result.append(scale)
            let next = below(scale)
            if Double(scale) < smallest || next >= scale { return result }
            scale = next
        }
    }

    /// The next stored scale below a stored one, or itself where it is the least.
    private func below(_ scale: Float) -> Float {
        switch self {
        case .float32, .doubleQuantized: scale
        case .float16: Float(max(Float16.leastNonzeroMagnitude, Float16(scale).nextDown))
        case .bfloat16: Float(bitPattern: max(0x0001_0000, scale.bitPattern &- 0x1_0000))
        case .float8E8M0: scale > .leastNormalMagnitude ? scale / 2 : scale
        case .float8E4M3:
            scale <= 0x1p-6 ? max(0x1p-9, scale - 0x1p-9) : Float(bitPattern: scale.bitPattern &- 0x10_0000)
        }
    }

    /// The next stored scale above a stored one, or itself where it is the greatest.
    private func above(_ scale: Float) -> Float {
        switch self {
        case .float32, .doubleQuantized: scale
        case .float16: Float(min(Float16.greatestFiniteMagnitude, Float16(scale).nextUp))
        case .bfloat16: Float(bitPattern: min(0x7F7F_0000, scale.bitPattern &+ 0x1_0000))
        case .float8E8M0: scale < 0x1p127 ? scale * 2 : scale
        case .float8E4M3:
            scale < 0x1p-6 ? scale + 0x1p-9 : min(448, Float(bitPattern: scale.bitPattern &+ 0x10_0000))
        }
    }

    /// The scale of a range without extent: 1, or, where neighbours share a step, nothing that would widen it.
    var ofNothing: Float { self == .doubleQuantized ? .leastNormalMagnitude : stored(1) }

    /// The scale as stored, rounded to nearest even; E8M0 rounds up, so that nothing is clipped by it.
    ///
    /// A scale that would become zero or infinite takes the type's smallest or largest positive value: dividing by it must
    /// stay possible.
    public func stored(_ scale: Float) -> Float {
        switch self {
        // Of double quantization what depends on one scale alone; its neighbours decide the rest.
        case .float32, .doubleQuantized: return scale
        case .float16:
            let value = Float(Float16(scale))
            if value == 0 { return Float(Float16.leastNonzeroMagnitude) }
            return value.isInfinite ? Float(Float16.greatestFiniteMagnitude) : value
        case .bfloat16:
            let bits = scale.bitPattern
            let rounded = Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
            if rounded == 0 { return Float(bitPattern: 0x0001_0000) }
            return rounded.isInfinite ? Float(bitPattern: 0x7F7F_0000) : rounded
        case .float8E8M0:
            let bits = max(scale, .leastNormalMagnitude).bitPattern
            let rounded = Float(bitPattern: (bits &+ 0x7F_FFFF) & 0x7F80_0000)
            return rounded.isInfinite ? 0x1p127 : rounded
        case .float8E4M3:
            // Below 2^-6 steps are 2^-9 wide.
            if scale < 0x1p-6 { return max(0x1p-9, (scale * 512).rounded(.toNearestOrEven) / 512) }
            let bits = scale.bitPattern
            return min(448, Float(bitPattern: (bits &+ 0x7_FFFF &+ (bits >> 20 & 1)) & 0xFFF0_0000))
        }
    }
}

/// Scales as multiples of a step that 256 neighbours share: d = largest/255, S' = d·round(S/d), at least d.
///
/// QLoRA stores the scales of its blocks of 64 weights in this way, which takes 0.127 instead of 0.5 bits a weight.
enum DoubleQuantization {
    static let blockSize = 256

    /// The stored scales of one block, in place.
    static func store(_ scales: UnsafeMutableBufferPointer<Float>) {
        let step = max((scales.max() ?? 0) / 255, .leastNormalMagnitude)
        for i in scales.indices {
            scales[i] = step * max(1, min(255, (scales[i] / step).rounded(.toNearestOrEven)))
        }
    }
}
