extension PanelID {
    public static let experiments = PanelID("experiments")
}

/// The experiments and the settings of the chosen one.
struct ExperimentsPanel: Panel {
    let id = PanelID.experiments
    var title: String { Words.experiments }
    var plainly: String { Words.experimentsPlainly }
    var explanation: String { Words.experimentsExplanation }
    var hints: [String] { Words.labHints }

    func content(_ state: ExplorerState) -> LabListModel { LabListModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveLab(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.enterLab() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .row(let row) = target else { return state.point(to: id) }
        return state.point(toLabRow: row)
    }
}

extension Words {
    static let experiments = "Experiments"
    static let experimentsPlainly =
        "Small networks that learn here, within seconds, to show what quantization does to what they can do."
    static let experimentsExplanation =
        "Experiments on a small network that is trained here and now; all of them repeat bit for bit from their seed, here and by qlens lab. Space runs the chosen one with the settings below, pauses it and lets it go on; Esc stops it. On a setting h and l step usual values, Enter types one; letters of the recipe (f, b, m, s, c …) step the recipe under the cursor. bits: one network at fewer and fewer bits (survey III-A). ptq: rounding a trained network, and what each improver gains (III-D, III-G2). qat: retraining with rounding in the loop, by one rule after the other for the derivative that rounding does not have (III-G1). stochastic: weights stored on a grid while they learn; nearest loses updates below half a step (III-H). distillation: a student that learns from float teachers too (IV-D)."
    package static let labHints = [
        "Space run, pause", "h l step", "Enter type", "Esc stop", ", . layer", "a curves", "Tab panel",
    ]
}
