import Explorer

/// The list of tensors with its filter.
struct ListPainter: PanelPainter {
    static let panel = PanelID.tensors
    let painter: ScreenPainter

    static func target(_ content: ListModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let list = area(content, rect), place = firstRow(content, height: list.height) + row - list.row
        return row >= list.row && content.rows.indices.contains(place) ? .row(content.rows[place].index) : .panel
    }

    /// The first of the model's rows that is shown, with the open tensor in the middle.
    static func firstRow(_ model: ListModel, height: Int) -> Int {
        max(0, min((model.cursor ?? 0) - height / 2, model.rows.count - height))
    }

    /// The rows within the panel, under the filter where there is one.
    static func area(_ model: ListModel, _ rect: Rect) -> Rect {
        let area = rect.inner
        guard model.filter != nil else { return area }
        return Rect(row: area.row + 1, column: area.column, height: area.height - 1, width: area.width)
    }

    func paint(_ model: ListModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = Self.area(model, rect)
        if let filter = model.filter {
            let end = canvas.put(
                area.row - 1, area.column, TextFit.cut(ScreenText.filterPrompt + filter, to: area.width - 1),
                painter.style(.key), limit: area.endColumn)
            if model.isFiltering { canvas.put(area.row - 1, end, "_", painter.style(.key), limit: area.endColumn) }
        }
        guard !model.rows.isEmpty else {
            canvas.put(area.row, area.column, TextFit.cut(ScreenText.noMatch, to: area.width), painter.style(.warning))
            return
        }
        let start = Self.firstRow(model, height: area.height)
        for (offset, item) in model.rows[start..<min(start + area.height, model.rows.count)].enumerated() {
            let row = area.row + offset
            let style = painter.style(item.isOpen ? (isFocused ? .selected : .unfocused) : .text)
            if item.isOpen {
                canvas.fill(Rect(row: row, column: area.column, height: 1, width: area.width), " ", style)
            }
            let noteWidth = CharacterWidth.of(item.note)
            // The name first; the shape where it has room beside it; the score always.
            let isWanted = model.hasScores || CharacterWidth.of(item.name) + noteWidth + 2 <= area.width
            let nameRoom = area.width - 1 - (isWanted && noteWidth + 1 <= area.width / 2 ? noteWidth + 1 : 0)
            canvas.put(row, area.column, item.isOpen ? "▸" : " ", style)
            if let badge = item.badge, !item.isOpen || area.width > 1 {
                let mark = painter.glyphs.isASCII ? badge.asciiMark : badge.mark
                canvas.put(row, area.column, mark, item.isOpen ? style : painter.style(.warning))
            }
            canvas.put(row, area.column + 1, TextFit.cutName(item.name, to: nameRoom), style, limit: area.endColumn)
            if nameRoom < area.width - 1 {
                canvas.put(
                    row, area.endColumn - noteWidth, item.note, item.isOpen ? style : painter.style(.dim),
                    limit: area.endColumn)
            }
        }
    }
}
