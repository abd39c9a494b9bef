/// The four-bit NormalFloat of QLoRA: sixteen quantiles of a Gaussian, scaled to [-1, 1], times the largest magnitude.
///
/// Levels are those of the reference implementation; the book is a constant and not stored. Eight positive quantiles, zero, and
/// seven negative ones, which makes it asymmetric. Source: Dettmers et al. 2023; bitsandbytes `create_normal_map`.
public struct NF4Format: ScaledFormat, Hashable {
    public var name: String { "nf4" }
    public var bits: Int { 4 }
    var book: CodeBook { Self.levels }

    public var traits: FormatTraits {
        var traits = FormatTraits.scaledLevels
        traits.granularity = .free(default: .group(size: 64))
        return traits
    }

    public var formula: String { "S = t" }

    func scaleRule(_ type: ScaleType, tensorLargest: Float) -> ScaleRule { .largest(level: 1, type) }

    private static let levels = CodeBook(nearest: [
        -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634,
        0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
    ])

    public static let family = FormatFamily(
        prefix: "nf4", pattern: "nf4",
        summary:
            "sixteen quantiles of a Gaussian under a scale: each code is used about as often (usually group:64, scale:dq)",
        source: "QLoRA, Dettmers et al. 2023", choices: [FormatChoice("nf4")], usual: ["nf4"],
        settings: ["nf4", "nf4 scale:dq"],
        parse: { $0 == "nf4" ? .success(NF4Format()) : .failure(FormatError(expected: "nf4")) })
}
