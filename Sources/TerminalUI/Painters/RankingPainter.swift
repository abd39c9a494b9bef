import Explorer

/// The weights of the file, whose heads can be pointed at.
struct RankingPainter: PanelPainter {
    static let panel = PanelID.ranking
    let painter: ScreenPainter

    func paint(_ table: TableModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        TablePainter(painter: painter).paint(table, isFocused: isFocused, rect, &canvas)
    }

    static func target(_ content: TableModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        if let place = TablePainter.row(content, rect, row: row, column: column) { return .row(place) }
        guard row == rect.inner.row else { return .panel }
        // A head belongs to the blanks before it too.
        let head = TablePainter.columns(content, rect.inner).first { column < $0.start + $0.width }
        return head.map { .column($0.index) } ?? .panel
    }
}
