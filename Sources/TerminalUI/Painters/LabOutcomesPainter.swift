import Explorer

/// Accuracies as bars, with float's as a line through them, and other results below.
struct LabOutcomesPainter: PanelPainter {
    static let panel = PanelID.outcomes
    let painter: ScreenPainter

    func paint(_ model: LabOutcomesModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.title(of: .outcomes), isFocused: isFocused, &canvas)
        let area = headline(model, rect.inner, &canvas)
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
                paintBar(bar, model.reference, Rect(row: row, column: column, height: 1, width: barWidth), &canvas)
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

    /// The sentence above the bars.
    ///
    /// - Returns: what is left below it.
    private func headline(_ model: LabOutcomesModel, _ area: Rect, _ canvas: inout Canvas) -> Rect {
        let lines = TextFit.wrapped(model.headline, to: area.width).prefix(max(0, area.height / 2))
        for (offset, line) in lines.enumerated() {
            canvas.put(
                area.row + offset, area.column, line, painter.style(model.isFound ? .key : .dim), limit: area.endColumn)
        }
        return Rect(
            row: area.row + lines.count, column: area.column, height: area.height - lines.count, width: area.width)
    }

    private func paintBar(
        _ bar: LabOutcomesModel.Bar, _ reference: Double?, _ rect: Rect, _ canvas: inout Canvas
    ) {
        let glyphs = painter.glyphs
        for column in 0..<rect.width {
            let isFilled = Double(column) + 0.5 <= bar.share * Double(rect.width)
            canvas.set(
                rect.row, rect.column + column,
                Cell(
                    (isFilled ? glyphs.bars[glyphs.bars.count - 1] : " ").value,
                    style: painter.style(bar.isReference ? .reconstruction : .histogram)))
        }
        guard let reference, !bar.isReference else { return }
        let column = min(rect.width - 1, Int(reference * Double(rect.width)))
        canvas.set(rect.row, rect.column + column, Cell(glyphs.vertical.value, style: painter.style(.reconstruction)))
    }

    private func put(_ text: String, endingAt column: Int, _ row: Int, _ style: Style, _ canvas: inout Canvas) {
        canvas.put(row, column - CharacterWidth.of(text), text, style)
    }
}
