/// Decoding tables of the floating-point types of eight bits and fewer.
enum SmallFloat {
    static let e4m3 = table(of: .float8E4M3)
    static let e5m2 = table(of: .float8E5M2)
    static let e4m3fnuz = table(of: .float8E4M3FNUZ)
    static let e5m2fnuz = table(of: .float8E5M2FNUZ)
    static let e8m0 = (0..<256).map { $0 == 255 ? Float.nan : Float(sign: .plus, exponent: $0 - 127, significand: 1) }
    static let e2m3 = (0..<64).map { value(of: $0, exponentBits: 2, mantissaBits: 3, bias: 1) }
    static let e3m2 = (0..<64).map { value(of: $0, exponentBits: 3, mantissaBits: 2, bias: 3) }
    static let e2m1 = (0..<16).map { value(of: $0, exponentBits: 2, mantissaBits: 1, bias: 1) }

    /// The value of a code with sign, exponent and mantissa fields and subnormals, no code being special:
    /// ±2^(e - bias)·(1 + m/2^M), or ±2^(1 - bias)·m/2^M where e = 0.
    static func value(of code: Int, exponentBits: Int, mantissaBits: Int, bias: Int) -> Float {
        let mantissa = code & ((1 << mantissaBits) - 1)
        let exponent = (code >> mantissaBits) & ((1 << exponentBits) - 1)
        let negative = (code >> (mantissaBits + exponentBits)) & 1 == 1
        let fraction = Float(mantissa) / Float(1 << mantissaBits)
        let magnitude =
            exponent == 0
            ? Float(sign: .plus, exponent: 1 - bias, significand: 1) * fraction
            : Float(sign: .plus, exponent: exponent - bias, significand: 1) * (1 + fraction)
        return negative ? -magnitude : magnitude
    }

    private static func table(of type: ElementType) -> [Float] {
        (0..<256).map { code in
            switch type {
            case .float8E4M3:
                return code & 0x7F == 0x7F ? .nan : value(of: code, exponentBits: 4, mantissaBits: 3, bias: 7)
            case .float8E4M3FNUZ:
                return code == 0x80 ? .nan : value(of: code, exponentBits: 4, mantissaBits: 3, bias: 8)
            case .float8E5M2FNUZ:
                return code == 0x80 ? .nan : value(of: code, exponentBits: 5, mantissaBits: 2, bias: 16)
            default:
                switch code & 0x7F {
                case 0x7C: return code & 0x80 == 0 ? .infinity : -.infinity
                case 0x7D...0x7F: return .nan
                default: return value(of: code, exponentBits: 5, mantissaBits: 2, bias: 15)
                }
            }
        }
    }
}
