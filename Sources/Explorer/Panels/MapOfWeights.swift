/// A panel that is a map of layers and modules, whose cursor is a weight.
protocol MapOfWeights: Panel where Content == LayerMapModel {
    func grid(_ state: ExplorerState) -> LayerGrid
    /// The weight under the cursor.
    func position(_ state: ExplorerState) -> Int?
    func choose(_ position: Int, _ state: inout ExplorerState) -> [Request]
}

extension MapOfWeights {
    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        let grid = grid(state), across = motion == .left ? -1 : motion == .right ? 1 : 0
        let down = state.offset(of: motion, length: grid.layers.count)
        return grid.neighbour(of: position(state), down: down, across: across).map { choose($0, &state) } ?? []
    }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        _ = state.point(to: id)
        guard case .cell(let layer, let module) = target, let position = grid(state).position(at: layer, module) else {
            return []
        }
        return choose(position, &state)
    }
}
