extension PanelID {
    public static let modelMap = PanelID("modelMap")
}

/// The metric that weights are sorted by, over layers and kinds of modules.
struct ModelMapPanel: MapOfWeights {
    let id = PanelID.modelMap
    var title: String { Words.modelMap }
    var plainly: String { Words.modelMapPlainly }
    var explanation: String { Words.modelMapExplanation }
    var hints: [String] { Words.modelMapHints }

    func content(_ state: ExplorerState) -> LayerMapModel { LayerMapModel(scanOf: state) }

    func grid(_ state: ExplorerState) -> LayerGrid { state.model.grid }
    func position(_ state: ExplorerState) -> Int? { state.rankedPosition }

    func choose(_ position: Int, _ state: inout ExplorerState) -> [Request] {
        state.go(toWeight: position)
    }

    func enter(_ state: inout ExplorerState) -> [Request] { state.openRanked() }
}

extension Words {
    static let modelMap = "Layers and modules"
    static let modelMapHints = ["h j k l cell", "Enter to the tensor", "Tab list", "z zoom"]
    static let modelMapPlainly =
        "The whole network as a grid, a square for each weight, coloured by how much it loses: bad layers and bad kinds of weights show as rows and columns."
    static let modelMapExplanation =
        "Layers down, kinds of modules across, as the names of weights tell them: the colour of a cell is the metric that the list is sorted by (h and l in the list choose it), the worst the brightest; where several weights share a cell, as experts do, it is the worst of them; · is a layer without the module, – the row of weights outside of layers. A layer that stands out, or a module that is bad in every layer, is seen at once. Enter goes to the weight."
}
