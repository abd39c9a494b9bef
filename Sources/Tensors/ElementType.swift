/// How the elements of a stored tensor are written, by the names of the safetensors format, block types by those of ggml.
// Block types keep ggml's names, underscores included.
// swift-format-ignore: AlwaysUseLowerCamelCase
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
    // Blocks of ggml, each described at its layout in `Blocks`.
    case q1_0 = "Q1_0"
    case q4_0 = "Q4_0"
    case q4_1 = "Q4_1"
    case q5_0 = "Q5_0"
    case q5_1 = "Q5_1"
    case q8_0 = "Q8_0"
    case q8_1 = "Q8_1"
    case q2_k = "Q2_K"
    case q3_k = "Q3_K"
    case q4_k = "Q4_K"
    case q5_k = "Q5_K"
    case q6_k = "Q6_K"
    case q8_k = "Q8_K"
    case iq1_s = "IQ1_S"
    case iq1_m = "IQ1_M"
    case iq2_xxs = "IQ2_XXS"
    case iq2_xs = "IQ2_XS"
    case iq2_s = "IQ2_S"
    case iq3_xxs = "IQ3_XXS"
    case iq3_s = "IQ3_S"
    case iq4_nl = "IQ4_NL"
    case iq4_xs = "IQ4_XS"
    case tq1_0 = "TQ1_0"
    case tq2_0 = "TQ2_0"
    case mxfp4 = "MXFP4"
    case nvfp4 = "NVFP4"

    /// How blocks are laid out; nil for types whose elements are independent.
    public var block: (any BlockType.Type)? {
        switch self {
        case .q1_0: Q1_0.self
        case .q4_0: Q4_0.self
        case .q4_1: Q4_1.self
        case .q5_0: Q5_0.self
        case .q5_1: Q5_1.self
        case .q8_0: Q8_0.self
        case .q8_1: Q8_1.self
        case .q2_k: Q2_K.self
        case .q3_k: Q3_K.self
        case .q4_k: Q4_K.self
        case .q5_k: Q5_K.self
        case .q6_k: Q6_K.self
        case .q8_k: Q8_K.self
        case .iq1_s: IQ1_S.self
        case .iq1_m: IQ1_M.self
        case .iq2_xxs: IQ2_XXS.self
        case .iq2_xs: IQ2_XS.self
        case .iq2_s: IQ2_S.self
        case .iq3_xxs: IQ3_XXS.self
        case .iq3_s: IQ3_S.self
        case .iq4_nl: IQ4_NL.self
        case .iq4_xs: IQ4_XS.self
        case .tq1_0: TQ1_0.self
        case .tq2_0: TQ2_0.self
        case .mxfp4: MXFP4Block.self
        case .nvfp4: NVFP4Block.self
        default: nil
        }
    }

    /// Bits that one element takes in the file; of block types its share of the block, rounded up.
    public var bitWidth: Int {
        if let block { return (block.bytes * 8 + block.elements - 1) / block.elements }
        return switch self {
        case .float4: 4
        case .float6E2M3, .float6E3M2: 6
        case .bool, .uint8, .int8, .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ, .float8E8M0: 8
        case .uint16, .int16, .float16, .bfloat16: 16
        case .uint32, .int32, .float32: 32
        case .uint64, .int64, .float64, .complex64: 64
        case .float80, .complex128: 128
        default: preconditionFailure("block types are handled above")
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

    /// The bytes that `count` elements take, nil where that does not fit an `Int` or is not a whole number of bytes or blocks.
    public func byteCount(of count: Int) -> Int? {
        if let block {
            guard count % block.elements == 0 else { return nil }
            let (bytes, overflow) = (count / block.elements).multipliedReportingOverflow(by: block.bytes)
            return overflow ? nil : bytes
        }
        let (bits, overflow) = count.multipliedReportingOverflow(by: bitWidth)
        guard !overflow, bits % 8 == 0 else { return nil }
        return bits / 8
    }
}
