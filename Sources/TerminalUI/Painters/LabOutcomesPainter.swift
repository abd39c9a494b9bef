import Explorer

/// Accuracies as bars, with float's as a line through them, and other results below.
struct LabOutcomesPainter: PanelPainter {
    static let panel = PanelID.outcomes
    let painter: ScreenPainter

    func paint(_ model: LabOutcomesModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.title(of: .outcomes), isFocused: isFocused, &canvas)
        let area = rect.inner
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        // The letter of its curve before the name.
        let marks = model.bars.contains { $0.mark != nil } ? 2 : 0
        let numbers = 6 + 1 + 6
        // Names have what numbers and the shortest bars leave.
        let names = min(
            area.width - numbers - 2 - Self.leastBar, marks + (model.bars.map { CharacterWidth.of($0.name) }.max() ?? 0)
        )
        let barWidth = area.width - names - numbers - 2
        var row = area.row
        let first = max(0, min(model.scroll, model.rowCount - area.height))
        painter.place(
            first: first, shown: min(area.height, model.rowCount - first), of: model.rowCount, rect, &canvas)
        for bar in model.bars.dropFirst(first) where row < area.endRow {
            let style = painter.style(bar.isReference ? .key : .text)
            if let mark = bar.mark, let number = bar.series {
                canvas.put(row, area.column, String(mark), painter.style(LabCurvesPainter.role(number)))
            }
            canvas.put(
                row, area.column + marks, TextFit.cutMiddle(bar.name, to: max(0, names - marks)), style,
                limit: area.endColumn
            )
            var column = area.column + names + 1
            if barWidth >= Self.leastBar {
                paintBar(bar, model, Rect(row: row, column: column, height: 1, width: barWidth), &canvas)
                column += barWidth + 1
            }
            put(bar.value, endingAt: column + 6, row, painter.style(.value), &canvas)
            let better = bar.difference.hasPrefix("+")
            put(bar.difference, endingAt: area.endColumn, row, painter.style(better ? .better : .dim), &canvas)
            row += 1
        }
        for line in model.lines.dropFirst(max(0, first - model.bars.count)) where row < area.endRow {
            canvas.put(row, area.column, TextFit.cut(line, to: area.width), painter.style(.dim), limit: area.endColumn)
            row += 1
        }
    }

    private static let leastBar = 4

    /// A bar, or, where plain rounding is known, an arrow from it to what a method reached; float as a line through all.
    private func paintBar(
        _ bar: LabOutcomesModel.Bar, _ model: LabOutcomesModel, _ rect: Rect, _ canvas: inout Canvas
    ) {
        if let baseline = model.baseline, !bar.isReference, !bar.isBaseline {
            arrow(from: baseline, to: bar.share, rect, &canvas)
        } else {
            Bar(painter: painter).paint(
                bar.share, rect.row, rect.column, width: rect.width,
                painter.style(bar.isReference ? .reconstruction : .histogram), &canvas)
        }
        guard let reference = model.reference, !bar.isReference else { return }
        let column = min(rect.width - 1, Int(reference * Double(rect.width)))
        guard [32, painter.glyphs.rule.value].contains(canvas[rect.row, rect.column + column].scalar) else { return }
        canvas.set(
            rect.row, rect.column + column,
            Cell(painter.glyphs.vertical.value, style: painter.style(.reconstruction)))
    }

    private func arrow(from before: Double, to after: Double, _ rect: Rect, _ canvas: inout Canvas) {
        func column(_ share: Double) -> Int { max(0, min(rect.width - 1, Int(share * Double(rect.width)))) }
        let (start, end) = (column(before), column(after)), isBetter = after >= before
        let style = painter.style(isBetter ? .better : .worse), glyphs = painter.glyphs
        for place in 0..<min(start, end) {
            canvas.set(rect.row, rect.column + place, Cell(glyphs.rule.value, style: painter.style(.dim)))
        }
        for place in min(start, end)...max(start, end) {
            canvas.set(rect.row, rect.column + place, Cell(glyphs.reconstruction.value, style: style))
        }
        canvas.put(rect.row, rect.column + end, isBetter ? "▶" : "◀", style)
    }

    private func put(_ text: String, endingAt column: Int, _ row: Int, _ style: Style, _ canvas: inout Canvas) {
        canvas.put(row, column - CharacterWidth.of(text), text, style)
    }
}
