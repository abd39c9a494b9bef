/// The type in which scales are stored. The stored value is the one used.
public enum ScaleType: String, CaseIterable, Hashable, Sendable {
    case float32 = "f32"
    case float16 = "f16"
    case bfloat16 = "bf16"

    /// Bits that one scale takes.
    public var bits: Int { self == .float32 ? 32 : 16 }

    /// The scale as stored, rounded to nearest even.
    ///
    /// A scale that would become zero or infinite takes the type's smallest or largest positive value: dividing by it must
    /// stay possible.
    public func stored(_ scale: Float) -> Float {
        switch self {
        case .float32: return scale
        case .float16:
            let value = Float(Float16(scale))
            if value == 0 { return Float(Float16.leastNonzeroMagnitude) }
            return value.isInfinite ? Float(Float16.greatestFiniteMagnitude) : value
        case .bfloat16:
            let bits = scale.bitPattern
            let rounded = Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
            if rounded == 0 { return Float(bitPattern: 0x0001_0000) }
            return rounded.isInfinite ? Float(bitPattern: 0x7F7F_0000) : rounded
        }
    }
}
