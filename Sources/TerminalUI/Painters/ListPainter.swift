import Explorer

/// The list of tensors with its filter.
struct ListPainter {
    let painter: ScreenPainter

    /// The first of the model's rows that is shown, with the open tensor in the middle.
    static func firstRow(_ model: ScreenModel, height: Int) -> Int {
        max(0, min((model.listCursor ?? 0) - height / 2, model.list.count - height))
    }

    /// The rows within the panel, under the filter where there is one.
    static func area(_ model: ScreenModel, _ rect: Rect) -> Rect {
        let area = rect.inner
        guard model.filter != nil else { return area }
        return Rect(row: area.row + 1, column: area.column, height: area.height - 1, width: area.width)
    }

    func paint(_ model: ScreenModel, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.listTitle, isFocused: model.focus == .tensors, &canvas)
        let area = Self.area(model, rect)
        if let filter = model.filter {
            let end = canvas.put(
                area.row - 1, area.column, TextFit.cut(ScreenText.filterPrompt + filter, to: area.width - 1),
                painter.style(.key), limit: area.endColumn)
            if model.isFiltering { canvas.put(area.row - 1, end, "_", painter.style(.key), limit: area.endColumn) }
        }
        guard !model.list.isEmpty else {
            canvas.put(area.row, area.column, TextFit.cut(ScreenText.noMatch, to: area.width), painter.style(.warning))
            return
        }
        let start = Self.firstRow(model, height: area.height)
        for (offset, item) in model.list[start..<min(start + area.height, model.list.count)].enumerated() {
            let row = area.row + offset
            let style = painter.style(item.isOpen ? .selected : .text)
            if item.isOpen {
                canvas.fill(Rect(row: row, column: area.column, height: 1, width: area.width), " ", style)
            }
            let noteWidth = CharacterWidth.of(item.note)
            // The name first; the shape where it has room beside it; the score always.
            let isWanted = model.hasScores || CharacterWidth.of(item.name) + noteWidth + 2 <= area.width
            let nameRoom = area.width - 1 - (isWanted && noteWidth + 1 <= area.width / 2 ? noteWidth + 1 : 0)
            canvas.put(row, area.column, item.isOpen ? "▸" : " ", style)
            canvas.put(row, area.column + 1, TextFit.cutName(item.name, to: nameRoom), style, limit: area.endColumn)
            if nameRoom < area.width - 1 {
                canvas.put(
                    row, area.endColumn - noteWidth, item.note, item.isOpen ? style : painter.style(.dim),
                    limit: area.endColumn)
            }
        }
    }
}
