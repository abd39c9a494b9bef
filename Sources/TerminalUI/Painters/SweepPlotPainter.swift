import Explorer

/// The recipes of the sweep.
struct SweepPlotPainter: PanelPainter {
    static let panel = PanelID.sweepPlot
    let painter: ScreenPainter

    static func target(
        _ content: QualityPlotModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int
    ) -> PanelTarget {
        QualityPlot.target(content, rect, row: row, column: column)
    }

    func paint(_ model: QualityPlotModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        QualityPlot(painter: painter).paint(model, isFocused: isFocused, rect, &canvas)
    }
}
