extension ScreenID {
    public static let lab = ScreenID(number: 6)
}

/// Experiments on small networks.
struct LabScreen: Screen {
    let id = ScreenID.lab
    var title: String { Words.labScreen }
    var help: String { Words.labScreenHelp }
    let panels: [PanelID] = [.experiments, .labCurves, .outcomes, .labLayer, .regions]
    let firstPanel = PanelID.experiments
    let actions: [ScreenAction: ScreenAnswer] = [
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
    ]

    func now(_ state: ExplorerState) -> [String] { LabListModel(state).status }

    func escape(_ state: inout ExplorerState) -> [Request]? { state.lab.isRunning ? state.stopLab() : nil }

    func commandLine(_ state: ExplorerState) -> String? { state.labCommandLine }
}

extension Words {
    static let labScreen = "Lab"
    static let labScreenHelp = "Lab: experiments on small networks that are trained here and now"
}
