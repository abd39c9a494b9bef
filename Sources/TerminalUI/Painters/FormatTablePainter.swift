import Explorer

/// The table of formats: size, error, and a bar for the error, so that the eye sees what more bits buy.
struct FormatTablePainter {
    let painter: ScreenPainter

    /// The rows of the list.
    static func listArea(_ rect: Rect) -> Rect {
        let area = rect.inner
        return Rect(row: area.row + 1, column: area.column, height: max(0, area.height - 1), width: area.width)
    }

    private static let cellWidth = 13

    func paint(_ model: FormatTableModel, _ rect: Rect, _ canvas: inout Canvas) {
        canvas.fill(rect, " ", painter.style(.text))
        painter.frame(rect, model.title, isFocused: true, &canvas)
        let area = rect.inner, list = Self.listArea(rect)
        if let notice = model.notice {
            painter.notice(notice, list, &canvas)
            return
        }
        let longest = model.rows.map { CharacterWidth.of($0.recipe) }.max() ?? 8
        let nameWidth = min(max(12, longest + 2), max(12, area.width - 3 * Self.cellWidth - 4))
        let cells = min(3, max(1, (area.width - nameWidth - 3) / Self.cellWidth))
        let barColumn = area.column + 3 + nameWidth + cells * Self.cellWidth
        canvas.put(area.row, area.column + 3, model.heads[0], painter.style(.title))
        for cell in 0..<cells {
            right(model.heads[cell + 1], cell, area.row, area.column + 3 + nameWidth, painter.style(.title), &canvas)
        }
        let first = OverlayPainter.firstRow(selection: model.selection, count: model.rows.count, height: list.height)
        for (offset, item) in model.rows.dropFirst(first).prefix(list.height).enumerated() {
            let row = list.row + offset, isSelected = first + offset == model.selection
            let base = painter.style(isSelected ? .selected : item.isEstimate ? .estimate : .text)
            if isSelected { canvas.fill(Rect(row: row, column: area.column, height: 1, width: area.width), " ", base) }
            let mark = (isSelected ? "▸" : " ") + (item.isBestAtItsSize ? "★" : item.isInUse ? "●" : " ")
            canvas.put(row, area.column, mark, isSelected ? base : painter.style(item.isBestAtItsSize ? .better : .key))
            canvas.put(
                row, area.column + 3, TextFit.cut(item.recipe, to: nameWidth - 1),
                isSelected ? base : painter.style(item.isBestAtItsSize ? .key : .text))
            for cell in 0..<cells { right(item.cells[cell], cell, row, area.column + 3 + nameWidth, base, &canvas) }
            let room = area.endColumn - barColumn - 2
            guard room >= 4 else { continue }
            let full = painter.glyphs.bars[painter.glyphs.bars.count - 1]
            let length = max(1, Int((item.share * Double(room)).rounded()))
            for column in 0..<length {
                canvas.set(
                    row, barColumn + 1 + column,
                    Cell(
                        full.value,
                        style: isSelected ? base : painter.style(item.isBestAtItsSize ? .better : .histogram)))
            }
        }
        painter.place(first: first, shown: min(list.height, model.rows.count), of: model.rows.count, rect, &canvas)
        let legend = " ★ \(ScreenText.onFrontier) "
        canvas.put(rect.endRow - 1, rect.column + 2, legend, painter.style(.dim), limit: rect.endColumn - 12)
    }

    /// A cell that ends at its column's end.
    private func right(_ text: String, _ cell: Int, _ row: Int, _ start: Int, _ style: Style, _ canvas: inout Canvas) {
        let end = start + (cell + 1) * Self.cellWidth
        canvas.put(row, end - CharacterWidth.of(text), text, style)
    }
}
