extension PanelID {
    public static let pins = PanelID("pins")
}

/// Pinned recipes on the open tensor, side by side.
struct PinsPanel: Panel {
    let id = PanelID.pins
    var title: String { Words.pins }
    var plainly: String { Words.pinsPlainly }
    var explanation: String { Words.pinsExplanation }
    var hints: [String] { Words.pinHints }

    func content(_ state: ExplorerState) -> PinsModel { PinsModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveOnPins(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.takePin() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .column(let place) = target else { return state.point(to: id) }
        return state.point(toPin: place)
    }
}

extension Words {
    static let pins = "Pinned recipes"
    static let pinsPlainly =
        "Settings that were put aside, next to each other on the same tensor."
    static let pinsExplanation =
        "Up to four pinned recipes on the open tensor, metric by metric; ★ marks the best where they differ. The present recipe comes first unless it is pinned."
    package static let pinHints = [
        "h l recipe", "Enter take it", "Backspace unpin", "j k metrics", ":compare FILE", "Tab files",
    ]
}
