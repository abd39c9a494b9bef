import Checkpoints
import Platform
import Quantization
import TensorFiles

/// The pinned recipes side by side: a column each, a row a metric.
public struct PinsModel: Sendable {
    public struct Head: Sendable {
        public let name: String
        public let recipe: String
        public let isSelected: Bool
        public let problem: String?
        /// How often codes occur, by their logarithms, from 0 to 1; empty where that is not known.
        public let codes: [Double]
    }

    public let title: String
    public let heads: [Head]
    public let labels: [String]
    /// By metric, then by recipe.
    public let cells: [[TableModel.Cell]]
    public let firstRow: Int
    public let footnote: String?

    init(_ state: ExplorerState) {
        let recipes = state.comparedRecipes, comparison = state.comparison
        title = Words.pins
        let selected = min(comparison.column, recipes.count - 1)
        heads = recipes.enumerated().map { place, recipe in
            let number = comparison.pins.firstIndex(of: recipe).map { Words.pinned($0 + 1) }
            let name =
                recipe == state.recipe ? [number, Words.now].compactMap { $0 }.joined(separator: ", ") : number ?? ""
            return Head(
                name: name, recipe: recipe.description, isSelected: place == selected,
                problem: state.pinResults.misfits[recipe] ?? (recipe == state.recipe ? state.problem : nil),
                codes: Self.outline(state.comparedResult(recipe)?.codeCounts ?? []))
        }
        let results = recipes.map { state.comparedResult($0) }
        let table = MetricRow.table(results, hasOutputs: state.hasOutputs)
        labels = table.map { $0.unit.isEmpty ? $0.label : "\($0.label) \($0.unit)" }
        cells = table.map { entry in
            entry.texts.enumerated().map { place, text in
                guard let result = results[place] else { return TableModel.Cell(Words.none, .dim) }
                return TableModel.Cell(
                    (result.isExact ? "" : "≈") + text,
                    entry.best.contains(place) ? .best : result.isExact ? .plain : .dim)
            }
        }
        firstRow = comparison.row
        footnote = comparison.pins.isEmpty ? Words.noPins : nil
    }

    /// In at most as many bins as a column is wide.
    private static func outline(_ counts: [UInt64]) -> [Double] {
        guard !counts.isEmpty else { return [] }
        let bins = min(counts.count, 32)
        var sums = [UInt64](repeating: 0, count: bins)
        for (place, count) in counts.enumerated() { sums[place * bins / counts.count] += count }
        let most = log1p(Double(sums.max() ?? 0))
        return most > 0 ? sums.map { log1p(Double($0)) / most } : []
    }
}
