import Explorer

/// The metrics with their units.
struct ErrorPainter {
    let painter: ScreenPainter

    func paint(_ model: ScreenModel, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.error, isFocused: model.focus == .error, &canvas)
        let area = rect.inner
        let first = max(0, min(model.metricScroll, model.metrics.count - area.height))
        for (offset, item) in model.metrics.dropFirst(first).prefix(max(0, area.height)).enumerated() {
            let row = area.row + offset
            canvas.put(row, area.column, item.label, painter.style(.dim), limit: area.endColumn)
            let style = painter.style(item.isEstimate ? .estimate : .value)
            let value = (item.isEstimate && item.value != "–" ? "≈" : "") + item.value
            let unitColumn = area.endColumn - 4
            canvas.put(
                row, max(area.column + 13, unitColumn - CharacterWidth.of(value)), value, style, limit: area.endColumn)
            canvas.put(row, unitColumn + 1, item.unit, painter.style(.dim), limit: area.endColumn)
        }
    }
}
