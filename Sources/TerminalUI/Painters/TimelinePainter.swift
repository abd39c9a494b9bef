import Basics
import Explorer

/// Each entry's own range as a bar, the range in use as lines across.
struct TimelinePainter: PanelPainter {
    static let panel = PanelID.timeline
    let painter: ScreenPainter

    static func target(_ content: TimelineModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let plot = TimelinePanel.plot(in: rect.inner)
        guard !content.columns.isEmpty, column >= plot.column, column < plot.endColumn else { return .panel }
        let place = (column - plot.column) * content.columns.count / max(1, plot.width)
        return .row(content.columns[place].first)
    }

    func paint(_ timeline: TimelineModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.title(of: .timeline), isFocused: isFocused, &canvas)
        let area = rect.inner
        if let notice = timeline.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        let plot = TimelinePanel.plot(in: area)
        words(
            timeline, Rect(row: area.row, column: area.column, height: plot.row - area.row, width: area.width), &canvas)
        for column in 0..<plot.width { paint(timeline, column, plot, &canvas) }
        labels(timeline, plot, &canvas)
    }

    /// What is lost and what it costs, then the entry at the cursor, which has the last row.
    private func words(_ model: TimelineModel, _ rect: Rect, _ canvas: inout Canvas) {
        let summary = ScreenPainter.flow(model.summary, width: rect.width).prefix(max(1, rect.height - 1))
        let readout = ScreenPainter.flow(model.readout, width: rect.width).prefix(rect.height - summary.count)
        for (offset, line) in (summary + readout).enumerated() {
            let role: Role = offset < summary.count ? .value : .dim
            canvas.put(rect.row + offset, rect.column, line, painter.style(role), limit: rect.endColumn)
        }
    }

    private func paint(_ model: TimelineModel, _ column: Int, _ plot: Rect, _ canvas: inout Canvas) {
        guard !model.columns.isEmpty else { return }
        let index = column * model.columns.count / plot.width
        let entry = model.columns[index], x = plot.column + column
        // A gap between entries that have several columns.
        let isGap =
            plot.width >= 3 * model.columns.count && (column + 1) * model.columns.count / plot.width != index
        func row(_ value: Double) -> Int {
            plot.endRow - 1 - min(plot.height - 1, max(0, Int(model.axis.share(of: value) * Double(plot.height))))
        }
        let glyphs = painter.glyphs, full = glyphs.bars[glyphs.bars.count - 1]
        if !isGap {
            for place in row(entry.own.high)...row(entry.own.low) {
                let isBeyond = place < row(entry.used.high) || place > row(entry.used.low)
                let role: Role = isBeyond ? .clip : entry.isCalibration ? .grid : .histogram
                canvas.set(place, x, Cell(isBeyond ? glyphs.mark.value : full.value, style: painter.style(role)))
            }
        }
        for value in [entry.used.low, entry.used.high] {
            canvas.set(row(value), x, Cell(glyphs.reconstruction.value, style: painter.style(.reconstruction)))
        }
        let isMiddle = column == 0 || (column - 1) * model.columns.count / plot.width != index
        let sign = entry.isCalibration && isMiddle ? "c" : String(Character(glyphs.axis))
        canvas.put(
            plot.endRow, x, sign, painter.style(entry.isAtCursor ? .cursor : entry.isCalibration ? .key : .dim))
    }

    private func labels(_ model: TimelineModel, _ plot: Rect, _ canvas: inout Canvas) {
        if plot.column > 0 {
            for (value, row) in [(model.axis.high, plot.row), (model.axis.low, plot.endRow - 1)] where plot.height > 1 {
                let text = NumberText.significant(value, digits: 2), width = CharacterWidth.of(text)
                if width < TimelinePanel.labelWidth {
                    canvas.put(row, plot.column - 1 - width, text, painter.style(.dim))
                }
            }
        }
        let last = ScreenText.entry(model.lastEntry), first = ScreenText.entry(0)
        canvas.put(plot.endRow + 1, plot.column, first, painter.style(.dim), limit: plot.endColumn)
        let column = plot.endColumn - CharacterWidth.of(last)
        if column > plot.column + CharacterWidth.of(first) {
            canvas.put(plot.endRow + 1, column, last, painter.style(.dim))
        }
    }
}
