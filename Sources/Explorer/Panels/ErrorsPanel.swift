extension PanelID {
    public static let errors = PanelID("errors")
}

/// How large errors are, in steps.
struct ErrorsPanel: Panel {
    let id = PanelID.errors
    var title: String { Words.errors }
    var explanation: String { Words.errorsExplanation }

    func content(_ state: ExplorerState) -> Picture<BarsModel> {
        Picture(BarsModel.errors(state), otherwise: state.waitingNotice)
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveOnAxis(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.takeCursorAsLimit() }
    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] { [.axisZoomed(inward: isUp, around: nil)] }
}

extension Words {
    static let errors = "Error e = r̂ − r"
    static let errorsExplanation =
        "How large errors are, in steps Δ = S. Rounding to nearest spreads them evenly over ±½Δ, which gives MSE = Δ²/12; a peak at zero means many elements lie on levels; tails beyond ±½Δ are clipped."
}
