/// Sums of a few powers of two (APoT): levels as cheap as shifts and adds, without the gap that single powers leave below the
/// limit.
///
/// Of b bits one is the sign. The other b - 1 are n = ⌊(b-1)/2⌋ terms of two bits, term i being 0, 2^-i, 2^-(i+n) or 2^-(i+2n) for
/// i = 1 … n; where one bit is left it is 0 or 2^-(2n+1), and the last choice of the others moves to 2^-(i+2n+1). The sums
/// are scaled to 1; two bits are 0 and ±1. Source: Li, Dong, Wang 2020 ("Additive Powers-of-Two Quantization") and its code.
public struct AdditivePowersFormat: ScaledFormat, Hashable {
    public let bits: Int
    let book: CodeBook
    public var name: String { "apot\(bits)" }
    public var traits: FormatTraits { .scaledLevels }
    static let possibleBits = 2...8

    init(bits: Int) {
        self.bits = bits
        let positive = Self.magnitudes(bits: bits - 1).filter { $0 > 0 }
        book = CodeBook(nearest: positive.reversed().map { -$0 } + [0] + positive, ties: .even)
    }

    /// The unsigned levels of so many bits, ascending from 0 to 1.
    static func magnitudes(bits: Int) -> [Float] {
        func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: -exponent, significand: 1) }
        let pairs = bits / 2, isOdd = bits % 2 == 1
        var terms = (1...max(1, pairs)).prefix(pairs).map { i in
            [0, power(i), power(i + pairs), power(i + 2 * pairs + (isOdd ? 1 : 0))]
        }
        if isOdd { terms.append([0, power(2 * pairs + 1)]) }
        let sums = terms.reduce([0.0]) { sums, term in sums.flatMap { sum in term.map { sum + $0 } } }
        let distinct = Set(sums).sorted(), largest = distinct[distinct.count - 1]
        return distinct.map { Float($0 / largest) }
    }

    public var formula: String { "S = t" }

    func scaleRule(_ type: ScaleType, tensorLargest: Float) -> ScaleRule { .largest(level: 1, type) }

    public static func == (first: AdditivePowersFormat, second: AdditivePowersFormat) -> Bool {
        first.bits == second.bits
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(bits) }

    public static let family = FormatFamily.byBits(
        "apot", possibleBits,
        summary: "± sums of a few powers of two: shifts and adds, without the gap below the limit",
        source: "APoT, Li, Dong, Wang 2020", usual: Array(possibleBits)
    ) { AdditivePowersFormat(bits: $0) }
}
