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

    static func block(_ number: String, of total: String, scale: String, largest: String, next: String) -> String {
        "block \(number) of \(total): S = \(scale), largest |r| \(largest), next \(next)"
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

    static let format = "Format"
    static let formatPanelHints = [
        "h l pages", "j k move the list", ", . range or block", "z zoom", "i explain", "? help", "q quit",
    ]
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
