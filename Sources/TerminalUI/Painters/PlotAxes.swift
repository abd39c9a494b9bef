import Explorer

/// What stands around a plot: its height's ends on the left, places of its width and a legend below.
struct PlotAxes {
    /// Columns that the labels on the left take.
    static let labelWidth = 8

    let painter: ScreenPainter
    let top: String
    let bottom: String
    /// From 0 at the left end to 1 at the right one; those that would touch the one before are left out.
    let xLabels: [(x: Double, text: String)]
    let legend: [String]

    /// The room for a plot under some rows of words; labels and legend have theirs where the area is large enough.
    ///
    /// - Parameter labelled: the least width at which there are labels on the left.
    static func plot(in area: Rect, words: Int, labelled: Int) -> Rect {
        let left = area.width >= labelled ? labelWidth : 0, below = area.height >= 9 ? 2 : 1
        return Rect(
            row: area.row + words, column: area.column + left, height: max(0, area.height - words - below),
            width: max(1, area.width - left))
    }

    func paint(around plot: Rect, in area: Rect, _ canvas: inout Canvas) {
        if plot.column > area.column {
            for row in plot.row..<plot.endRow {
                canvas.set(row, plot.column - 1, Cell(painter.glyphs.vertical.value, style: painter.style(.border)))
            }
            for (text, row) in [(top, plot.row), (bottom, plot.endRow - 1)] {
                let cut = TextFit.cut(text, to: Self.labelWidth - 1)
                canvas.put(row, plot.column - 1 - CharacterWidth.of(cut), cut, painter.style(.dim))
            }
        }
        var free = plot.column
        for (x, text) in xLabels {
            let width = CharacterWidth.of(text)
            let column = min(plot.endColumn - width, plot.column + Int((x * Double(plot.width - 1)).rounded()))
            guard column >= free else { continue }
            free = canvas.put(plot.endRow, column, text, painter.style(.dim)) + 2
        }
        guard area.endRow > plot.endRow + 1 else { return }
        painter.parts(legend, row: plot.endRow + 1, area, &canvas)
    }
}
