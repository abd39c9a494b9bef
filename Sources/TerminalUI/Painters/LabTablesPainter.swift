import Explorer

/// A table of a run: names at the left, numbers at the right of their columns, and what to look at below.
struct LabTablesPainter: PanelPainter {
    static let panel = PanelID.labTables
    let painter: ScreenPainter

    func paint(_ model: LabTablesModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        let note = model.note.isEmpty ? [] : TextFit.wrapped(model.note, to: area.width)
        // Words have what the numbers leave.
        let words = max(0, min(note.count, area.height - 2 - min(model.rows.count, max(2, area.height / 2))))
        let height = max(0, area.height - 1 - words)
        let widths = columnWidths(model, area.width)
        paint(model.columns, widths, area.row, area, head: true, &canvas)
        let first = max(0, min(model.scroll, model.rows.count - height))
        painter.place(
            first: first, shown: min(height, model.rows.count - first), of: model.rows.count, rect, &canvas)
        for (offset, row) in model.rows.dropFirst(first).prefix(height).enumerated() {
            paint(row, widths, area.row + 1 + offset, area, head: false, &canvas)
        }
        for (offset, line) in note.prefix(words).enumerated() {
            canvas.put(area.endRow - words + offset, area.column, line, painter.style(.dim), limit: area.endColumn)
        }
    }

    /// As wide as their texts; the first gives way, then columns at the end are left out, whose room the first takes.
    private func columnWidths(_ model: LabTablesModel, _ room: Int) -> [Int] {
        var widths = model.columns.indices.map { column in
            ([model.columns[column]] + model.rows.compactMap { column < $0.count ? $0[column] : nil })
                .map { CharacterWidth.of($0) }.max() ?? 0
        }
        func total() -> Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }
        guard let first = widths.first else { return [] }
        while widths.count > 1, total() - first + min(first, Self.leastName) > room { widths.removeLast() }
        widths[0] = min(first, max(min(first, Self.leastName), first - (total() - room)))
        return widths
    }

    /// Columns of a name that is shortened.
    private static let leastName = 12

    private func paint(
        _ cells: [String], _ widths: [Int], _ row: Int, _ area: Rect, head: Bool, _ canvas: inout Canvas
    ) {
        var column = area.column
        for (place, width) in widths.enumerated() where place < cells.count {
            let text = TextFit.cut(cells[place], to: width)
            let start = place == 0 ? column : column + width - CharacterWidth.of(text)
            canvas.put(
                row, start, text, painter.style(head ? .dim : place == 0 ? .text : .value), limit: area.endColumn)
            column += width + 2
        }
    }
}
