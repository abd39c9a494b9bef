import Explorer

/// Pairs of two files.
struct PairsPainter: PanelPainter {
    static let panel = PanelID.pairs
    let painter: ScreenPainter

    func paint(_ table: TableModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        TablePainter(painter: painter).paint(table, isFocused: isFocused, rect, &canvas)
    }

    static func target(_ content: TableModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        TablePainter.row(content, rect, row: row, column: column).map { .row($0) } ?? .panel
    }
}
