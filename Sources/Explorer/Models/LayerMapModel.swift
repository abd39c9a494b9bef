/// Layers down, modules across, a cell for each: its digits and its colour.
public struct LayerMapModel: Sendable {
    public struct Cell: Sendable {
        /// In front of the colour, where there is room.
        public let digits: String
        /// From 0 to 1, or from -1 to 1 where numbers have signs.
        public let share: Double
        public let isPinned: Bool
    }

    /// Where a layer has no such module.
    public static let noModule = "·"

    public let title: String
    public let layers: [String]
    /// Names over the columns.
    public let modules: [String]
    public let cells: [[Cell?]]
    public let cursor: (layer: Int, module: Int)?
    /// The number of the cell at the cursor, and its name.
    public let value: String
    public let name: String
    /// What the ends of the colours stand for; empty where digits say it.
    public let key: (low: String, middle: String, high: String)
    public let isSigned: Bool
    public let notice: Notice?

    init(title: String, notice: Notice) {
        (self.title, self.notice) = (title, notice)
        (layers, modules, cells, cursor, value, name, key, isSigned) = ([], [], [], nil, "", "", ("", "", ""), false)
    }

    init(
        title: String, _ grid: LayerGrid, cursor: LayerGrid.Place?, value: String,
        key: (low: String, middle: String, high: String) = ("", "", ""), isSigned: Bool = false,
        cell: ([Int]) -> Cell?
    ) {
        self.title = title
        (layers, modules) = (grid.layers, grid.modules)
        cells = grid.cells.map { $0.map { $0.isEmpty ? nil : cell($0) } }
        self.cursor = cursor.map { ($0.layer, $0.module) }
        (self.value, self.key, self.isSigned) = (value, key, isSigned)
        name = cursor.map { grid.name($0.layer, $0.module) } ?? ""
        notice = nil
    }
}
