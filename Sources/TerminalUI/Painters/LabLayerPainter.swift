import Explorer

/// Weights of a layer: bars are latent, the line is what they are rounded to.
struct LabLayerPainter: PanelPainter {
    static let panel = PanelID.labLayer
    let painter: ScreenPainter

    func paint(_ model: LabLayerModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        let plot = Rect(row: area.row, column: area.column, height: max(1, area.height - 1), width: area.width)
        BarChart(painter: painter, counts: model.latent, line: model.quantized, hasLogCounts: true).paint(plot, &canvas)
        guard area.height > 1 else { return }
        let row = area.endRow - 1
        canvas.put(row, area.column, "-" + model.limit, painter.style(.dim), limit: area.endColumn)
        canvas.put(row, area.column + area.width / 2, "0", painter.style(.dim), limit: area.endColumn)
        canvas.put(row, area.endColumn - CharacterWidth.of(model.limit), model.limit, painter.style(.dim))
    }
}
