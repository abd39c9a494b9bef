import Basics
import Checkpoints
import Quantization

extension LayerMapModel {
    /// The plan: bits as digits and colours.
    init(planOf state: ExplorerState) {
        guard let plan = state.planning.plan, !plan.rows.isEmpty else {
            self.init(title: Words.planMap, notice: .problem(state.planning.problem, or: Words.working))
            return
        }
        let grid = plan.layerGrid, here = state.plannedRow?.position
        let rows = Dictionary(plan.rows.map { ($0.position, $0) }, uniquingKeysWith: { first, _ in first })
        /// On average over the weights of a cell.
        func bits(_ positions: [Int]) -> Double {
            let found = positions.compactMap { rows[$0] }
            let elements = found.reduce(0) { $0 + $1.metrics.size.elements }
            return found.reduce(0) { $0 + $1.metrics.size.bits } / Double(max(1, elements))
        }
        let all = plan.rows.map { $0.metrics.size.bitsPerWeight }
        let least = all.min() ?? 0, width = max((all.max() ?? 1) - least, 1e-9)
        let cursor = grid.place(of: here)
        self.init(
            title: Words.planMap, grid, cursor: cursor,
            value: cursor.map { NumberText.fixed(bits(grid.cells[$0.layer][$0.module]), places: 2) } ?? ""
        ) { positions in
            let bits = bits(positions)
            return Cell(
                digits: String(Int(bits.rounded())), share: max(0, (bits - least) / width),
                isPinned: positions.contains { rows[$0]?.isPinned ?? false })
        }
    }
}

extension Plan {
    var layerGrid: LayerGrid { LayerGrid(rows.map { (position: $0.position, name: $0.name) }) }
}

extension Words {
    static let outsideLayers = "–"
}
