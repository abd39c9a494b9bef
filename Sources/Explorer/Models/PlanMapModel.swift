import Basics
import Checkpoints
import Quantization

/// The plan as a map: layers down, modules across, bits as digits and shades.
public struct PlanMapModel: Sendable {
    public struct Cell: Sendable {
        /// On average over the weights of the cell.
        public let bits: Double
        /// From 0 to 1 between the fewest and the most bits of the plan.
        public let share: Double
        public let isPinned: Bool
        let module: String
        let positions: [Int]
    }

    /// Where a layer has no such module.
    public static let noModule = "·"

    public let title: String
    public let layers: [String]
    /// By layer and module; nil where a layer has no such module. Weights outside of layers stand side by side in the last row.
    public let cells: [[Cell?]]
    /// The cell of the weight under the cursor.
    public let cursor: (layer: Int, module: Int)?
    public let bits: String
    public let name: String
    public let notice: String?

    init(_ state: ExplorerState) {
        title = Words.planMap
        guard let plan = state.planning.plan, !plan.rows.isEmpty else {
            (layers, cells, cursor, bits, name) = ([], [], nil, "", "")
            notice = state.planning.problem ?? Words.working
            return
        }
        var modules: [String] = [], layers: [String] = [], columns: [String: Int] = [:], rows: [String: Int] = [:]
        var members: [[Int: [Plan.Row]]] = [], outside: [Plan.Row] = []
        for row in plan.rows {
            guard let place = LayerPlace(row.name) else {
                outside.append(row)
                continue
            }
            if columns[place.module] == nil {
                columns[place.module] = modules.count
                modules.append(place.module)
            }
            if rows[place.layer] == nil {
                rows[place.layer] = layers.count
                layers.append(place.layer)
                members.append([:])
            }
            members[rows[place.layer] ?? 0][columns[place.module] ?? 0, default: []].append(row)
        }
        let all = plan.rows.map { $0.metrics.size.bitsPerWeight }
        let least = all.min() ?? 0, width = max((all.max() ?? 1) - least, 1e-9)
        func cell(_ rows: [Plan.Row], _ module: String) -> Cell {
            let elements = rows.reduce(0) { $0 + $1.metrics.size.elements }
            let bits = rows.reduce(0) { $0 + $1.metrics.size.bits } / Double(max(1, elements))
            return Cell(
                bits: bits, share: (bits - least) / width, isPinned: rows.contains { $0.isPinned }, module: module,
                positions: rows.map { $0.position })
        }
        var cells = members.map { found in
            modules.indices.map { module in found[module].map { cell($0, modules[module]) } }
        }
        if !outside.isEmpty {
            layers.append(Words.outsideLayers)
            cells.append(outside.map { cell([$0], $0.name) })
        }
        let here = state.plannedRow?.position
        var cursor: (layer: Int, module: Int)?
        for (layer, row) in cells.enumerated() {
            for (module, cell) in row.enumerated() where cell?.positions.contains(here ?? -1) ?? false {
                cursor = (layer, module)
            }
        }
        (self.layers, self.cells, self.cursor) = (layers, cells, cursor)
        let chosen = cursor.flatMap { cells[$0.layer][$0.module] }
        bits = chosen.map { NumberText.fixed($0.bits, places: 2) } ?? ""
        name =
            chosen.flatMap { chosen in
                cursor.map { place in
                    let layer = layers[place.layer] == Words.outsideLayers ? "" : layers[place.layer] + "."
                    return ScreenText.safe(layer + chosen.module)
                }
            } ?? ""
        notice = nil
    }
}

extension Words {
    static let outsideLayers = "–"
}
