import Explorer
import Quantization

/// The metrics with their units, and their change against the pinned baseline.
struct MetricsPainter: PanelPainter {
    static let panel = PanelID.metrics
    let painter: ScreenPainter

    static func target(_ content: MetricsModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let list = listArea(content, rect.inner), lines = lines(content, height: list.height)
        guard row >= list.row else { return .panel }
        let first = firstLine(content, lines, isFocused: isFocused, list), place = first + row - list.row
        guard lines.indices.contains(place), case .metric(let metric) = lines[place] else { return .panel }
        return .row(metric)
    }

    // MARK: Geometry

    private enum Line: Equatable {
        case heading(MetricGroup)
        case metric(Int)
    }

    /// The metrics, under headings where there is room for all.
    private static func lines(_ model: MetricsModel, height: Int) -> [Line] {
        var lines: [Line] = [], last: MetricGroup?
        let hasHeadings = height >= model.rows.count + MetricGroup.allCases.count
        for (place, row) in model.rows.enumerated() {
            if hasHeadings, row.group != last { lines.append(.heading(row.group)) }
            last = row.group
            lines.append(.metric(place))
        }
        return lines
    }

    /// The first line that is shown, so that the selected one is among them; without the focus, what is not written large already.
    private static func firstLine(_ model: MetricsModel, _ lines: [Line], isFocused: Bool, _ list: Rect) -> Int {
        let most = max(0, lines.count - list.height)
        guard isFocused else {
            // The error of outputs is what counts where inputs were measured.
            let wanted =
                model.rows.firstIndex { $0.id == .outputError } ?? model.rows.firstIndex { $0.group == .error } ?? 0
            return min(most, lines.firstIndex(of: .metric(wanted)) ?? 0)
        }
        let cursor = lines.firstIndex(of: .metric(model.cursor)) ?? 0
        return max(0, min(cursor - list.height + 1, most))
    }

    private static func listArea(_ model: MetricsModel, _ area: Rect) -> Rect {
        let rows = area.height >= 8 ? LargeDigits.height + 1 : area.height >= 3 ? 1 : 0
        let gap = area.height >= 18 ? 1 : 0
        return Rect(
            row: area.row + rows + gap, column: area.column, height: max(0, area.height - rows - gap), width: area.width
        )
    }

    // MARK: Painting

    func paint(_ model: MetricsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, painter.fitting(model.titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner, list = Self.listArea(model, area)
        FiguresPainter(painter: painter).paint(model.figures, area, rows: list.row - area.row, &canvas)
        let lines = Self.lines(model, height: list.height)
        let first = Self.firstLine(model, lines, isFocused: isFocused, list)
        for (offset, line) in lines.dropFirst(first).prefix(list.height).enumerated() {
            switch line {
            case .heading(let group):
                canvas.put(list.row + offset, area.column, group.title, painter.style(.title), limit: area.endColumn)
            case .metric(let place):
                paint(
                    model.rows[place], isSelected: isFocused && place == model.cursor, hasBaseline: model.hasBaseline,
                    list.row + offset, area, &canvas)
            }
        }
        painter.place(first: first, shown: min(list.height, lines.count), of: lines.count, rect, &canvas)
    }

    private func paint(
        _ item: MetricRow, isSelected: Bool, hasBaseline: Bool, _ row: Int, _ area: Rect, _ canvas: inout Canvas
    ) {
        let plain = isSelected ? painter.style(.selected) : nil
        if isSelected {
            canvas.fill(
                Rect(row: row, column: area.column, height: 1, width: area.width), " ", painter.style(.selected))
        }
        let labelEnd = canvas.put(row, area.column, item.label, plain ?? painter.style(.dim), limit: area.endColumn)
        let style = plain ?? painter.style(item.isFresh ? .fresh : item.isEstimate ? .estimate : .value)
        let value = (item.isEstimate && item.value != ScreenText.none ? "≈" : "") + item.value
        let changeWidth = hasBaseline ? 9 : 0
        // The unit gives way to the change where both have no room.
        let unitWidth = hasBaseline && area.width < 36 ? 0 : 4
        let valueEnd = area.endColumn - changeWidth - unitWidth
        let valueStart = max(labelEnd + 1, valueEnd - CharacterWidth.of(value))
        if let share = item.share, !isSelected {
            // Between the longest label and the longest value.
            let start = area.column + Self.labelWidth, width = area.width >= 36 ? 8 : 3
            if start + width < valueStart, labelEnd < start {
                Bar(painter: painter).paint(
                    share, row, start, width: width, painter.style(.histogram), hasTrack: true, &canvas)
            }
        }
        canvas.put(row, valueStart, value, style, limit: area.endColumn)
        if unitWidth > 0 {
            canvas.put(row, valueEnd + 1, item.unit, plain ?? painter.style(.dim), limit: area.endColumn)
        }
        if let change = item.change { paint(change, row, area, plain, &canvas) }
    }

    private static let labelWidth = 13

    /// Better and worse differ by shape as well as by colour.
    private func paint(_ change: MetricRow.Change, _ row: Int, _ area: Rect, _ plain: Style?, _ canvas: inout Canvas) {
        let width = CharacterWidth.of(change.text), style = plain ?? painter.style(change.role)
        canvas.put(row, max(area.endColumn - 8, area.endColumn - 1 - width), change.text, style)
        canvas.put(row, area.endColumn - 1, change.mark, style)
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
