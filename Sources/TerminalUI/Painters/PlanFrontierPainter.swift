import Explorer

/// The slider of the budget over the error at every size.
struct PlanFrontierPainter: PanelPainter {
    static let panel = PanelID.planFrontier
    let painter: ScreenPainter

    static func target(_ content: PlanFrontierModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int)
        -> PanelTarget
    {
        let plot = plot(in: rect.inner), bar = bar(content, rect.inner)
        guard content.notice == nil else { return .panel }
        if row == bar.row, column >= bar.column, column < bar.endColumn { return share(column, bar) }
        return plot.contains(row: row, column: column) ? share(column, plot) : .panel
    }

    /// Under the slider and the readout.
    private static func plot(in area: Rect) -> Rect { PlotAxes.plot(in: area, words: 2, labelled: 40) }

    private static func bar(_ model: PlanFrontierModel, _ area: Rect) -> Rect {
        let words = budget(model, area)
        let start = area.column + CharacterWidth.of(words) + CharacterWidth.of(model.low) + 3
        return Rect(
            row: area.row, column: start, height: 1,
            width: max(1, area.endColumn - start - CharacterWidth.of(model.high) - 1))
    }

    private static func budget(_ model: PlanFrontierModel, _ area: Rect) -> String {
        TextFit.longest(of: model.budget, to: area.width / 2)
    }

    func paint(_ model: PlanFrontierModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, painter.fitting(model.titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner, plot = Self.plot(in: area)
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        slider(model, area, &canvas)
        let words = TextFit.longest(of: model.readout, to: area.width)
        canvas.put(
            area.row + 1, area.column, TextFit.cut(words, to: area.width),
            painter.style(model.isEstimate ? .estimate : .value), limit: area.endColumn)
        guard plot.height > 0 else { return }
        curve(model, plot, &canvas)
        PlotAxes(painter: painter, top: model.top, bottom: model.bottom, xLabels: model.xLabels, legend: model.legend)
            .paint(around: plot, in: area, &canvas)
        for point in model.points {
            let row = plot.endRow - 1 - Int((point.y * Double(plot.height - 1)).rounded())
            let column = plot.column + Int((point.x * Double(plot.width - 1)).rounded())
            canvas.put(
                max(plot.row, min(plot.endRow - 1, row)), column, point.mark,
                painter.style(point.kind == .plan ? .cursor : .key), limit: plot.endColumn)
        }
    }

    private func slider(_ model: PlanFrontierModel, _ area: Rect, _ canvas: inout Canvas) {
        let bar = Self.bar(model, area), words = Self.budget(model, area)
        var column = canvas.put(area.row, area.column, words, painter.style(.key), limit: area.endColumn) + 2
        column = canvas.put(area.row, column, model.low, painter.style(.dim), limit: area.endColumn)
        let knob = Int((model.share * Double(bar.width - 1)).rounded())
        for place in 0..<bar.width {
            let isKnob = place == knob
            let glyph =
                isKnob ? painter.glyphs.point : place < knob ? painter.glyphs.reconstruction : painter.glyphs.axis
            canvas.set(
                bar.row, bar.column + place,
                Cell(glyph.value, style: painter.style(isKnob ? .key : place < knob ? .reconstruction : .dim)))
        }
        canvas.put(area.row, bar.endColumn + 1, model.high, painter.style(.dim), limit: area.endColumn)
    }

    private func curve(_ model: PlanFrontierModel, _ plot: Rect, _ canvas: inout Canvas) {
        var grid = DotGrid(painter.glyphs, width: plot.width, height: plot.height)
        let last = Double(max(1, grid.columns - 1))
        grid.draw { model.curve(at: Double($0) / last) ?? .nan }
        grid.paint(plot, painter.style(.reconstruction), &canvas)
        // The budget as a rule, where the curve does not run.
        let column = plot.column + Int((model.share * Double(plot.width - 1)).rounded())
        for row in plot.row..<plot.endRow where canvas[row, column].scalar == 32 {
            canvas.set(row, column, Cell(painter.glyphs.clip.value, style: painter.style(.dim)))
        }
    }
}
