import Explorer

/// The metrics with their units, and their change against the pinned baseline.
struct MetricsPainter: PanelPainter {
    static let panel = PanelID.metrics
    let painter: ScreenPainter

    static func target(_ content: MetricsModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        .row(firstRow(content, isFocused: isFocused, height: rect.inner.height) + row - rect.inner.row)
    }

    /// The first metric that is shown, so that the selected one is among them.
    static func firstRow(_ model: MetricsModel, isFocused: Bool, height: Int) -> Int {
        let cursor = isFocused ? model.cursor : 0
        return max(0, min(cursor - height + 1, model.rows.count - height))
    }

    func paint(_ model: MetricsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, painter.fitting(model.titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner
        let first = Self.firstRow(model, isFocused: isFocused, height: area.height)
        for (offset, item) in model.rows.dropFirst(first).prefix(max(0, area.height)).enumerated() {
            let row = area.row + offset
            let isSelected = isFocused && first + offset == model.cursor
            let plain = isSelected ? painter.style(.selected) : nil
            if isSelected {
                canvas.fill(
                    Rect(row: row, column: area.column, height: 1, width: area.width), " ", painter.style(.selected))
            }
            canvas.put(row, area.column, item.label, plain ?? painter.style(.dim), limit: area.endColumn)
            let style = plain ?? painter.style(item.isEstimate ? .estimate : .value)
            let value = (item.isEstimate && item.value != ScreenText.none ? "≈" : "") + item.value
            let changeWidth = model.hasBaseline ? 9 : 0
            // The unit gives way to the change where both have no room.
            let unitWidth = model.hasBaseline && area.width < 36 ? 0 : 4
            let valueEnd = area.endColumn - changeWidth - unitWidth
            canvas.put(
                row, max(area.column + CharacterWidth.of(item.label) + 1, valueEnd - CharacterWidth.of(value)), value,
                style, limit: area.endColumn)
            if unitWidth > 0 {
                canvas.put(row, valueEnd + 1, item.unit, plain ?? painter.style(.dim), limit: area.endColumn)
            }
            if let change = item.change { paint(change, row, area, plain, &canvas) }
        }
        painter.place(
            first: first, shown: min(area.height, model.rows.count), of: model.rows.count, rect, &canvas)
    }

    /// Better and worse differ by shape as well as by colour.
    private func paint(_ change: MetricRow.Change, _ row: Int, _ area: Rect, _ plain: Style?, _ canvas: inout Canvas) {
        let (mark, role): (String, Role) =
            switch change.verdict {
            case .better: ("▲", .better)
            case .worse: ("▼", .worse)
            case .same, .neither: (" ", .dim)
            }
        let width = CharacterWidth.of(change.text)
        canvas.put(row, max(area.endColumn - 8, area.endColumn - 1 - width), change.text, plain ?? painter.style(role))
        canvas.put(row, area.endColumn - 1, mark, plain ?? painter.style(role))
    }
}

/// Names and values, as many as there is room for.
struct StatisticsPainter: PanelPainter {
    static let panel = PanelID.statistics
    let painter: ScreenPainter

    func paint(_ picture: Picture<FactList>, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.title(of: .statistics), isFocused: isFocused, &canvas)
        let area = rect.inner
        guard let facts = painter.drawn(picture, area, &canvas) else { return }
        let first = max(0, min(facts.scroll, facts.rows.count - area.height))
        // Wide panels keep names and values together.
        let width = min(area.width, 34)
        for (offset, item) in facts.rows.dropFirst(first).prefix(max(0, area.height)).enumerated() {
            let row = area.row + offset
            canvas.put(row, area.column, item.label, painter.style(.dim), limit: area.endColumn)
            canvas.put(
                row, max(area.column, area.column + width - CharacterWidth.of(item.value)), item.value,
                painter.style(.value), limit: area.endColumn)
        }
        painter.place(
            first: first, shown: min(area.height, facts.rows.count), of: facts.rows.count, rect, &canvas)
    }
}
