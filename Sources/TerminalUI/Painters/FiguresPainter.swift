import Explorer

/// Two numbers to be read from across a desk, side by side, the second at the right edge; small ones where large ones have no room.
struct FiguresPainter {
    let painter: ScreenPainter

    /// Returns the rows that they take.
    @discardableResult
    func paint(
        _ figures: [MetricsModel.Figure], _ area: Rect, rows: Int = LargeDigits.height + 1, _ canvas: inout Canvas
    )
        -> Int
    {
        guard figures.count == 2, rows > 0 else { return 0 }
        let digits = LargeDigits(painter: painter), widths = figures.map { digits.width(of: $0.text) }
        let total = widths.reduce(2) { $0 + ($1 ?? area.width) }
        guard rows >= LargeDigits.height + 1, total <= area.width else {
            // What has no large form is said in words.
            var column = area.column
            let row = area.row + max(0, (rows - 1) / 2)
            for figure in figures {
                let text = "\(figure.label) \(figure.text)" + (figure.unit.isEmpty ? "" : " \(figure.unit)")
                column = canvas.put(row, column, text, style(figure), limit: area.endColumn) + 2
            }
            return rows
        }
        let second = area.endColumn - (widths[1] ?? 0)
        for (place, figure) in figures.enumerated() {
            digits.paint(figure.text, area.row, place == 0 ? area.column : second, style(figure), &canvas)
            words(figure, area.row + LargeDigits.height, place, second: second, area, &canvas)
        }
        return LargeDigits.height + 1
    }

    /// What the number is, and how it changed: at the left edge, and before the right one.
    private func words(
        _ figure: MetricsModel.Figure, _ row: Int, _ place: Int, second: Int, _ area: Rect, _ canvas: inout Canvas
    ) {
        let name = [figure.label, figure.unit].filter { !$0.isEmpty }.joined(separator: " ")
        let change = figure.change.flatMap { $0.verdict == .same ? nil : $0 }
        let text = change.map { $0.mark + $0.text } ?? "", width = CharacterWidth.of(name) + (text.isEmpty ? 0 : 1)
        let room = place == 0 ? second - 1 - area.column : area.endColumn - second
        let hasChange = width + CharacterWidth.of(text) <= room
        let all = width + (hasChange ? CharacterWidth.of(text) : 0)
        var column = place == 0 ? area.column : max(second, area.endColumn - all)
        column = canvas.put(row, column, name, painter.style(.dim), limit: area.endColumn) + 1
        if hasChange, let change { canvas.put(row, column, text, painter.style(change.role)) }
    }

    private func style(_ figure: MetricsModel.Figure) -> Style {
        painter.style(figure.isFresh ? .fresh : figure.isEstimate ? .estimate : .figure)
    }
}

extension MetricRow.Change {
    /// Better and worse differ by shape as well as by colour.
    var mark: String {
        switch verdict {
        case .better: "▲"
        case .worse: "▼"
        case .same, .neither: " "
        }
    }

    var role: Role {
        switch verdict {
        case .better: .better
        case .worse: .worse
        case .same, .neither: .dim
        }
    }
}
