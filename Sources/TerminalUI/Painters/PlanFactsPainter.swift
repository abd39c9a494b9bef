import Explorer

/// Labels and values; texts without a label take as many lines as they need.
struct PlanFactsPainter: PanelPainter {
    static let panel = PanelID.planFacts
    let painter: ScreenPainter

    func paint(_ model: PlanFactsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.title(of: .planFacts), isFocused: isFocused, &canvas)
        let area = rect.inner
        var row = area.row
        if model.share < 1, area.height > 1 {
            painter.progressBar(model.share, row, area, &canvas)
            row += 1
        }
        for (label, value) in model.rows {
            guard row < area.endRow else { return }
            if label.isEmpty {
                for line in TextFit.wrapped(value, to: area.width) where row < area.endRow {
                    canvas.put(row, area.column, line, painter.style(.dim), limit: area.endColumn)
                    row += 1
                }
                continue
            }
            let end = canvas.put(row, area.column, label, painter.style(.dim), limit: area.endColumn)
            let text = TextFit.cut(value, to: area.endColumn - end - 1)
            canvas.put(
                row, area.endColumn - CharacterWidth.of(text), text, painter.style(.value), limit: area.endColumn)
            row += 1
        }
    }
}
