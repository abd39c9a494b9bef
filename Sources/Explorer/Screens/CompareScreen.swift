extension ScreenID {
    public static let compare = ScreenID(number: 4)
}

/// Pinned recipes side by side, and another file.
struct CompareScreen: Screen {
    let id = ScreenID.compare
    var tenKeys: [(keys: String, does: String)] { Words.compareKeys }
    var title: String { Words.compareScreen }
    var shortTitle: String { Words.compareScreenShort }
    var help: String { Words.compareScreenHelp }
    let panels: [PanelID] = [.tensors, .pins, .pairs, .diagnosis, .twoDistributions, .recipe]
    let firstPanel = PanelID.pins
    let actions: [ScreenAction: ScreenAnswer] = [
        .step: .usual, .undo: .usual, .redo: .usual, .pin: .usual, .copy: .usual, .filter: .usual, .match: .usual,
        .mark: .usual, .counts: .usual, .axisScale: .usual, .axisZoom: .usual, .wholeAxis: .usual, .axisLock: .usual,
        .coverage: .own { _, state in state.stepSubject() },
        .order: .own { _, state in
            state.say(Words.worstFirstAlways)
            return []
        },
        .pause: .own { _, state in state.pauseComparison() },
        .remove: .own { _, state in state.removePin() },
    ]

    func arrangement(_ state: ExplorerState, _ room: Room) -> Arrangement {
        let isHigh = room.height >= 32, plot = max(9, min(18, room.height / 3))
        let parts: [Arrangement.Part]
        if state.comparison.other == nil {
            let distributions = Arrangement.Part.optional(plot, .panel(.twoDistributions))
            let hint = Arrangement.Part.optional(6, .panel(.pairs))
            parts = state.distributionSubject == nil ? [hint, distributions] : [distributions, hint]
        } else {
            let pairs = isHigh ? max(8, (room.height - plot) / 2) : max(8, room.height / 2)
            let diagnosis = state.comparison.other?.isDiagnosed == true && isHigh ? 9 : room.height
            parts = [
                .optional(pairs, .panel(.pairs)), .optional(diagnosis, .panel(.diagnosis)),
                .optional(isHigh ? plot : room.height, .panel(.twoDistributions)),
            ]
        }
        return .besideRecipe(.rows([.rest(least: 8, .panel(.pins))] + parts), below: [], state, room)
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

extension Words {
    static let compareKeys: [(keys: String, does: String)] = [
        ("p", "pin the present recipe: up to four stand side by side"),
        ("h l", "to the next recipe; Enter takes it, Backspace takes it out"),
        ("Tab", "to the distributions, the files"),
        ("Enter", "in the distributions: quantiles against quantiles, and back"),
        ("a", "what is laid over each other"),
        ("A", "mark the open tensor, to lay others under it"),
        (":compare FILE", "another file, tensor by tensor, the worst first"),
        (":diagnose FILE", "what went wrong in an export"),
        ("v", "counts on a logarithmic scale, or not"),
        ("i", "explain what has the focus"),
    ]
}
