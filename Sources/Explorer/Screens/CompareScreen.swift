extension ScreenID {
    public static let compare = ScreenID(number: 4)
}

/// Pinned recipes side by side, and another file.
struct CompareScreen: Screen {
    let id = ScreenID.compare
    var title: String { Words.compareScreen }
    var shortTitle: String { Words.compareScreenShort }
    var help: String { Words.compareScreenHelp }
    let panels: [PanelID] = [.tensors, .pins, .pairs, .recipe]
    let firstPanel = PanelID.pins
    let actions: [ScreenAction: ScreenAnswer] = [
        .step: .usual, .undo: .usual, .redo: .usual, .pin: .usual, .copy: .usual, .filter: .usual, .match: .usual,
        .order: .own { _, state in
            state.say(Words.worstFirstAlways)
            return []
        },
        .pause: .own { _, state in state.pauseComparison() },
        .remove: .own { _, state in state.removePin() },
    ]

    func arrangement(_ state: ExplorerState, _ room: Room) -> Arrangement {
        let height = state.comparison.other == nil ? 6 : max(8, room.height / 2)
        return .besideRecipe(.stacked(.panel(.pins), over: .panel(.pairs), height: height), below: [], state, room)
    }

    func questions(_ state: ExplorerState) -> [any Question] {
        state.comparison.pins.isEmpty ? [] : [PinsQuestion(recipes: state.comparison.pins)]
    }

    func walk(_ state: inout ExplorerState) -> [Request] {
        state.comparison.other == nil ? [] : state.pairRequests()
    }
}

extension Words {
    static let compareScreen = "Compare"
    static let compareScreenShort = "Comp"
    static let compareScreenHelp =
        "Compare: pinned recipes side by side (p pins up to four), and another file (:compare FILE)"
}
