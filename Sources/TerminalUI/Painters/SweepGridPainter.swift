import Explorer

/// What is swept: words with a mark where they are in.
struct SweepGridPainter: PanelPainter {
    static let panel = PanelID.sweepGrid
    let painter: ScreenPainter

    static func target(_ content: SweepGridModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let list = rect.inner
        guard list.contains(row: row, column: column) else { return .panel }
        let place = firstRow(content, list) + row - list.row
        guard content.rows.indices.contains(place), case .word = content.rows[place] else { return .panel }
        return .row(place)
    }

    private static func firstRow(_ model: SweepGridModel, _ list: Rect) -> Int {
        OverlayPainter.firstRow(selection: model.cursor, count: model.rows.count, height: list.height)
    }

    func paint(_ model: SweepGridModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let list = rect.inner, first = Self.firstRow(model, list)
        for (offset, item) in model.rows.dropFirst(first).prefix(list.height).enumerated() {
            let row = list.row + offset
            switch item {
            case .heading(let text):
                canvas.put(row, list.column, text, painter.style(.title), limit: list.endColumn)
            case .word(_, let word, let isSwept):
                let isSelected = isFocused && first + offset == model.cursor
                let style = painter.style(isSelected ? .selected : isSwept ? .value : .dim)
                if isSelected {
                    canvas.fill(Rect(row: row, column: list.column, height: 1, width: list.width), " ", style)
                }
                canvas.put(
                    row, list.column + 1, "[\(isSwept ? "x" : " ")] " + TextFit.cut(word, to: list.width - 5), style,
                    limit: list.endColumn)
            }
        }
        painter.place(
            first: first, shown: min(list.height, model.rows.count - first), of: model.rows.count, rect, &canvas)
    }
}
