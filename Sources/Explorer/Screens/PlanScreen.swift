import Checkpoints

extension ScreenID {
    public static let plan = ScreenID(number: 8)
}

/// A recipe for every weight of the file, within a budget.
struct PlanScreen: Screen {
    let id = ScreenID.plan
    var tenKeys: [(keys: String, does: String)] { Words.planKeys }
    var title: String { Words.planScreen }
    var help: String { Words.planScreenHelp }
    let panels: [PanelID] = [.planFrontier, .planTable, .planFacts, .planMap]
    let firstPanel = PanelID.planTable
    let filterPanel = PanelID.planTable
    let memory: (any ScreenMemory.Type)? = PlanState.self
    let actions: [ScreenAction: ScreenAnswer] = [
        .step: .own { action, state in
            guard case .settingStepped(let setting, let forward) = action else { return [] }
            return state.stepPlan(setting, forward: forward)
        },
        .undo: .own { _, state in state.undoPlan() },
        .redo: .own { _, state in state.redoPlan() },
        .pin: .own { _, state in state.pinPlanned() },
        .copy: .own { _, state in state.stepPlanUnit() },
        .order: .own { _, state in state.askForExport() },
        .match: .own { action, state in
            guard case .matchStepped(let forward) = action else { return [] }
            return state.stepPlanCorner(forward: forward)
        },
        .axisZoom: .own { action, state in
            guard case .axisZoomed(let inward, _) = action else { return [] }
            return state.stepBudget(forward: inward)
        },
        .filter: .usual,
        .pause: .own { _, state in state.pausePlan() },
        .remove: .own { _, state in state.keepPlanned() },
    ]

    let meanings: [ScreenAction: String] = [
        .undo: Words.planUndoKey, .pin: Words.planPinKey, .copy: Words.planUnitKey, .order: Words.planExportKey,
        .match: Words.planCornerKey, .axisZoom: Words.planBudgetKey, .remove: Words.planKeepKey,
        .filter: Words.planFilterKey,
    ]

    func filter(_ state: ExplorerState) -> LineEditor { state.planning.filter }

    func setFilter(_ editor: LineEditor, _ state: inout ExplorerState) -> [Request] {
        state.planning.filter = editor
        let rows = state.plannedRows
        if let first = rows.first, !rows.contains(where: { $0.position == state.planning.cursor }) {
            state.planning.cursor = first.position
        }
        return []
    }

    func arrangement(_ state: ExplorerState, _ room: Room) -> Arrangement {
        let side: Arrangement = .rows([
            .rest(least: 8, .panel(.planFacts)), .optional(max(8, room.height * 2 / 5), .panel(.planMap)),
        ])
        return .columns([
            .rest(.stacked(.panel(.planTable), under: .panel(.planFrontier), height: max(8, room.height * 2 / 5))),
            .fixed(room.sideWidth, side),
        ])
    }

    func walk(_ state: inout ExplorerState) -> [Request] { state.planRequests() }
    func now(_ state: ExplorerState) -> [String] { state.planNow }
    func commandLine(_ state: ExplorerState) -> String? { state.planCommandLine }
}

extension Arrangement {
    /// Two panels, the upper one as high as is said; in a low window the one that has the focus, or the lower one.
    static func stacked(_ lower: Arrangement, under upper: Arrangement, height: Int) -> Arrangement {
        .rows([.optional(height, upper), .rest(least: 7, lower)])
    }
}

extension Words {
    static let planScreen = "Plan"
    static let planScreenHelp =
        "Plan: a recipe for every weight within a budget (+ − budget, p pin, x export; f recipes, m measure, t hardware)"
    static let planUndoKey = "the budget, pin or list of recipes before"
    static let planPinKey = "decide the recipe of the weight under the cursor, or let it go"
    static let planUnitKey = "the budget in bits, bytes or, on a machine, milliseconds"
    static let planExportKey = "write the plan to a file"
    static let planCornerKey = "the next budget of which nothing is left over"
    static let planBudgetKey = "a larger or a smaller budget"
    static let planKeepKey = "keep the weight as it is stored"
    static let planFilterKey = "weights by name or recipe"
}

extension Words {
    static let planKeys: [(keys: String, does: String)] = [
        ("h l", "less or more budget"),
        ("j k", "in the table: the next weight"),
        ("Tab", "from the slider to the table and the map"),
        ("b", "another bit width for the weight; p pins it"),
        ("t", "another machine"),
        ("s", "another sensitivity"),
        ("x", "write the plan for qlens export"),
        ("/", "filter the weights"),
        ("Enter", "open the weight"),
        ("i", "explain what has the focus"),
    ]
}
