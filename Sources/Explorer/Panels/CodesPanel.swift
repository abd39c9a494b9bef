extension PanelID {
    public static let codes = PanelID("codes")
}

/// How often each code occurs.
struct CodesPanel: Panel {
    let id = PanelID.codes
    var title: String { Words.codes }
    var explanation: String { Words.codesExplanation }

    func content(_ state: ExplorerState) -> Picture<BarsModel> {
        Picture(BarsModel.codes(state, columns: state.viewport.plotColumns), otherwise: state.waitingNotice)
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveOnAxis(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.takeCursorAsLimit() }
    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] { [.axisZoomed(inward: isUp, around: nil)] }
}

extension Words {
    static let codes = "Codes q"
    static let codesExplanation =
        "How often each code occurs. Even use makes the entropy equal to the bits; a sharp peak leaves room for entropy coding or for a non-uniform format."
}
