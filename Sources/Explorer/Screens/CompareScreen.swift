extension ScreenID {
    public static let compare = ScreenID(number: 4)
}

/// Pinned recipes side by side, and another file.
struct CompareScreen: Screen {
    let id = ScreenID.compare
    var title: String { Words.compareScreen }
    var help: String { Words.compareScreenHelp }
    let panels: [PanelID] = [.tensors, .pins, .pairs, .recipe]
    let firstPanel = PanelID.pins
    let actions: [ScreenAction: ScreenAnswer] = [
        .step: .usual, .undo: .usual, .redo: .usual, .pin: .usual, .filter: .usual, .match: .usual,
        .order: .own { _, state in
            state.say(Words.worstFirstAlways)
            return []
        },
        .pause: .own { _, state in state.pauseComparison() },
        .remove: .own { _, state in state.removePin() },
    ]

    func ask(_ state: ExplorerState, _ questions: inout ExtraQuestions) {
        let comparison = state.comparison
        questions.pins = comparison.pins.filter {
            comparison.results[$0] == nil && comparison.misfits[$0] == nil
        }
    }

    func walk(_ state: inout ExplorerState) -> [Request] {
        state.comparison.other == nil ? [] : state.pairRequests()
    }
}

extension Words {
    static let compareScreen = "Compare"
    static let compareScreenHelp =
        "Compare: pinned recipes side by side (p pins up to four), and another file (:compare FILE)"
}
