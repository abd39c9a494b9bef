extension ScreenID {
    public static let model = ScreenID(number: 5)
}

/// Every weight of the file under the recipe.
struct ModelScreen: Screen {
    let id = ScreenID.model
    var tenKeys: [(keys: String, does: String)] { Words.modelKeys }
    var title: String { Words.modelScreen }
    var help: String { Words.modelScreenHelp }
    let panels: [PanelID] = [.ranking, .modelMap, .totals, .recipe]
    let firstPanel = PanelID.ranking
    let filterPanel = PanelID.ranking
    let actions: [ScreenAction: ScreenAnswer] = [
        .step: .usual, .undo: .usual, .redo: .usual, .pin: .usual, .copy: .usual, .mark: .usual, .filter: .usual,
        .match: .own { action, state in
            guard case .matchStepped(let forward) = action else { return [] }
            return state.stepRank(forward: forward)
        },
        .order: .own { _, state in
            state.model.isReversed.toggle()
            return state.rank()
        },
        .pause: .own { _, state in state.pauseScan() },
        .remove: .own { _, state in state.removeRanked() },
    ]

    let meanings: [ScreenAction: String] = [.match: Words.modelMatch]

    func arrangement(_ state: ExplorerState, _ room: Room) -> Arrangement {
        // A map needs two layers to be one.
        let grid = state.model.grid.layers.count
        let map = Arrangement.Part.optional(
            max(8, min(grid + 4, room.height * 2 / 5)), .panel(.modelMap))
        let list = Arrangement.Part.rest(least: 16, .panel(.ranking))
        let isHere = grid >= 2 || state.focus == .modelMap
        return .columns([
            .rest(.rows(isHere ? [list, map] : [list])), Arrangement.recipeColumn(over: [.rest(.panel(.totals))], room),
        ])
    }

    func commandLine(_ state: ExplorerState) -> String? { state.scanCommandLine }

    func walk(_ state: inout ExplorerState) -> [Request] { state.scanRequests() }
}

extension Words {
    static let modelScreen = "Model"
    static let modelMatch = "Model, beside a pinned recipe: to the next weight that is worse than under it"
    static let modelScreenHelp = "Model: every weight of the file under the recipe, the worst first"
}

extension Words {
    static let modelKeys: [(keys: String, does: String)] = [
        ("j k", "to the next weight; Enter opens it"),
        ("h l", "sort by another column; x turns round"),
        ("Tab", "to the map of layers and modules"),
        ("b s c", "the recipe; all weights follow"),
        ("p", "pin as A: the next recipe is compared with it, weight by weight"),
        ("n N", "beside a pinned recipe: to the next weight that got worse"),
        ("Space", "stop, or go on"),
        ("Backspace", "keep a weight unquantized"),
        ("/", "filter by name, or by numbers: sqnr<20"),
        ("i", "explain what has the focus"),
    ]
}
