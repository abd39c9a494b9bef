/// Zero and ± powers of two below the limit: 0 and ±t·2^-k for k = 0 … 2^(b-1) - 2. Products become shifts.
///
/// Nearest level on the linear scale, so that the threshold between 2^k and 2^(k+1) is 1.5·2^k. More bits add levels near zero
/// alone: the error stops falling (survey III-F). Source: Miyashita et al. 2016; INQ, Zhou et al. 2017.
public struct PowerOfTwoFormat: ScaledFormat, Hashable {
    public let bits: Int
    let book: CodeBook
    public var name: String { "pow2-\(bits)" }
    public var traits: FormatTraits { .scaledLevels }
    static let possibleBits = 2...8

    init(bits: Int) {
        self.bits = bits
        let positive = (0...(1 << (bits - 1)) - 2).reversed().map { Float(sign: .plus, exponent: -$0, significand: 1) }
        book = CodeBook(nearest: positive.reversed().map { -$0 } + [0] + positive, ties: .even)
    }

    public var formula: String { "S = t" }

    func scaleRule(_ type: ScaleType, tensorLargest: Float) -> ScaleRule { .largest(level: 1, type) }

    public static func == (first: PowerOfTwoFormat, second: PowerOfTwoFormat) -> Bool { first.bits == second.bits }
    public func hash(into hasher: inout Hasher) { hasher.combine(bits) }

    public static let family = FormatFamily.byBits(
        "pow2-", possibleBits,
        summary: "0 and ±t·2^-k: products are shifts; more bits only crowd at zero (survey III-F)",
        source: "Miyashita et al. 2016; INQ, Zhou et al. 2017", usual: Array(possibleBits)
    ) { PowerOfTwoFormat(bits: $0) }
}
