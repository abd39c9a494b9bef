extension PanelID {
    public static let labHeadline = PanelID("labHeadline")
}

/// What the experiment tests, and what it found.
struct LabHeadlinePanel: Panel {
    let id = PanelID.labHeadline
    var title: String { Words.labHeadline }
    var plainly: String { Words.labHeadlinePlainly }
    var explanation: String { Words.labHeadlineExplanation }
    var hints: [String] { Words.labHints }

    func content(_ state: ExplorerState) -> LabHeadlineModel { LabHeadlineModel(state) }
}

extension Words {
    static let labHeadline = "Claim"
    static let labHeadlinePlainly =
        "What is claimed, and what came out."
    static let labHeadlineExplanation =
        "What the experiment is to show, in one sentence, and, once it has run, what it found, with its numbers. The survey's section is behind the name."
    static func labBefore(seconds: Int) -> String { "Space runs it: about \(seconds) s on two cores" }
    static func labReplay(_ place: Int, of count: Int) -> String { "looking back: \(place) of \(count); ] goes on" }
}
