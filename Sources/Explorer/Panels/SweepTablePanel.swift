import Quantization

extension PanelID {
    public static let sweepTable = PanelID("sweepTable")
}

/// The recipes of the sweep, sorted and filtered.
struct SweepTablePanel: Panel {
    let id = PanelID.sweepTable
    var title: String { Words.sweepTable }
    var plainly: String { Words.sweepTablePlainly }
    var explanation: String { Words.sweepTableExplanation }
    var hints: [String] { Words.sweepTableHints }

    func content(_ state: ExplorerState) -> TableModel { TableModel(sweepOf: state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveInSweepTable(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.takeSwept() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        switch target {
        case .row(let place):
            let rows = state.sweptTable
            return rows.indices.contains(place) ? state.point(toSwept: rows[place].point.recipe, in: id) : []
        case .column(let place):
            let columns = SweepColumn.allCases
            _ = state.point(to: id)
            guard columns.indices.contains(place) else { return [] }
            if state.sweep.column == columns[place] { state.sweep.isReversed.toggle() }
            return state.sortSweep(by: columns[place])
        case .panel, .cell, .share, .value, .limit: return state.point(to: id)
        }
    }
}

extension Words {
    static let sweepTable = "Recipes"
    static let sweepTablePlainly =
        "What every setting costs and keeps, in numbers."
    static let sweepTableExplanation =
        "The recipes of the sweep: bits per weight, the metric that y steps, and what each loses against the frontier, the least error that as many bits buy (★ is on it). h and l choose the column that is sorted by, x turns the order round; / filters by words of the recipe and by numbers, such as int sqnr>20 bits<=4.5."
    static let sweepTableHints = [
        "Enter take it", "h l sort column", "x turn round", "/ filter, also sqnr>20", "n N frontier", "p pin",
        "y metric",
    ]
    static func sweepTableTitle(shown: Int, frontier: Int) -> String {
        "Recipes \(shown) ── \(frontier) \(frontierMark)"
    }
    static let frontierMark = "★"
    static func sweepName(_ recipe: String, isCurrent: Bool) -> String { isCurrent ? "\(recipe) ◆" : recipe }
    static func title(of column: SweepColumn, _ metric: Metric) -> String {
        switch column {
        case .recipe: "recipe"
        case .bits: "bits"
        case .quality: metric.unit.isEmpty ? metric.label : "\(metric.label) \(metric.unit)"
        case .gap: "frontier dB"
        case .maxAbsError: "max |e|"
        case .zeroed: "zeroed %"
        case .bytes: "bytes"
        }
    }
}
