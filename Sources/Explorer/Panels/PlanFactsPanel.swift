extension PanelID {
    public static let planFacts = PanelID("planFacts")
}

/// What the plan comes to.
struct PlanFactsPanel: Panel {
    let id = PanelID.planFacts
    var title: String { Words.planFacts }
    var plainly: String { Words.planFactsPlainly }
    var explanation: String { Words.planFactsExplanation }
    var hints: [String] { Words.planFrontierHints }

    func content(_ state: ExplorerState) -> PlanFactsModel { PlanFactsModel(state) }
}

extension Words {
    static let planFacts = "The plan"
    static let planFactsPlainly =
        "What the plan costs beside giving every weight the same."
    static let planFactsExplanation =
        "What is spent and what is lost; how much more error than the least possible the plan has (0 where it is proven best); and, for comparison, every recipe of the list on all weights: its bits a weight and its error in times of the plan's. With a machine, what bounds how many weights: where memory does, fewer bits take less time; where arithmetic does, only bits that are multiplied faster do, and unpacking costs."
}
