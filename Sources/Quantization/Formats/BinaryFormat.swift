import Basics
import KernelTypes

/// Signs alone, times the mean magnitude: x̂ = α·sign(x), α = mean|x|, sign(0) = +1.
///
/// Of all α this leaves the least squared error for these signs. Source: XNOR-Net, Rastegari et al. 2016 (survey IV-E, eq. 12).
public struct BinaryFormat: FittedFormat, Hashable {
    public var name: String { "binary" }
    public var bits: Int { 1 }
    public var codeCount: Int { 2 }
    public var traits: FormatTraits { .fitted("its scale is the mean of |x|", scales: true, study: .zeroBand) }

    public var formula: String { "α = mean|r|" }

    private static let signs = CodeBook(levels: [-1, 1], thresholds: [0])
    var sharedCodec: KernelCodec? { Self.signs.codec }

    func fitted(to evidence: any RangeEvidence, scaleType: ScaleType) throws(Cancelled) -> Quantizer {
        let mean = Float(try evidence.meanDistance(from: 0))
        // Nothing but zeros becomes the least there is: a level 0 is missing.
        let scale = max(scaleType.stored(max(mean, .leastNormalMagnitude)), .leastNormalMagnitude)
        return .book(BookQuantizer(book: Self.signs, scale: scale, range: ClipRange(low: -scale, high: scale)))
    }

    public static let family = FormatFamily(
        prefix: "binary", pattern: "binary",
        summary: "the sign alone, times the mean of |x|: 32 times smaller than Float32",
        source: "XNOR-Net, Rastegari et al. 2016; survey IV-E", choices: [FormatChoice("binary")], usual: ["binary"],
        settings: ["binary", "binary group:128 scale:f16"],
        parse: { $0 == "binary" ? .success(BinaryFormat()) : .failure(FormatError(expected: "binary")) })
}
