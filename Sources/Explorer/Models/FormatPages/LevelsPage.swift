import Basics
import Quantization

/// Levels as a ruler with the borders of their cells, and as a list.
public struct LevelsPage: Sendable {
    public struct Row: Sendable {
        public let code: String
        public let level: String
        /// The cell's ends.
        public let from: String
        public let to: String
        public let share: String
        public let isUsed: Bool
        public let isZero: Bool
        public let isAtCursor: Bool
    }

    public let axis: Axis
    public let levels: [Double]
    public let borders: [Double]
    /// A part of the list: what a screen can show.
    public let rows: [Row]
    public let firstRow: Int
    public let count: Int
    let summary: [String]

    init(_ detail: RangeDetail, _ state: ExplorerState) {
        let quantizer = detail.quantizer, format = state.recipe.format
        axis = Axis(detail.original.binning, isLogarithmic: state.hasLogAxis)
        count = quantizer.levelCount
        let isDrawn = count <= 4_096
        levels = isDrawn ? quantizer.levels.map { Double($0) } : []
        let borders = isDrawn ? quantizer.thresholds : []
        self.borders = borders
        let atCursor = state.cursorValue.map { quantizer.code(of: $0, rounding: .even, index: 0) }
        // Around the cursor's level, moved by what was scrolled.
        let middle = (atCursor ?? quantizer.lowestCode) - quantizer.lowestCode + state.formatScroll
        let shown = FormatPanel.pictureRows(state)
        firstRow = max(0, min(middle - shown / 2, count - shown))
        let total = Double(max(1, detail.codeCounts.reduce(0, +)))
        // A tie at zero has the least number above it as its border.
        let least = quantizer.step * 1e-9
        func text(_ value: Double) -> String { NumberText.significant(abs(value) < least ? 0 : value, digits: 4) }
        let step = Double(quantizer.scale)
        rows = (firstRow..<min(count, firstRow + shown)).map { place in
            let code = quantizer.lowestCode + place
            func border(_ place: Int) -> String {
                guard place >= 0 else { return "−∞" }
                guard place < quantizer.levelCount - 1 else { return "∞" }
                if borders.indices.contains(place) { return text(borders[place]) }
                return text(
                    step * (Double(code - quantizer.zeroPoint) + (place == code - quantizer.lowestCode ? 0.5 : -0.5)))
            }
            let occurs = detail.codeCounts.indices.contains(place) ? detail.codeCounts[place] : 0
            return Row(
                code: quantizer.text(ofCode: code, in: format), level: text(Double(quantizer.reconstruction(of: code))),
                from: border(place - 1), to: border(place),
                share: (detail.isExact ? "" : "≈") + NumberText.percent(Double(occurs) / total, digits: 3),
                isUsed: occurs > 0, isZero: code == quantizer.zeroCode, isAtCursor: code == atCursor)
        }
        let used = detail.codeCounts.count { $0 > 0 }
        let huffman = state.evaluation?.metrics
        summary = [
            Words.levelsUsed(used, of: count) + (detail.rangeCount > 1 ? Words.inThisRange : ""),
            huffman.map {
                Words.variableRate(
                    fixed: state.recipe.format.bits, entropy: NumberText.fixed($0.codeEntropyBits, places: 3),
                    huffman: NumberText.fixed($0.huffmanBits, places: 3), isExact: state.evaluation?.isExact == true,
                    isTensor: detail.rangeCount > 1)
            } ?? "", Words.source(FormatCatalog.family(of: format).source),
        ].filter { !$0.isEmpty }
    }
}
