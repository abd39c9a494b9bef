import Explorer

/// The settings of the recipe, a letter each.
struct RecipePainter {
    let painter: ScreenPainter

    func paint(_ model: ScreenModel, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.recipe, isFocused: model.focus == .recipe, &canvas)
        let area = rect.inner
        let labelWidth = 12
        for (offset, item) in model.settings.enumerated() where offset < area.height {
            let row = area.row + offset
            let isSelected = item.isSelected && model.focus == .recipe
            let style = painter.style(isSelected ? .selected : .text)
            if isSelected { canvas.fill(Rect(row: row, column: area.column, height: 1, width: area.width), " ", style) }
            canvas.put(row, area.column, String(item.letter), isSelected ? style : painter.style(.key))
            canvas.put(row, area.column + 2, item.name, isSelected ? style : painter.style(.dim), limit: area.endColumn)
            // A long value moves up to its name, and a longer one takes the name's place: the letter stays.
            let wanted = min(area.column + 2 + labelWidth, area.endColumn - CharacterWidth.of(item.value))
            let hidesName = wanted < area.column + 3 + CharacterWidth.of(item.name)
            let column = hidesName ? area.column + 2 : wanted
            if hidesName {
                canvas.fill(
                    Rect(row: row, column: column, height: 1, width: area.endColumn - column), " ",
                    isSelected ? style : painter.style(.text))
            }
            canvas.put(
                row, column, TextFit.cut(item.value, to: area.endColumn - column),
                isSelected ? style : painter.style(.value))
        }
        // What the selected setting is, in the rows that are left.
        for (offset, line) in TextFit.wrapped(model.explanation, to: area.width).enumerated() {
            let row = area.row + model.settings.count + 1 + offset
            if row < area.endRow { canvas.put(row, area.column, line, painter.style(.dim)) }
        }
    }
}
