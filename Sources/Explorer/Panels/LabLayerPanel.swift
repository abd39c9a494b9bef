extension PanelID {
    public static let labLayer = PanelID("labLayer")
}

/// The weights of one layer while a network learns.
struct LabLayerPanel: Panel {
    let id = PanelID.labLayer
    var title: String { Words.labLayer }
    var plainly: String { Words.labLayerPlainly }
    var explanation: String { Words.labLayerExplanation }
    var hints: [String] { Words.labHints }

    func content(_ state: ExplorerState) -> LabLayerModel { LabLayerModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        motion == .left || motion == .right ? state.stepLabLayer(forward: motion == .right) : []
    }
}

extension Words {
    static let labLayer = "Weights of a layer"
    static let labLayerPlainly =
        "The weights of one layer while they learn to live with a few values."
    static let labLayerExplanation =
        "The weights of one layer while the network learns: bars are the latent float weights, which take the updates, the line ━ is what they are rounded to and computed with. , and . step through the layers."
}
