import Basics
import Explorer

/// A small histogram with its words: the errors, the codes.
struct BarsPainter {
    let painter: ScreenPainter

    func paint(
        _ picture: Picture<BarsModel>, _ panel: PanelID, isFocused: Bool, _ rect: Rect, plot: Rect,
        _ canvas: inout Canvas
    ) {
        painter.frame(rect, ScreenText.title(of: panel), isFocused: isFocused, &canvas)
        let area = rect.inner
        guard let bars = painter.drawn(picture, area, &canvas) else { return }
        guard plot.height > 0 else { return }
        let chart = BarChart(painter: painter, counts: bars.counts, hasLogCounts: bars.hasLogCounts)
        let most = (bars.isEstimate ? "≈" : "") + NumberText.short(Double(chart.largest))
        painter.parts([ScreenText.largestBin(most)] + bars.notes, row: area.row, area, &canvas)
        chart.paint(plot, &canvas)
        for column in plot.column..<plot.endColumn {
            canvas.set(plot.endRow, column, Cell(painter.glyphs.axis.value, style: painter.style(.dim)))
        }
        for mark in bars.marks {
            let column = plot.column + mark * plot.width / max(1, bars.counts.count)
            canvas.set(
                plot.endRow, column,
                Cell((bars.marksZero ? painter.glyphs.zero : painter.glyphs.level).value, style: painter.style(.zero)))
            for row in plot.row..<plot.endRow where canvas[row, column].scalar == 32 {
                canvas.set(row, column, Cell(painter.glyphs.mark.value, style: painter.style(.dim)))
            }
        }
        if let cursor = bars.cursor {
            let column = plot.column + min(plot.width - 1, Int(cursor * Double(plot.width)))
            var cell = canvas[plot.endRow, column]
            cell.style = painter.style(.cursor)
            canvas.set(plot.endRow, column, cell)
        }
        labels(bars.labels, row: plot.endRow + 1, plot, &canvas)
    }

    /// Left, middle, right; the middle one goes where it would touch the others.
    private func labels(_ labels: [String], row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        guard labels.count == 3 else { return }
        let style = painter.style(.dim)
        let widths = labels.map { CharacterWidth.of($0) }
        canvas.put(row, plot.column, labels[0], style, limit: plot.endColumn)
        guard widths[0] + widths[2] + 1 <= plot.width else { return }
        canvas.put(row, plot.endColumn - widths[2], labels[2], style)
        let middle = plot.column + (plot.width - widths[1]) / 2
        if middle > plot.column + widths[0], middle + widths[1] < plot.endColumn - widths[2] {
            canvas.put(row, middle, labels[1], style)
        }
    }
}

struct ErrorsPainter: PanelPainter {
    static let panel = PanelID.errors
    let painter: ScreenPainter

    func paint(_ picture: Picture<BarsModel>, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        BarsPainter(painter: painter).paint(
            picture, Self.panel, isFocused: isFocused, rect, plot: ErrorsPanel.plot(in: rect.inner), &canvas)
    }
}

struct CodesPainter: PanelPainter {
    static let panel = PanelID.codes
    let painter: ScreenPainter

    func paint(_ picture: Picture<BarsModel>, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        BarsPainter(painter: painter).paint(
            picture, Self.panel, isFocused: isFocused, rect, plot: CodesPanel.plot(in: rect.inner), &canvas)
    }
}
