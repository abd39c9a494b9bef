import Basics
import Explorer

/// Two histograms over one axis, and where one has more than the other.
struct TwoDistributionsPainter: PanelPainter {
    static let panel = PanelID.twoDistributions
    let painter: ScreenPainter

    static func target(
        _ content: Picture<TwoDistributionsModel>, isFocused: Bool, _ rect: Rect, row: Int, column: Int
    ) -> PanelTarget {
        guard case .drawn = content else { return .panel }
        return share(column, TwoDistributionsPanel.plot(in: rect.inner))
    }

    func paint(_ content: Picture<TwoDistributionsModel>, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        let area = rect.inner
        guard case .drawn(let model) = content else {
            painter.frame(rect, ScreenText.title(of: .twoDistributions), isFocused: isFocused, &canvas)
            _ = painter.drawn(content, area, &canvas)
            return
        }
        painter.frame(rect, painter.fitting(model.titles, rect), isFocused: isFocused, &canvas)
        legend(model, area, &canvas)
        if let quantiles = model.quantiles {
            self.quantiles(quantiles, model.axis, area, &canvas)
            return
        }
        let plot = TwoDistributionsPanel.plot(in: area)
        let chart = BarChart(painter: painter, counts: model.b, line: model.a, hasLogCounts: model.hasLogCounts)
        chart.paint(plot, &canvas)
        cursor(model, plot, &canvas)
        let rows = TwoDistributionsPanel.differenceRows(in: area)
        let more = Rect(row: plot.endRow, column: plot.column, height: rows, width: plot.width)
        let less = Rect(row: plot.endRow + rows, column: plot.column, height: rows, width: plot.width)
        differences(model.differences.map { max(0, $0) }, .better, more, &canvas)
        differences(model.differences.map { max(0, -$0) }, .warning, less, &canvas)
        if plot.column > area.column, rows > 0 {
            canvas.put(more.endRow - 1, area.column, "B>A", painter.style(.dim))
            canvas.put(less.endRow - 1, area.column, "A>B", painter.style(.dim))
        }
        painter.axisLabels(model.axis, row: less.endRow, plot, &canvas)
        if let cursor = model.cursor { painter.markCursor(cursor, model.axis, row: less.endRow, plot, &canvas) }
        if let text = model.readout.first(where: { CharacterWidth.of($0) <= area.width }) {
            canvas.put(less.endRow + 1, area.column, text, painter.style(.value), limit: area.endColumn)
        }
    }

    /// B's quantiles upward against A's, with the diagonal on which both are alike.
    private func quantiles(_ pairs: [(a: Double, b: Double)], _ axis: Axis, _ area: Rect, _ canvas: inout Canvas) {
        let room = Rect(row: area.row + 1, column: area.column, height: area.height - 1, width: area.width)
        let frame = PlotFrame(painter: painter, x: axis, y: axis, xTitle: "A")
        frame.paint(room, &canvas)
        let diagonal = LinePlot.Series(
            points: [(0, 0), (1, 1)], style: painter.style(.dim), letter: ".", dash: (1, 4))
        let curve = LinePlot.Series(
            points: pairs.map { (axis.share(of: $0.a), axis.share(of: $0.b)) }, style: painter.style(.histogram),
            letter: "*")
        LinePlot(painter: painter, series: [diagonal, curve]).paint(frame.plot(in: room), &canvas)
    }

    /// Both names, each in half of the line at most where they do not fit.
    private func legend(_ model: TwoDistributionsModel, _ area: Rect, _ canvas: inout Canvas) {
        let widths = model.legend.map { CharacterWidth.of($0) }, half = (area.width - 2) / 2
        let fits = widths[0] + widths[1] + 2 <= area.width
        let first = fits ? widths[0] : min(widths[0], max(half, area.width - 2 - widths[1]))
        let end = canvas.put(
            area.row, area.column, TextFit.cut(model.legend[0], to: first), painter.style(.reconstruction),
            limit: area.endColumn)
        canvas.put(
            area.row, end + 2, TextFit.cut(model.legend[1], to: area.endColumn - end - 2), painter.style(.histogram),
            limit: area.endColumn)
    }

    /// Bars whose heights are parts of the largest difference.
    private func differences(_ shares: [Double], _ role: Role, _ plot: Rect, _ canvas: inout Canvas) {
        guard plot.height > 0, !shares.isEmpty else { return }
        let bars = painter.glyphs.bars, steps = bars.count - 1
        for column in 0..<plot.width {
            let start = column * shares.count / plot.width
            let end = max(start + 1, (column + 1) * shares.count / plot.width)
            let share = shares[start..<end].max() ?? 0
            let filled = share > 0 ? max(1, Int((share * Double(plot.height * steps)).rounded())) : 0
            for step in 0..<plot.height {
                let rest = filled - step * steps
                guard rest > 0 else { break }
                canvas.set(
                    plot.endRow - 1 - step, plot.column + column,
                    Cell(bars[min(rest, steps)].value, style: painter.style(role)))
            }
        }
    }

    private func cursor(_ model: TwoDistributionsModel, _ plot: Rect, _ canvas: inout Canvas) {
        guard let cursor = model.cursor, let column = model.axis.column(of: cursor, in: plot.width) else { return }
        for row in plot.row..<plot.endRow where canvas[row, plot.column + column].scalar == 32 {
            canvas.set(row, plot.column + column, Cell(painter.glyphs.cursorLine.value, style: painter.style(.dim)))
        }
    }
}
