import Explorer

/// The recipes of the sweep, whose heads can be pointed at.
struct SweepTablePainter: PanelPainter {
    static let panel = PanelID.sweepTable
    let painter: ScreenPainter

    func paint(_ table: TableModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        TablePainter(painter: painter).paint(table, isFocused: isFocused, rect, &canvas)
    }

    static func target(_ content: TableModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        TablePainter.target(content, rect, row: row, column: column)
    }
}
