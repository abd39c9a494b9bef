import KernelTypes

/// A floating-point type of few bits under a real scale S = t / largest value; saturating, ties to the even code.
///
/// With X exponent and Y mantissa bits and bias 2^(X-1) - 1, the values are ±2^(e - bias)·(1 + m/2^Y), and
/// ±2^(1 - bias)·m/2^Y where e = 0. Source: OCP 8-bit Floating Point Specification (E4M3 has no infinity and one NaN; E5M2
/// follows IEEE 754), OCP Microscaling Formats v1.0 for six and four bits, where every code is finite.
public struct SmallFloatFormat: ScaledFormat, Hashable {
    public let name: String
    public let exponentBits: Int
    public let mantissaBits: Int
    /// Codes at the upper end that are not finite.
    private let specialCodes: Int
    let book: CodeBook

    init(_ name: String, exponentBits: Int, mantissaBits: Int, specialCodes: Int = 0) {
        self.name = name
        self.exponentBits = exponentBits
        self.mantissaBits = mantissaBits
        self.specialCodes = specialCodes
        let bias = (1 << (exponentBits - 1)) - 1, count = 1 << (exponentBits + mantissaBits)
        let positive = (1..<count - specialCodes).map {
            Self.value(ofMagnitudeCode: $0, mantissaBits: mantissaBits, bias: bias)
        }
        let levels = positive.reversed().map { -$0 } + [0] + positive
        let last = positive[positive.count - 1], before = positive.count > 1 ? positive[positive.count - 2] : 0
        // Without a mantissa a tie goes by the exponent's parity, which the book's thresholds hold.
        let arithmetic =
            mantissaBits == 0
            ? nil
            : KernelSmallFloat(
                mantissaBits: mantissaBits, leastNormal: Float(sign: .plus, exponent: 1 - bias, significand: 1),
                largest: last, clipLimit: last + (last - before) / 2, zeroPlace: positive.count)
        book = CodeBook(nearest: levels, ties: .even, smallFloat: arithmetic)
    }

    /// The value of the exponent and mantissa fields.
    static func value(ofMagnitudeCode code: Int, mantissaBits: Int, bias: Int) -> Float {
        let exponent = code >> mantissaBits, mantissa = Float(code & ((1 << mantissaBits) - 1))
        let fraction = mantissa / Float(1 << mantissaBits)
        return exponent == 0
            ? Float(sign: .plus, exponent: 1 - bias, significand: 1) * fraction
            : Float(sign: .plus, exponent: exponent - bias, significand: 1) * (1 + fraction)
    }

    public var bits: Int { 1 + exponentBits + mantissaBits }
    public var bias: Int { (1 << (exponentBits - 1)) - 1 }
    public var largest: Float { book.largest }
    public var leastNormal: Float { Float(sign: .plus, exponent: 1 - bias, significand: 1) }
    public var traits: FormatTraits { .scaledLevels }
    public var smallFloat: SmallFloatFormat? { self }
    /// How many positive values there are.
    public var positiveCount: Int { book.levels.count / 2 }
    /// The value of the exponent and mantissa fields.
    public func magnitude(ofCode code: Int) -> Float {
        Self.value(ofMagnitudeCode: code, mantissaBits: mantissaBits, bias: bias)
    }
    public var formula: String { "S = t/\(ShortestNumber.text(Double(largest)))" }
    public func text(ofCode code: Int) -> String { fields(ofPlace: code) }

    func scaleRule(_ type: ScaleType, tensorLargest: Float) -> ScaleRule { .largest(level: largest, type) }

    /// Sign, exponent and mantissa fields of a level: `0.1010.011`.
    public func fields(ofPlace place: Int) -> String {
        let signed = place - (book.levels.count - 1) / 2, code = abs(signed)
        func binary(_ value: Int, _ width: Int) -> String {
            width == 0
                ? ""
                : String(repeating: "0", count: max(0, width - String(value, radix: 2).count))
                    + String(value, radix: 2)
        }
        let mantissa = mantissaBits == 0 ? "" : "." + binary(code & ((1 << mantissaBits) - 1), mantissaBits)
        return (signed < 0 ? "1." : "0.") + binary(code >> mantissaBits, exponentBits) + mantissa
    }

    public static func == (first: SmallFloatFormat, second: SmallFloatFormat) -> Bool { first.name == second.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    static let e4m3 = SmallFloatFormat("fp8-e4m3", exponentBits: 4, mantissaBits: 3, specialCodes: 1)
    static let e5m2 = SmallFloatFormat("fp8-e5m2", exponentBits: 5, mantissaBits: 2, specialCodes: 4)
    static let e3m2 = SmallFloatFormat("fp6-e3m2", exponentBits: 3, mantissaBits: 2)
    static let e2m3 = SmallFloatFormat("fp6-e2m3", exponentBits: 2, mantissaBits: 3)
    static let e2m1 = SmallFloatFormat("fp4-e2m1", exponentBits: 2, mantissaBits: 1)
    /// The standardised ones.
    static let named = [e2m1, e2m3, e3m2, e4m3, e5m2]

    private static let pattern = "fp8-e4m3, fp8-e5m2, fp6-e3m2, fp6-e2m3, fp4-e2m1, fp-eXmY (X 1…5, Y 0…7)"

    public static let family = FormatFamily(
        prefix: "fp", pattern: pattern,
        summary:
            "small floating-point numbers under a real scale: dense near zero, so that large and small keep digits",
        source: "OCP 8-bit Floating Point Specification; OCP Microscaling Formats v1.0",
        choices: [
            FormatChoice("fp4-e2m1", words: "0 ½ 1 1½ 2 3 4 6 and their negatives (OCP MX v1.0)"),
            FormatChoice("fp6-e2m3", words: "six bits, three of them mantissa, largest 7.5 (OCP MX v1.0)"),
            FormatChoice("fp6-e3m2", words: "six bits, two of them mantissa, largest 28 (OCP MX v1.0)"),
            FormatChoice("fp8-e4m3", words: "largest 448, no infinity, one NaN (OCP 8-bit Floating Point)"),
            FormatChoice(
                "fp8-e5m2", words: "largest 57344, infinities and NaN as in IEEE 754 (OCP 8-bit Floating Point)"),
            FormatChoice(
                "fp-eXmY", ["X", "Y"], defaults: ["2", "2"],
                words: "X exponent bits (1…5), Y mantissa bits (0…7), every code finite, as OCP MX v1.0 for fewer bits"),
        ],
        usual: named.map { $0.name },
        parse: { token in
            if let format = named.first(where: { $0.name == token }) { return .success(format) }
            let parts = token.dropFirst(4).split(separator: "m", omittingEmptySubsequences: false)
            guard token.hasPrefix("fp-e"), parts.count == 2, let x = Int(parts[0]), let y = Int(parts[1]),
                (1...5).contains(x), (0...7).contains(y), token == "fp-e\(x)m\(y)"
            else { return .failure(FormatError(expected: pattern)) }
            return .success(SmallFloatFormat(token, exponentBits: x, mantissaBits: y))
        })
}
