import Lab

extension ScreenID {
    public static let lab = ScreenID(number: 6)
}

/// Experiments on small networks.
struct LabScreen: Screen {
    let id = ScreenID.lab
    var tenKeys: [(keys: String, does: String)] { Words.labKeys }
    var title: String { Words.labScreen }
    var help: String { Words.labScreenHelp }
    let panels: [PanelID] = [
        .experiments, .labHeadline, .labCurves, .outcomes, .labLayer, .regions, .labTables, .labPictures,
    ]
    let firstPanel = PanelID.experiments
    let actions: [ScreenAction: ScreenAnswer] = [
        .copy: .usual,
        .step: .own { action, state in
            guard case .settingStepped(let setting, let forward) = action else { return [] }
            return state.stepLabRecipe(setting, forward: forward)
        },
        .range: .own { action, state in
            guard case .rangeStepped(let forward) = action else { return [] }
            return state.stepLabLayer(forward: forward)
        },
        .coverage: .own { _, state in state.stepLabCurves() },
        .pause: .own { _, state in state.pauseLab() },
        .clip: .own { action, state in
            guard case .clipStepped(_, let right) = action else { return [] }
            return state.scrubLab(forward: right)
        },
        .axisScale: .own { _, state in state.slowLab() },
    ]

    /// The list at the left; the claim above everything else.
    func arrangement(_ state: ExplorerState, _ room: Room) -> Arrangement {
        let list = room.width >= 160 ? 46 : room.width >= 110 ? 36 : room.width >= 76 ? 32 : 28
        let experiments = Arrangement.Part.fixed(list, .panel(.experiments))
        guard room.width >= 110 else {
            let watched: PanelID =
                state.lab.isRunning && LabPicturesModel.areKnown(state) ? .labPictures : .outcomes
            let lower: PanelID = Self.lower.contains(state.focus) ? state.focus : watched
            return .columns([
                experiments,
                .rest(
                    .rows([
                        .fixed(5, .panel(.labHeadline)), .rest(least: 7, .panel(.labCurves)),
                        .optional(max(7, (room.height - 5) / 2), .panel(lower)),
                    ])),
            ])
        }
        let outcomes = room.width >= 160 ? 54 : 40, middle = room.width - list - outcomes
        let hasPictures = LabPicturesModel.areKnown(state) || state.focus == .labPictures
        if state.focus == .labTables || !Self.lower.contains(state.focus) && isTabular(state) {
            let tables = Arrangement.Part.rest(least: 30, .panel(.labTables))
            let beside: PanelID = hasPictures ? .labPictures : .labLayer
            let layer: [Arrangement.Part] = middle >= 100 ? [.fixed(middle / 3, .panel(beside))] : []
            return Self.under(
                experiments,
                .columns([
                    .rest(
                        .stacked(
                            .panel(.labCurves), over: .columns([tables] + layer), height: max(8, room.height / 2))),
                    .fixed(outcomes, .panel(.outcomes)),
                ]), room)
        }
        let hasRegions = LabRegionsModel.areWanted(state) || state.focus == .regions
        let watched: PanelID = hasPictures && state.focus != .labLayer ? .labPictures : .labLayer
        let layer = Arrangement.Part.rest(least: 30, .panel(watched))
        let lower: [Arrangement.Part] =
            LabRegionsModel.areCompared(state) && ![.labLayer, .labPictures].contains(state.focus)
            ? [.rest(.panel(.regions))]
            : hasRegions ? [layer, .optional(middle - middle / 2, .panel(.regions))] : [layer]
        // Two rows of images of sixteen pixels, where there is room for them.
        let height = watched == .labPictures ? min(19, room.height * 3 / 5) : max(8, room.height / 3)
        return Self.under(
            experiments,
            .columns([
                .rest(.stacked(.panel(.labCurves), over: .columns(lower), height: height)),
                .fixed(outcomes, .panel(.outcomes)),
            ]), room)
    }

    /// The list beside the headline over the rest.
    private static func under(_ list: Arrangement.Part, _ rest: Arrangement, _ room: Room) -> Arrangement {
        .columns([
            list, .rest(.rows([.fixed(room.height >= 30 ? 6 : 5, .panel(.labHeadline)), .rest(least: 16, rest)])),
        ])
    }

    /// Panels that share a place under the curves.
    private static let lower: [PanelID] = [.labLayer, .regions, .labTables, .labPictures]

    /// Tables say more than the weights once a run is over, and where nothing is trained.
    private func isTabular(_ state: ExplorerState) -> Bool {
        LabTablesModel.areKnown(state) && (!state.lab.isRunning || state.lab.report?.layers.isEmpty ?? true)
    }

    let meanings: [ScreenAction: String] = [.clip: Words.labScrubMeaning, .axisScale: Words.labSlowMeaning]

    func now(_ state: ExplorerState) -> [String] { LabListModel(state).status }

    func escape(_ state: inout ExplorerState) -> [Request]? { state.lab.isRunning ? state.stopLab() : nil }

    func commandLine(_ state: ExplorerState) -> String? { state.labCommandLine }
}

extension Words {
    static let labScreen = "Lab"
    static let labScrubMeaning = "Lab: back and forth through the run as it was"
    static let labSlowMeaning = "Lab: slow motion, and back"
    static let labSlow = "slow motion: a tenth of a second between two pictures; V goes back"
    static let labFast = "as fast as the machine"
    static let labNothingToReplay = "there is nothing to look back at: Space runs the experiment"
    static let labScreenHelp = "Lab: experiments on small networks that are trained here and now"
}

extension Words {
    static let labKeys: [(keys: String, does: String)] = [
        ("Space", "run the experiment; pause, go on"),
        ("j k", "to the next experiment or setting"),
        ("h l", "in a setting: another value; Enter types one"),
        ("[ ]", "back and forth through the run as it was"),
        ("V", "slow motion"),
        ("a", "other curves"),
        (", .", "the layer that is shown"),
        ("Tab", "to the next panel"),
        ("Esc", "stop the run"),
        ("i", "explain what has the focus"),
    ]
}
