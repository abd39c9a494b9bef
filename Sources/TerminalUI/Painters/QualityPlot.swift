import Explorer

/// Bits against quality: lines in dots, points over them, the one at the cursor in reverse.
struct QualityPlot {
    let painter: ScreenPainter

    /// The point nearest to a cell, a little beyond its own counts.
    static func target(_ content: QualityPlotModel, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let plot = plot(in: rect.inner)
        guard plot.contains(row: row, column: column) else { return .panel }
        let near = content.points.indices.map { place -> (place: Int, distance: Int) in
            let cell = cell(content.points[place], plot)
            return (place, max(abs(cell.row - row), abs(cell.column - column)))
        }.min { $0.distance < $1.distance }
        guard let near, near.distance <= 2 else { return .panel }
        return .row(near.place)
    }

    private static func plot(in area: Rect) -> Rect { PlotAxes.plot(in: area, words: 1, labelled: 30) }

    private static func cell(_ point: QualityPlotModel.Point, _ plot: Rect) -> (row: Int, column: Int) {
        (
            plot.endRow - 1 - max(0, min(plot.height - 1, Int((point.y * Double(plot.height - 1)).rounded()))),
            plot.column + max(0, min(plot.width - 1, Int((point.x * Double(plot.width - 1)).rounded())))
        )
    }

    func paint(_ model: QualityPlotModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, painter.fitting(model.titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner, plot = Self.plot(in: area)
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        let words = TextFit.longest(of: model.readout, to: area.width)
        canvas.put(
            area.row, area.column, TextFit.cut(words, to: area.width), painter.style(.key), limit: area.endColumn)
        guard plot.height > 0 else { return }
        lines(model, plot, &canvas)
        PlotAxes(painter: painter, top: model.high, bottom: model.low, xLabels: model.xLabels, legend: model.legend)
            .paint(around: plot, in: area, &canvas)
        // The beaten ones first, so that others are seen where they meet.
        for point in model.points.sorted(by: { rank($0) < rank($1) }) {
            paint(point, isFocused: isFocused, plot, &canvas)
        }
    }

    private func lines(_ model: QualityPlotModel, _ plot: Rect, _ canvas: inout Canvas) {
        var grid = DotGrid(painter.glyphs, width: plot.width, height: plot.height)
        let last = Double(max(1, grid.columns - 1))
        grid.draw(dash: (2, 5)) { column in
            let height = model.bound(at: Double(column) / last) ?? .nan
            return height >= 0 && height <= 1 ? height : .nan
        }
        grid.paint(plot, painter.style(.errorCurve), &canvas)
        var frontier = DotGrid(painter.glyphs, width: plot.width, height: plot.height)
        frontier.draw { model.frontier(at: Double($0) / last) ?? .nan }
        frontier.paint(plot, painter.style(.reconstruction), &canvas)
    }

    private func rank(_ point: QualityPlotModel.Point) -> Int {
        if point.isAtCursor { return 4 }
        return switch point.kind {
        case .beaten: 0
        case .frontier: 1
        case .pin: 2
        case .current: 3
        }
    }

    private func paint(
        _ point: QualityPlotModel.Point, isFocused: Bool, _ plot: Rect, _ canvas: inout Canvas
    ) {
        let (row, column) = Self.cell(point, plot), text: String, role: Role
        switch point.kind {
        case .beaten: (text, role) = ("∙", .text)
        case .frontier: (text, role) = ("●", .better)
        case .pin(let number): (text, role) = ("\(number)", .key)
        case .current: (text, role) = ("◆", .key)
        }
        let style = painter.style(point.isAtCursor ? .cursor : point.isEstimate ? .estimate : role)
        canvas.put(row, column, text, style)
        // A single cell is easily lost: the cursor has arms.
        guard point.isAtCursor, isFocused else { return }
        for side in [column - 1, column + 1] where side >= plot.column && side < plot.endColumn {
            canvas.put(row, side, side < column ? "[" : "]", painter.style(.key))
        }
    }
}

/// A panel that is such a plot.
protocol PlotOfRecipes: PanelPainter where Content == QualityPlotModel {
    var painter: ScreenPainter { get }
}

extension PlotOfRecipes {
    func paint(_ model: QualityPlotModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        QualityPlot(painter: painter).paint(model, isFocused: isFocused, rect, &canvas)
    }

    static func target(
        _ content: QualityPlotModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int
    ) -> PanelTarget {
        QualityPlot.target(content, rect, row: row, column: column)
    }
}
