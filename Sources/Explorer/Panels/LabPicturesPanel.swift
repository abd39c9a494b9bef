extension PanelID {
    public static let labPictures = PanelID("labPictures")
}

/// Images that a run takes or makes.
struct LabPicturesPanel: Panel {
    let id = PanelID.labPictures
    var title: String { Words.labPictures }
    var plainly: String { Words.labPicturesPlainly }
    var explanation: String { Words.labPicturesExplanation }
    var hints: [String] { Words.labHints }

    func content(_ state: ExplorerState) -> LabPicturesModel { LabPicturesModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        if motion == .left || motion == .right { state.stepLabPictures(forward: motion == .right) }
        return []
    }
}

extension Words {
    static let labPictures = "Samples"
    static let labPicturesPlainly =
        "What the network is shown; some of it is made up by the network itself."
    static let labPicturesExplanation =
        "Samples that the run uses: real ones, noise, and those that are made while it runs, each as an image of half blocks. The kind that was shown last comes up by itself; h and l step through the kinds."
    static let labNoPictures = "zero-shot makes images, which form here: Space runs it"
}
