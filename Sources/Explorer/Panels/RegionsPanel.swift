extension PanelID {
    public static let regions = PanelID("regions")
}

/// What a network decides at each point of the plane.
struct RegionsPanel: Panel {
    let id = PanelID.regions
    var title: String { Words.regions }
    var plainly: String { Words.regionsPlainly }
    var explanation: String { Words.regionsExplanation }
    var hints: [String] { Words.labHints }

    func content(_ state: ExplorerState) -> LabRegionsModel { LabRegionsModel(state) }
}

extension Words {
    static let regions = "Decision regions"
    static let regionsPlainly =
        "Each colour is an answer of the network: where two meet, it changes its mind. Coarse weights bend that border."
    static let regionsExplanation =
        "Each point of the plane by the class that the network predicts there, redrawn as it learns: rounding moves borders. Float first, then the network rounded after training (ptq), then the others, while the run goes on the latest first, as many as have room (z gives them the window). Dots are test samples that the network is right about, crosses those it errs on (without colours crosses alone)."
    static func shownOf(_ shown: Int, of all: Int) -> String { "\(shown) of \(all), z all" }
    static func labRegionsLegend(right: String?, wrong: String) -> [String] {
        (right.map { ["\($0) right"] } ?? []) + ["\(wrong) wrong"]
    }
}
