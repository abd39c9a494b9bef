import Explorer

/// Curves of connected lines, each in its colour.
struct LinePlot {
    struct Series {
        /// From left to right, in shares of the plot from its lower left corner.
        let points: [(x: Double, y: Double)]
        let style: Style
        /// What it is drawn with where dots are too coarse to tell curves apart.
        let letter: Character
        /// Of every so many dots the first ones are drawn: curves are told apart without colours.
        var dash: (shown: Int, of: Int) = (1, 1)
        /// The area under it is filled.
        var isFilled = false
        /// Its points are marked.
        var mark: Character?
    }

    let painter: ScreenPainter
    /// The most important one last: it lies over the others.
    let series: [Series]

    func paint(_ plot: Rect, _ canvas: inout Canvas) {
        guard plot.width > 0, plot.height > 0 else { return }
        for series in series {
            if painter.glyphs.isASCII {
                letters(series, plot, &canvas)
            } else {
                dots(series, plot, &canvas)
            }
        }
        for series in series {
            guard let mark = series.mark else { continue }
            for point in series.points {
                guard let cell = Self.cell(point, plot) else { continue }
                canvas.put(cell.row, cell.column, String(mark), series.style)
            }
        }
    }

    private func dots(_ series: Series, _ plot: Rect, _ canvas: inout Canvas) {
        var grid = DotGrid(painter.glyphs, width: plot.width, height: plot.height)
        if series.isFilled {
            let last = Double(max(1, grid.columns - 1))
            var area = grid
            area.fillBelow { Self.height(series.points, at: Double($0) / last) ?? .nan }
            area.paint(plot, painter.style(.dim), &canvas)
        }
        if series.points.count == 1, let only = series.points.first { grid.line(from: only, to: only) }
        for (from, to) in zip(series.points, series.points.dropFirst()) {
            grid.line(from: from, to: to, dash: series.dash)
        }
        grid.paint(plot, series.style, &canvas)
    }

    private func letters(_ series: Series, _ plot: Rect, _ canvas: inout Canvas) {
        for column in 0..<plot.width {
            let x = (Double(column) + 0.5) / Double(plot.width)
            guard let y = Self.height(series.points, at: x), let cell = Self.cell((x, y), plot) else { continue }
            canvas.put(cell.row, plot.column + column, String(series.letter), series.style)
        }
    }

    /// The cell of a place; nil outside of the plot.
    static func cell(_ point: (x: Double, y: Double), _ plot: Rect) -> (row: Int, column: Int)? {
        guard (-0.001...1.001).contains(point.x), (-0.001...1.001).contains(point.y) else { return nil }
        // Where the braille dot of the place is.
        let row = Int((max(0, min(1, point.y)) * Double(4 * plot.height - 1)).rounded()) / 4
        let column = Int((max(0, min(1, point.x)) * Double(2 * plot.width - 1)).rounded()) / 2
        return (plot.endRow - 1 - row, plot.column + column)
    }

    /// Between the points; nil before the first and after the last.
    static func height(_ points: [(x: Double, y: Double)], at x: Double) -> Double? {
        guard let first = points.first, let last = points.last, x >= first.x, x <= last.x else { return nil }
        // The first point that is not before x.
        var low = 0, high = points.count - 1
        while low < high {
            let middle = (low + high) / 2
            if points[middle].x < x { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return first.y }
        let (before, after) = (points[low - 1], points[low])
        guard after.x > before.x else { return after.y }
        return before.y + (after.y - before.y) * (x - before.x) / (after.x - before.x)
    }
}
