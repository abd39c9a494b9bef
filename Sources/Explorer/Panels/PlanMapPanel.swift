import Checkpoints

extension PanelID {
    public static let planMap = PanelID("planMap")
}

/// The bits of layers and modules.
struct PlanMapPanel: Panel {
    let id = PanelID.planMap
    var title: String { Words.planMap }
    var explanation: String { Words.planMapExplanation }
    var hints: [String] { Words.planTableHints }

    func content(_ state: ExplorerState) -> LayerMapModel { LayerMapModel(planOf: state) }

    /// To the nearest cell in a direction that has a weight.
    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        guard let grid = state.planning.plan?.layerGrid, let here = grid.place(of: state.plannedRow?.position) else {
            return []
        }
        let across = motion == .left ? -1 : motion == .right ? 1 : 0
        let down = state.offset(of: motion, length: grid.layers.count)
        if let position = grid.neighbour(of: here, down: down, across: across) { state.planning.cursor = position }
        return []
    }

    func enter(_ state: inout ExplorerState) -> [Request] { state.openPlanned() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        _ = state.point(to: id)
        if case .cell(let layer, let module) = target, let grid = state.planning.plan?.layerGrid,
            grid.cells.indices.contains(layer), grid.cells[layer].indices.contains(module),
            let position = grid.cells[layer][module].first
        {
            state.planning.cursor = position
        }
        return []
    }
}

extension Words {
    static let planMap = "Bits by layer and module"
    static let planMapExplanation =
        "Layers down, modules across, as the names of weights tell them: each cell is the bits of its weight, rounded, the more the darker; · is a layer without the module, – the row of weights outside of layers. Where several weights share a cell, as experts do, it is their average. The cell under the cursor is the weight under the cursor of the table."
}
