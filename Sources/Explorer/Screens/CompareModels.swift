import Checkpoints
import Quantization
import TensorFiles

/// The pinned recipes side by side: a column each, a row a metric.
public struct PinsModel: Sendable {
    public struct Head: Sendable {
        public let name: String
        public let recipe: String
        public let isSelected: Bool
        public let problem: String?
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
                problem: comparison.misfits[recipe] ?? (recipe == state.recipe ? state.problem : nil))
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
}

extension TableModel {
    /// Another file's tensors against the open one's.
    init(pairsOf state: ExplorerState) {
        let heads = Words.pairHeads
        let columns = [
            Column(heads[0], isLeading: true), Column(heads[1], isLeading: true), Column(heads[2], isMarked: true),
            Column(heads[3]), Column(heads[4]), Column(heads[5], isLeading: true),
        ]
        guard let other = state.comparison.other else {
            self.init(
                title: Words.pairs, columns: columns, count: 0, cursor: 0, shown: 1, notice: Words.noOtherFile,
                row: { _ in [] })
            return
        }
        let all = other.comparison.pairs.count
        let only = Words.onlyIn(other.comparison.match.onlyA.count, other.comparison.match.onlyB.count)
        let paused = other.problem ?? (other.rows.count < all && other.isPaused ? Words.paused : nil)
        self.init(
            title: Words.otherTitle(ScreenText.fileName(other.path), known: other.rows.count, of: all),
            columns: columns,
            count: other.sorted.count, cursor: other.cursor, shown: state.rows,
            notice: other.sorted.isEmpty ? other.problem ?? Words.working : nil,
            footnote: [paused, only.isEmpty ? nil : only].compactMap { $0 }.joined(separator: "  ")
        ) { place in
            guard let row = other.rows[other.sorted[place]] else { return [] }
            let name = ScreenText.safe(row.a) + (row.expert.map { " [\($0)]" } ?? "")
            let note = [
                row.arrangement, row.problem, row.mismatched > 0 ? "\(row.mismatched) not finite on one side" : nil,
            ].compactMap { $0 }.joined(separator: ", ")
            guard let metrics = row.metrics else {
                return [
                    Cell(name), Cell(row.typeB, .dim), Cell(Words.none), Cell(Words.none), Cell(Words.none),
                    Cell(note, .warning),
                ]
            }
            let isExact = metrics.mse == 0
            return [
                Cell(name), Cell(row.typeB, .dim),
                Cell(
                    metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? (isExact ? Words.exact : Words.none),
                    isExact ? .dim : .plain),
                Cell(NumberText.significant(metrics.mse)), Cell(NumberText.significant(metrics.maxAbsError)),
                Cell(note, row.mismatched > 0 ? .warning : .dim),
            ]
        }
    }
}
