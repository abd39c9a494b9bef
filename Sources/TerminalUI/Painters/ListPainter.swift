import Explorer

/// The list of tensors with its filter.
struct ListPainter {
    let painter: ScreenPainter

    func paint(_ model: ScreenModel, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.listTitle, isFocused: model.focus == .tensors, &canvas)
        var area = rect.inner
        if let filter = model.filter {
            let end = canvas.put(
                area.row, area.column, painter.cut(ScreenText.filterPrompt + filter, to: area.width - 1),
                painter.style(.key), limit: area.endColumn)
            canvas.put(area.row, end, "_", painter.style(.key), limit: area.endColumn)
            area = Rect(row: area.row + 1, column: area.column, height: area.height - 1, width: area.width)
        }
        guard !model.list.isEmpty else {
            canvas.put(area.row, area.column, painter.cut(ScreenText.noMatch, to: area.width), painter.style(.warning))
            return
        }
        let cursor = model.listCursor ?? 0
        let start = max(0, min(cursor - area.height / 2, model.list.count - area.height))
        for (offset, item) in model.list[start..<min(start + area.height, model.list.count)].enumerated() {
            let row = area.row + offset
            let style = painter.style(item.isOpen ? .selected : .text)
            if item.isOpen {
                canvas.fill(Rect(row: row, column: area.column, height: 1, width: area.width), " ", style)
            }
            let shapeWidth = CharacterWidth.of(item.shape)
            let nameRoom = area.width - 1 - (shapeWidth + 1 <= area.width / 2 ? shapeWidth + 1 : 0)
            canvas.put(row, area.column, item.isOpen ? "▸" : " ", style)
            canvas.put(row, area.column + 1, painter.cut(item.name, to: nameRoom), style, limit: area.endColumn)
            if nameRoom < area.width - 1 {
                canvas.put(
                    row, area.endColumn - shapeWidth, item.shape, item.isOpen ? style : painter.style(.dim),
                    limit: area.endColumn)
            }
        }
    }
}
