import Explorer

/// All weights together: two large figures, what the bytes are, and the rest as names and values.
struct TotalsPainter: PanelPainter {
    static let panel = PanelID.totals
    let painter: ScreenPainter

    func paint(_ model: TotalsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.title(of: .totals), isFocused: isFocused, &canvas)
        var area = rect.inner
        if area.height >= 14 {
            let rows = FiguresPainter(painter: painter).paint(model.figures, area, &canvas)
            let parts = partsRows(model, row: area.row + rows, area, &canvas)
            let used = rows + parts + (parts > 0 ? 1 : 0)
            area = Rect(
                row: area.row + used, column: area.column, height: area.height - used, width: area.width)
        }
        var row = area.row
        for (label, value) in model.rows {
            guard row < area.endRow else { return }
            let labelEnd = canvas.put(row, area.column, label, painter.style(.dim), limit: area.endColumn)
            let room = area.endColumn - labelEnd - (label.isEmpty ? 0 : 1)
            let text = TextFit.cut(value, to: room)
            let column = label.isEmpty ? area.column : area.endColumn - CharacterWidth.of(text)
            canvas.put(row, column, text, painter.style(label.isEmpty ? .dim : .value), limit: area.endColumn)
            row += 1
            if row == area.row + 1, row < area.endRow { row = bar(model.share, row, area, &canvas) }
        }
    }

    /// A stacked bar and its legend; returns the rows that they take.
    private func partsRows(_ model: TotalsModel, row: Int, _ area: Rect, _ canvas: inout Canvas) -> Int {
        let all = model.parts.reduce(0) { $0 + $1.bytes }
        guard all > 0 else { return 0 }
        let roles: [Role] = [.histogram, .reconstruction, .dim], fillings = Bar.fillings(painter)
        let shown = model.parts.enumerated().map { (part: $1, style: painter.style(roles[$0 % roles.count])) }
            .filter { $0.part.bytes > 0 }
        Bar(painter: painter).stacked(shown.map { ($0.part.bytes / all, $0.style) }, row, area, &canvas)
        let entries = shown.enumerated().map { place, item in
            Legend.Entry(
                String(Character(fillings[place % fillings.count])),
                "\(item.part.name) \(Int((100 * item.part.bytes / all).rounded())) %", item.part.name,
                style: item.style)
        }
        Legend(painter: painter, entries: entries).paint(row + 1, area, &canvas)
        return 2
    }

    /// How far the scan is.
    private func bar(_ share: Double, _ row: Int, _ area: Rect, _ canvas: inout Canvas) -> Int {
        guard share < 1 else { return row }
        painter.progressBar(share, row, area, &canvas)
        return row + 1
    }
}
