/// Integers of 2 to 16 bits under a real scale (survey III-B).
public struct IntegerFormat: UniformFormat, Hashable {
    public let bits: Int
    public static let possibleBits = 2...16

    /// nil where `bits` is outside `possibleBits`: a symmetric restricted grid of one bit would have the single level 0.
    public init?(bits: Int) {
        guard Self.possibleBits.contains(bits) else { return nil }
        self.bits = bits
    }

    public var name: String { "int\(bits)" }
    public var codeCount: Int { 1 << bits }

    public var traits: FormatTraits {
        FormatTraits(hasMapping: true, hasRounding: true, hasConvention: true, hasRangeMode: true, clipping: .all)
    }

    public func quantizer(
        for range: ClipRange, mapping: Mapping, scaleType: ScaleType, convention: Convention?
    ) -> AffineQuantizer {
        guard let convention else {
            return AffineQuantizer(range: range, bits: bits, mapping: mapping, scaleType: scaleType)
        }
        return AffineQuantizer(
            range: range, bits: bits, mapping: mapping, scaleType: scaleType, convention: convention)
    }

    public static let family = FormatFamily(
        prefix: "int", pattern: "int2 … int16",
        summary: "equally spaced levels S·(q - z); b bits give 2^b codes (survey III-B)",
        source: "Jacob et al. 2018; survey III-B", choices: [FormatChoice("intB", ["B"], defaults: ["4"])],
        usual: possibleBits.map { "int\($0)" },
        settings: [2, 3, 4, 5, 6, 8].flatMap { ["int\($0) sym tensor", "int\($0) sym group:128 scale:f16"] },
        parse: { token in
            guard let bits = Int(token.dropFirst(3)), token == "int\(bits)" else {
                return .failure(FormatError(expected: "int2 … int16"))
            }
            if bits == 1 {
                return .failure(
                    FormatError(expected: "int2 … int16 (one bit has no zero and needs its own rule: binary)"))
            }
            guard let format = IntegerFormat(bits: bits) else { return .failure(FormatError(expected: "int2 … int16")) }
            return .success(format)
        })
}
