extension PanelID {
    public static let planMap = PanelID("planMap")
}

/// The bits of layers and modules.
struct PlanMapPanel: Panel {
    let id = PanelID.planMap
    var title: String { Words.planMap }
    var explanation: String { Words.planMapExplanation }
    var hints: [String] { Words.planTableHints }

    func content(_ state: ExplorerState) -> PlanMapModel { PlanMapModel(state) }

    /// To the nearest cell in a direction that has a weight.
    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        let model = PlanMapModel(state)
        guard let here = model.cursor else { return [] }
        var layer = here.layer, module = here.module
        let down = state.offset(of: motion, length: model.layers.count)
        let across = motion == .left ? -1 : motion == .right ? 1 : 0
        while true {
            layer += down
            module += across
            if abs(down) > 1 { layer = max(0, min(model.layers.count - 1, layer)) }
            guard model.cells.indices.contains(layer), module >= 0 else { return [] }
            // Weights outside of layers are as many as they are.
            module = across == 0 ? min(module, model.cells[layer].count - 1) : module
            guard model.cells[layer].indices.contains(module) else { return [] }
            if let cell = model.cells[layer][module], let position = cell.positions.first {
                state.planning.cursor = position
                return []
            }
            if abs(down) > 1 { return [] }
        }
    }

    func enter(_ state: inout ExplorerState) -> [Request] { state.openPlanned() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        _ = state.point(to: id)
        let model = PlanMapModel(state)
        if case .cell(let layer, let module) = target, model.cells.indices.contains(layer),
            model.cells[layer].indices.contains(module), let position = model.cells[layer][module]?.positions.first
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
