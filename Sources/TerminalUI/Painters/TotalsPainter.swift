import Explorer

/// All weights together.
struct TotalsPainter: PanelPainter {
    static let panel = PanelID.totals
    let painter: ScreenPainter

    func paint(_ model: TotalsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.title(of: .totals), isFocused: isFocused, &canvas)
        let area = rect.inner
        var row = area.row
        for (label, value) in model.rows {
            guard row < area.endRow else { return }
            let labelEnd = canvas.put(row, area.column, label, painter.style(.dim), limit: area.endColumn)
            let room = area.endColumn - labelEnd - (label.isEmpty ? 0 : 1)
            let text = TextFit.cut(value, to: room)
            let column = label.isEmpty ? area.column : area.endColumn - CharacterWidth.of(text)
            canvas.put(row, column, text, painter.style(label.isEmpty ? .dim : .value), limit: area.endColumn)
            row += 1
            if row == area.row + 1, row < area.endRow { row = bar(model.share, row, area, &canvas) }
        }
    }

    /// How far the scan is.
    private func bar(_ share: Double, _ row: Int, _ area: Rect, _ canvas: inout Canvas) -> Int {
        guard share < 1 else { return row }
        painter.progressBar(share, row, area, &canvas)
        return row + 1
    }
}
