import Explorer

/// The rules at the left of a plot and below it, with round numbers, and what they measure.
struct PlotFrame {
    let painter: ScreenPainter
    let x: Axis
    let y: Axis
    /// With its unit; at the end of the numbers below.
    var xTitle = ""
    /// In the row above the plot, where there is room for one.
    var yTitle = ""
    /// How a number along the axis is said where it is not itself.
    var xText: ((Ticks.Mark) -> String)?

    private func ticks(_ axis: Axis, most: Int) -> Ticks { Ticks(axis, most: most) }

    private var widest: Int { ticks(y, most: 5).marks.map { CharacterWidth.of($0.text) }.max() ?? 0 }

    /// What is left for the curves: numbers are at the left where a quarter of the width holds them, and below.
    func plot(in area: Rect) -> Rect {
        let left = widest + 1 <= area.width / 4 ? widest + 1 : 0
        let above = yTitle.isEmpty || area.height < 7 ? 0 : 1, below = area.height >= 5 ? 2 : area.height >= 3 ? 1 : 0
        return Rect(
            row: area.row + above, column: area.column + left, height: area.height - above - below,
            width: area.width - left)
    }

    func paint(_ area: Rect, _ canvas: inout Canvas) {
        let plot = plot(in: area), line = painter.style(.border), words = painter.style(.dim)
        guard plot.height > 0, plot.width > 0 else { return }
        if plot.row > area.row {
            canvas.put(area.row, area.column, TextFit.cut(yTitle, to: area.width), words, limit: area.endColumn)
        }
        if plot.column > area.column {
            for row in plot.row..<plot.endRow {
                canvas.set(row, plot.column - 1, Cell(painter.glyphs.vertical.value, style: line))
            }
            var last = Int.max
            for mark in ticks(y, most: max(1, min(5, plot.height / 2))).marks {
                guard let cell = LinePlot.cell((0, y.share(of: mark.value)), plot), cell.row < last - 1 else {
                    continue
                }
                last = cell.row
                canvas.put(cell.row, plot.column - 1 - CharacterWidth.of(mark.text), mark.text, words)
                canvas.set(cell.row, plot.column - 1, Cell(painter.glyphs.sideLevel.value, style: line))
            }
        }
        guard area.endRow > plot.endRow else { return }
        for column in plot.column..<plot.endColumn {
            canvas.set(plot.endRow, column, Cell(painter.glyphs.horizontal.value, style: line))
        }
        let title = xTitle.isEmpty ? 0 : CharacterWidth.of(xTitle) + 2
        // What is measured stays where a third of the row holds it.
        let room = title <= plot.width / 3 ? plot.width - title : plot.width
        let marks = ticks(x, most: max(1, min(8, plot.width / 8))).marks.map { mark in
            Ticks.Mark(value: mark.value, text: xText?(mark) ?? mark.text)
        }
        for (mark, tick, column) in Ticks(marks: marks).placed(in: plot.width, share: { x.share(of: $0) }) {
            canvas.set(plot.endRow, plot.column + tick, Cell(painter.glyphs.threshold.value, style: line))
            guard area.endRow > plot.endRow + 1, column + CharacterWidth.of(mark.text) <= room else { continue }
            canvas.put(plot.endRow + 1, plot.column + column, mark.text, words)
        }
        if room < plot.width, area.endRow > plot.endRow + 1 {
            canvas.put(plot.endRow + 1, plot.endColumn - title + 2, xTitle, words, limit: area.endColumn)
        }
    }
}
