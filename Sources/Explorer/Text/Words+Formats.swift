import Quantization

/// What formats are and what their pictures show.
extension Words {
    static func title(of page: FormatModel.Page) -> String {
        switch page {
        case .levels: "levels and cells"
        case .floatGrid: "exponents and mantissas"
        case .blocks: "shared scales"
        case .planes: "bit planes"
        case .zeroBand: "zero band"
        case .vectors: "pairs of neighbours"
        }
    }

    /// What a page shows and how to read it.
    static func explanation(of page: FormatModel.Page) -> String {
        switch page {
        case .levels:
            "Every level and the cell of values that goes to it: above, levels (┴, ┼ zero) on a ruler with the borders of their cells (┆); below, code, level, cell and how often it occurs, around the level at the cursor. Where levels are dense errors are small: code books put them where values are many (survey III-F). Under a fixed length every code takes the same bits; a code of variable length gives frequent ones fewer: the entropy is the bound, Huffman's code reaches it within a bit (survey II.3). k-means with Huffman's code is the last step of Deep Compression (survey IV-F)."
        case .floatGrid:
            "A row for each exponent, a column for each mantissa, both signs together; the darker, the more values. Every row spans twice the values of the one below it in as many steps, so that relative errors are alike; the lowest row holds the subnormals, in equal steps down to zero. On top is the largest value, beyond which everything saturates; x marks codes that are no numbers (NaN, infinities). Rows that stay empty are range that the tensor does not use: a format with fewer exponent bits would spend them on digits."
        case .blocks:
            "Neighbouring blocks, each with one scale: above, log2 of it; below, what the largest value of the block costs the others, in decibels: their error under the block's scale against that under the scale they would have without it. An outlier makes the steps of its whole block wide; small blocks keep the damage small and cost more scales. With powers of two (MX) the scale is the largest value's binade, so that values in its upper part saturate."
        case .planes:
            "Binary codes plane by plane: one plane is ±α₁, each further one adds ±α. A line for each number of planes, fitted for that many: how many levels they make, the SQNR, and that of the greedy rule, which takes what is left over by its mean magnitude; below it the levels. Two planes can reach the optimum of four levels, greedily they do not (survey III-F)."
        case .zeroBand:
            "The error (solid) and the share of zeros (dashed) against the threshold Δ, with the best α for each: Δ marks the one in use, 7 the rule 0.7·mean|r| of Ternary Weight Networks, * the least error. At Δ = 0 nothing is zero: the binary format. More zeros leave fewer values to share α, and the best band depends on the distribution (survey IV-E)."
        case .vectors:
            "Pairs of neighbours as a plane: shades are how many pairs lie there, ● are centroids, dots between them the borders of their cells. A scalar format is a grid of columns and rows; centroids go where pairs are. That pays where neighbours are correlated; independent values gain at most 1.53 dB (survey IV-F)."
        }
    }

    static func source(_ text: String) -> String { "source: \(text)" }

    static func variableRate(fixed: Int, entropy: String, huffman: String, isExact: Bool, isTensor: Bool) -> String {
        "\(isTensor ? "tensor: " : "")\(isExact ? "" : "≈")fixed \(fixed) bit · Huffman \(huffman) · entropy \(entropy)"
    }

    static func floatFields(_ exponent: Int, _ mantissa: Int, bias: Int) -> String {
        "code s.E.M: ±2^(E−\(bias))·(1+M/\(1 << mantissa)), E\(exponent)M\(mantissa)"
    }
    static func saturation(_ level: String, _ value: String, _ clipped: String, isTensor: Bool) -> String {
        "saturates at \(level)·S = \(value), \(clipped) \(isTensor ? "of the tensor " : "")clipped"
    }
    static func subnormals(_ value: String) -> String { "subnormal, in equal steps, below \(value)" }

    static func block(_ number: String, last: String, scale: String, largest: String, next: String) -> String {
        "block \(number) (0…\(last)): S = \(scale), largest |r| \(largest), next \(next)"
    }
    static func neighbours(_ now: String, without: String) -> String {
        "the others have \(now) dB, \(without) without it"
    }
    static func blocksCost(_ count: String, _ cost: String) -> String {
        "the largest values cost the others \(cost) dB (\(count) blocks)"
    }
    static let scaleStrip = "log2 S"
    static let costStrip = "cost"

    static func plane(_ number: Int, levels: Int, _ sqnr: String) -> String {
        "\(number) plane\(number == 1 ? "" : "s"): \(levels) levels, \(sqnr)"
    }
    static func greedyPlane(_ sqnr: String) -> String { "greedy \(sqnr)" }
    static func alphas(_ values: [String]) -> String { "α = \(values.joined(separator: ", "))" }
    static func sum(_ value: String, _ parts: String, _ sum: String) -> String { "r \(value) → \(parts) = \(sum)" }

    static func bandUsed(_ threshold: String, _ alpha: String, _ zeros: String, _ sqnr: String) -> String {
        "Δ \(threshold), α \(alpha): \(zeros) zeros, SQNR \(sqnr) dB"
    }
    static func binaryUsed(_ alpha: String, _ sqnr: String) -> String { "α \(alpha), no zero band: SQNR \(sqnr) dB" }
    static func bandBest(_ threshold: String, _ sqnr: String) -> String { "*: best Δ \(threshold), \(sqnr) dB" }
    static func bandRule(_ threshold: String, _ sqnr: String) -> String {
        "7: Δ = 0.7·mean|r| \(threshold), \(sqnr) dB"
    }
    static func bandBinary(_ sqnr: String) -> String { "Δ = 0 (binary): \(sqnr) dB" }
    static let bandCurves = ["MSE over Δ", "╌ share of zeros"]

    static func vectors(_ dimension: Int, centroids: Int, used: Int) -> String {
        "\(used) of \(centroids) centroids used, \(dimension) values each"
    }
    static func correlation(_ value: String) -> String { "correlation of neighbours \(value)" }
    static let aVector = " a vector"
    static let firstTwo = "the first two values of each vector"
    static let firstValue = "first"
    static let secondValue = "second"

    // MARK: The table of formats

    static let membersOfFamily = "the members of the family; :formats shows what each costs"
    static func notForVectors(_ format: String) -> String {
        "\(format) gives several values one code: none has a code of its own"
    }
    static func noRanges(_ format: String) -> String { "\(format) has no range to choose from entries" }
    static func noLimits(_ format: String) -> String { "\(format) has no clip limit to choose" }
    static func flagLarger(_ bits: String) -> String { "\(bits) bits a weight: more than the source takes" }
    static let reasonLarger =
        "scales, code books and padding weigh more than the codes save: larger groups, or fewer levels"
    static let reasonPadded = "short blocks are padded, and the padding is stored"
    static let formatHints = ["j k choose", "Enter take it", "p pin what is in use", "Esc close"]
    static let helpFormats = "every format on this tensor: bits per weight against SQNR; Enter takes one"

    static let formats = "formats on this tensor"
    static let formatHeads = ["recipe", "bits/weight", "SQNR dB", "entropy bits", ""]
    static let onFrontier = "nothing as small has less error"
    static func formatsDone(_ done: Int, of total: Int) -> String { "\(done) of \(total) exact" }
}
