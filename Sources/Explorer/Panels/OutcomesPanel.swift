extension PanelID {
    public static let outcomes = PanelID("outcomes")
}

/// The share of test samples that each network gets right.
struct OutcomesPanel: Panel {
    let id = PanelID.outcomes
    var title: String { Words.outcomes }
    var plainly: String { Words.outcomesPlainly }
    var explanation: String { Words.outcomesExplanation }
    var hints: [String] { Words.labHints }

    func content(_ state: ExplorerState) -> LabOutcomesModel { LabOutcomesModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        state.scrollOutcomes(motion)
        return []
    }
}

extension Words {
    static let outcomes = "Accuracy %, points against float"
    static let outcomesPlainly =
        "How often each network is right on samples that it has not seen."
    static let outcomesExplanation =
        "The share of test samples that each network gets right; the line │ marks float, and the last column is the distance to it in points."
}
