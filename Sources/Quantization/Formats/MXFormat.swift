import KernelTypes

/// Block formats of the OCP Microscaling (MX) specification v1.0: 32 neighbours of a row share a power of two.
///
/// S = 2^(⌊log2 t⌋ - emax), t being the block's largest magnitude and emax the exponent of the element type's largest value.
/// The floor lets values above the largest level saturate: 7.99 under S = 1 becomes 6 in E2M1. Elements are rounded to nearest,
/// ties to even. INT8 elements are multiples of 1/64, ±127/64 at most.
public struct MXFormat: ScaledFormat, Hashable {
    public let name: String
    public let bits: Int
    let book: CodeBook
    private let largestExponent: Int
    /// The type of the elements; nil for integers.
    public let element: SmallFloatFormat?

    public static let blockSize = 32

    private init(_ name: String, _ element: SmallFloatFormat) {
        self.name = name
        self.element = element
        bits = element.bits
        book = element.book
        largestExponent = Int(element.largest.exponent)
    }

    /// Integers.
    private init(integers name: String) {
        self.name = name
        element = nil
        bits = 8
        largestExponent = 0
        let levels = (-127...127).map { Float($0) / 64 }
        // All of them lie in the binade of the subnormals.
        book = CodeBook(
            nearest: levels, ties: .even,
            smallFloat: KernelSmallFloat(
                mantissaBits: 7, leastNormal: 2, largest: 127 / 64, clipLimit: 127.5 / 64, zeroPlace: 127))
    }

    public var smallFloat: SmallFloatFormat? { element }

    public var traits: FormatTraits { .blocks(of: Self.blockSize, scale: "powers of two (E8M0), rounded down") }

    public var formula: String { largestExponent == 0 ? "S = 2^⌊log2 t⌋" : "S = 2^(⌊log2 t⌋−\(largestExponent))" }
    public func text(ofCode code: Int) -> String { element?.text(ofCode: code) ?? "\(code - 127)" }

    func scaleRule(_ type: ScaleType, tensorLargest: Float) -> ScaleRule { .sharedExponent(largestExponent) }

    /// Short blocks are padded.
    public func storedBits(_ size: StoredParts) -> Double { Double(size.ranges) * Double(Self.blockSize * bits + 8) }

    public static func == (first: MXFormat, second: MXFormat) -> Bool { first.name == second.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    static let all = [
        MXFormat("mxfp4", .e2m1), MXFormat("mxfp6-e2m3", .e2m3), MXFormat("mxfp6-e3m2", .e3m2),
        MXFormat("mxfp8-e4m3", .e4m3), MXFormat("mxfp8-e5m2", .e5m2), MXFormat(integers: "mxint8"),
    ]

    private static let pattern = all.map { $0.name }.joined(separator: ", ")

    public static let family = FormatFamily(
        prefix: "mx", pattern: pattern,
        summary: "blocks of 32 share a power of two: one outlier costs its 31 neighbours their digits",
        source: "OCP Microscaling Formats (MX) v1.0",
        choices: [
            FormatChoice("mxfp4", words: "E2M1 elements, 4.25 bits a weight (OCP MX v1.0)"),
            FormatChoice("mxfp6-e2m3", words: "E2M3 elements, 6.25 bits a weight (OCP MX v1.0)"),
            FormatChoice("mxfp6-e3m2", words: "E3M2 elements, 6.25 bits a weight (OCP MX v1.0)"),
            FormatChoice("mxfp8-e4m3", words: "E4M3 elements, 8.25 bits a weight (OCP MX v1.0)"),
            FormatChoice("mxfp8-e5m2", words: "E5M2 elements, 8.25 bits a weight (OCP MX v1.0)"),
            FormatChoice("mxint8", words: "integers in steps of 1/64, 8.25 bits a weight (OCP MX v1.0)"),
        ],
        usual: all.map { $0.name },
        parse: { token in
            all.first { $0.name == token }.map { .success($0) } ?? .failure(FormatError(expected: pattern))
        })
}
