extension PanelID {
    public static let modelMap = PanelID("modelMap")
}

/// The metric that weights are sorted by, over layers and kinds of modules.
struct ModelMapPanel: Panel {
    let id = PanelID.modelMap
    var title: String { Words.modelMap }
    var explanation: String { Words.modelMapExplanation }
    var hints: [String] { Words.modelMapHints }

    func content(_ state: ExplorerState) -> LayerMapModel { LayerMapModel(scanOf: state) }

    /// To the nearest cell in a direction that has a weight.
    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        let grid = state.modelGrid
        guard let here = grid.place(of: state.rankedPosition) else { return [] }
        let across = motion == .left ? -1 : motion == .right ? 1 : 0
        let down = state.offset(of: motion, length: grid.layers.count)
        return grid.neighbour(of: here, down: down, across: across).map { state.go(toWeight: $0) } ?? []
    }

    func enter(_ state: inout ExplorerState) -> [Request] { state.openRanked() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        _ = state.point(to: id)
        let grid = state.modelGrid
        if case .cell(let layer, let module) = target, grid.cells.indices.contains(layer),
            grid.cells[layer].indices.contains(module), let position = grid.cells[layer][module].first
        {
            return state.go(toWeight: position)
        }
        return []
    }
}

extension Words {
    static let modelMap = "Layers and modules"
    static let modelMapHints = ["h j k l cell", "Enter to the tensor", "Tab list", "z zoom"]
    static let modelMapExplanation =
        "Layers down, kinds of modules across, as the names of weights tell them: the colour of a cell is the metric that the list is sorted by (h and l in the list choose it), the worst the brightest; where several weights share a cell, as experts do, it is the worst of them; · is a layer without the module, – the row of weights outside of layers. A layer that stands out, or a module that is bad in every layer, is seen at once. Enter goes to the weight."
}
