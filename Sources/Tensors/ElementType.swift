/// How one element of a stored tensor is written, by the names of the safetensors format.
public enum ElementType: String, CaseIterable, Sendable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case uint16 = "U16"
    case int16 = "I16"
    case uint32 = "U32"
    case int32 = "I32"
    case uint64 = "U64"
    case int64 = "I64"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case float32 = "F32"
    case float64 = "F64"
    /// x87 extended precision in 16 bytes, NumPy's `longdouble` on x86-64.
    case float80 = "F80"
    /// A pair of F32: real, then imaginary part.
    case complex64 = "C64"
    /// A pair of F64.
    case complex128 = "C128"
    /// OCP E4M3 "fn": no infinities, NaN is S.1111.111, largest value 448.
    case float8E4M3 = "F8_E4M3"
    /// OCP E5M2 with IEEE infinities and NaN, largest value 57,344.
    case float8E5M2 = "F8_E5M2"
    /// E4M3 with bias 8; the code of -0 is the only NaN.
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    /// E5M2 with bias 16; the code of -0 is the only NaN.
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    /// A power of two, 2^(code - 127); 255 is NaN.
    case float8E8M0 = "F8_E8M0"
    /// OCP E2M3, four elements in three bytes, lowest bits first.
    case float6E2M3 = "F6_E2M3"
    /// OCP E3M2, packed likewise.
    case float6E3M2 = "F6_E3M2"
    /// OCP E2M1, two elements a byte, the low half first.
    case float4 = "F4"

    /// Bits that one element takes in the file.
    public var bitWidth: Int {
        switch self {
        case .float4: 4
        case .float6E2M3, .float6E3M2: 6
        case .bool, .uint8, .int8, .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ, .float8E8M0: 8
        case .uint16, .int16, .float16, .bfloat16: 16
        case .uint32, .int32, .float32: 32
        case .uint64, .int64, .float64, .complex64: 64
        case .float80, .complex128: 128
        }
    }

    /// Numbers that one element holds: 2 for complex types, whose parts are shown as a last axis.
    public var componentCount: Int { self == .complex64 || self == .complex128 ? 2 : 1 }

    /// Whether reading rounds some values to Float32.
    public var isRoundedOnReading: Bool {
        switch self {
        case .uint32, .int32, .uint64, .int64, .float64, .float80, .complex128: true
        default: false
        }
    }

    /// Whether the type holds real numbers rather than integers or truth values.
    public var isFloatingPoint: Bool {
        switch self {
        case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: false
        default: true
        }
    }

    /// The bytes that `count` elements take, nil where that does not fit an `Int` or is not a whole number of bytes.
    public func byteCount(of count: Int) -> Int? {
        let (bits, overflow) = count.multipliedReportingOverflow(by: bitWidth)
        guard !overflow, bits % 8 == 0 else { return nil }
        return bits / 8
    }
}
