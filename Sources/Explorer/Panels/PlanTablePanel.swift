import Checkpoints

extension PanelID {
    public static let planTable = PanelID("planTable")
}

/// The weights with their recipes.
struct PlanTablePanel: Panel {
    let id = PanelID.planTable
    var title: String { Words.planTable }
    var plainly: String { Words.planTablePlainly }
    var explanation: String { Words.planTableExplanation }
    var hints: [String] { Words.planTableHints }

    func content(_ state: ExplorerState) -> TableModel { TableModel(planOf: state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveInPlan(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.openPlanned() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        _ = state.point(to: id)
        switch target {
        case .row(let place):
            let rows = state.plannedRows
            guard rows.indices.contains(place) else { return [] }
            if state.planning.cursor == rows[place].position { return state.openPlanned() }
            state.planning.cursor = rows[place].position
        case .column(let place):
            let columns = PlanColumn.allCases.filter { $0 != .time || state.planning.settings.hardware != nil }
            if columns.indices.contains(place) { state.planning.column = columns[place] }
        case .panel, .cell, .share, .value, .limit: break
        }
        return []
    }
}

extension Words {
    static let planTable = "Weights"
    static let planTablePlainly =
        "Not every weight needs as many bits: here each has its own number, chosen so that the whole loses least."
    static let planTableExplanation =
        "Every weight with the recipe that the plan gives it, its bits as a bar, its own SQNR, its share of the total error, and what a bit more would be worth here: the error that it saves against the best buy of all (1). ▪ is pinned. Weights that runtimes join (q, k and v; gate and up; the experts of a layer) have one recipe together. On a machine (t) the time of the weight, and what bounds it: mem or ops. p pins the recipe; Enter opens the weight on the Tensor screen, where another recipe may be chosen: back here, p pins that one. Backspace keeps the weight as it is stored. h and l choose the column that is sorted by."
    static let planTableHints = [
        "+ − budget", "p pin", "x export", "Enter to the tensor", "Backspace keep", "u undo", "h l sort column",
        "/ filter", "Tab panel",
    ]
}
