extension PanelID {
    public static let regions = PanelID("regions")
}

/// What a network decides at each point of the plane.
struct RegionsPanel: Panel {
    let id = PanelID.regions
    var title: String { Words.regions }
    var explanation: String { Words.regionsExplanation }
    var hints: [String] { Words.labHints }

    func content(_ state: ExplorerState) -> LabRegionsModel { LabRegionsModel(state) }
}

extension Words {
    static let regions = "Decision regions"
    static let regionsExplanation =
        "Each point of the plane by the class that the network predicts there, redrawn as it learns: rounding moves borders."
}
