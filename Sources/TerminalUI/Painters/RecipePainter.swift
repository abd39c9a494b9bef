import Explorer

/// The settings of the recipe, a letter each.
struct RecipePainter: PanelPainter {
    static let panel = PanelID.recipe
    let painter: ScreenPainter

    static func target(_ content: RecipeModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        .row(firstRow(content, height: rect.inner.height) + row - rect.inner.row)
    }

    /// Which setting is in the first row, so that the selected one is seen.
    static func firstRow(_ model: RecipeModel, height: Int) -> Int {
        let selected = model.rows.firstIndex { $0.isSelected } ?? 0
        return max(0, min(selected - height + 1, model.rows.count - height))
    }

    func paint(_ model: RecipeModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, painter.fitting(model.titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner
        let labelWidth = 12
        let first = Self.firstRow(model, height: area.height)
        for (offset, item) in model.rows.dropFirst(first).prefix(max(0, area.height)).enumerated() {
            let row = area.row + offset
            let isSelected = item.isSelected && isFocused
            let style = painter.style(isSelected ? .selected : .text)
            if isSelected { canvas.fill(Rect(row: row, column: area.column, height: 1, width: area.width), " ", style) }
            canvas.put(row, area.column, String(item.letter), isSelected ? style : painter.style(.key))
            canvas.put(row, area.column + 2, item.name, isSelected ? style : painter.style(.dim), limit: area.endColumn)
            // A long value moves up to its name, and a longer one covers the name: the letter stays.
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
                isSelected ? style : painter.style(item.isDim ? .dim : .value))
        }
        painter.place(
            first: first, shown: min(area.height, model.rows.count), of: model.rows.count, rect, &canvas)
        // What the selected setting is, in the rows that are left.
        let lines = TextFit.wrapped(model.explanation, to: area.width)
        let gap = area.height - model.rows.count > lines.count ? 1 : 0
        for (offset, line) in lines.enumerated() {
            let row = area.row + model.rows.count + gap + offset
            if row < area.endRow { canvas.put(row, area.column, line, painter.style(.dim)) }
        }
    }
}
