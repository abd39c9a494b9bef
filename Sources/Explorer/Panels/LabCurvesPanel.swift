extension PanelID {
    public static let labCurves = PanelID("labCurves")
}

/// How a run goes.
struct LabCurvesPanel: Panel {
    let id = PanelID.labCurves
    var title: String { Words.labCurves }
    var plainly: String { Words.labCurvesPlainly }
    var explanation: String { Words.labCurvesExplanation }
    var hints: [String] { Words.labHints }

    func content(_ state: ExplorerState) -> LabCurvesModel { LabCurvesModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        motion == .left || motion == .right ? state.stepLabLayer(forward: motion == .right) : []
    }
}

extension Words {
    static let labCurves = "Curves"
    static let labCurvesPlainly =
        "How the numbers change while the network learns."
    static let labCurvesExplanation =
        "How the run goes, a letter for each curve at its end: the loss of training batches, the share of test samples that are right after each epoch, where the clip limit of the layer's input walks to (, and . choose the layer), and what the number of calibration samples does. a steps through them where there is room for one."
}
