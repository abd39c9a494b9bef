import Checkpoints

extension PanelID {
    public static let planMap = PanelID("planMap")
}

/// The bits of layers and modules.
struct PlanMapPanel: MapOfWeights {
    let id = PanelID.planMap
    var title: String { Words.planMap }
    var plainly: String { Words.planMapPlainly }
    var explanation: String { Words.planMapExplanation }
    var hints: [String] { Words.planTableHints }

    func content(_ state: ExplorerState) -> LayerMapModel { LayerMapModel(planOf: state) }

    func grid(_ state: ExplorerState) -> LayerGrid { state.planning.plan?.layerGrid ?? LayerGrid() }
    func position(_ state: ExplorerState) -> Int? { state.plannedRow?.position }

    func choose(_ position: Int, _ state: inout ExplorerState) -> [Request] {
        state.planning.cursor = position
        return []
    }

    func enter(_ state: inout ExplorerState) -> [Request] { state.openPlanned() }
}

extension Words {
    static let planMap = "Bits by layer and module"
    static let planMapPlainly =
        "The whole network as a grid, with the bits that each weight is given."
    static let planMapExplanation =
        "Layers down, modules across, as the names of weights tell them: each cell is the bits of its weight, rounded, the more the darker; · is a layer without the module, – the row of weights outside of layers. Where several weights share a cell, as experts do, it is their average. The cell under the cursor is the weight under the cursor of the table."
}
