import Basics
import Platform
import Quantization

/// A small float's values by exponent and mantissa, both signs together.
public struct FloatGridPage: Sendable {
    public struct Row: Sendable {
        /// The exponent field, and the value of its first mantissa times S.
        public let exponent: String
        public let value: String
        /// How often each mantissa occurs, a share of the largest count on a logarithmic scale; nil where the code is no number.
        public let shades: [Double?]
        /// The share of the values in the binade.
        public let share: String
        public let isSubnormal: Bool
        public let isLargest: Bool
    }

    /// From the largest exponent down.
    public let rows: [Row]
    public let firstRow: Int
    public let mantissas: Int
    let summary: [String]

    init?(_ detail: RangeDetail, _ state: ExplorerState) {
        guard let format = state.recipe.format.smallFloat, case .book(let quantizer) = detail.quantizer else {
            return nil
        }
        let zero = format.positiveCount, counts = detail.codeCounts
        guard counts.count >= 2 * zero + 1 else { return nil }
        let columns = 1 << format.mantissaBits, exponents = 1 << format.exponentBits
        mantissas = columns
        func count(_ code: Int) -> UInt64? {
            guard code <= zero else { return nil }
            return code == 0 ? counts[zero] : counts[zero + code] + counts[zero - code]
        }
        let total = Double(max(1, counts.reduce(0, +)))
        let most = log1p(Double((0...zero).compactMap { count($0) }.max() ?? 1))
        rows = (0..<exponents).reversed().compactMap { exponent -> Row? in
            let codes = exponent * columns..<(exponent + 1) * columns
            let all = codes.map { count($0) }
            guard all.contains(where: { $0 != nil }) else { return nil }
            let first = codes.lowerBound == 0 ? min(1, columns - 1) : codes.lowerBound
            let value = Double(format.magnitude(ofCode: first)) * Double(quantizer.scale)
            return Row(
                exponent: String(exponent), value: NumberText.significant(value, digits: 3),
                shades: all.map { $0.map { most > 0 ? log1p(Double($0)) / most : 0 } },
                share: NumberText.percent(Double(all.compactMap { $0 }.reduce(0, +)) / total, digits: 3),
                isSubnormal: exponent == 0, isLargest: codes.contains(zero))
        }
        let shown = FormatPanel.pictureRows(state)
        let start = rows.firstIndex { $0.shades.contains { ($0 ?? 0) > 0 } } ?? 0
        firstRow = max(0, min((rows.count <= shown ? 0 : max(0, start - 1)) + state.formatScroll, rows.count - shown))
        let scale = Double(quantizer.scale)
        let clipped = state.evaluation?.metrics.clippedFraction ?? 0
        summary = [
            Words.floatFields(format.exponentBits, format.mantissaBits, bias: format.bias),
            Words.saturation(
                NumberText.significant(Double(format.largest)),
                NumberText.significant(Double(format.largest) * scale), NumberText.percent(clipped, digits: 3),
                isTensor: detail.rangeCount > 1),
            Words.subnormals(NumberText.significant(Double(format.leastNormal) * scale)),
        ]
    }
}
