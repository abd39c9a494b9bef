import Explorer

/// The experiments, the settings of the chosen one, and its run.
struct LabListPainter: PanelPainter {
    static let panel = PanelID.experiments
    let painter: ScreenPainter

    static func target(_ content: LabListModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let list = listArea(content, rect)
        guard list.contains(row: row, column: column) else { return .panel }
        let place = firstRow(content, height: list.height) + row - list.row
        return place < content.rows.count ? .row(place) : .panel
    }

    /// The rows of the list, above what the selected one is and how the run goes.
    static func listArea(_ model: LabListModel, _ rect: Rect) -> Rect {
        let area = rect.inner
        let below = footer(model, area).count
        return Rect(row: area.row, column: area.column, height: max(1, area.height - below), width: area.width)
    }

    /// The first row that is shown, so that the selected one is seen.
    static func firstRow(_ model: LabListModel, height: Int) -> Int {
        let selected = model.rows.firstIndex { $0.isSelected } ?? 0
        return OverlayPainter.firstRow(selection: selected, count: model.rows.count, height: height)
    }

    /// Lines under the list: the run's always, of the others what has room.
    private static func footer(_ model: LabListModel, _ area: Rect) -> [(text: String, role: Role)] {
        let run = model.status.flatMap { TextFit.wrapped($0, to: area.width).prefix(3) }.map { ($0, Role.value) }
        let bar: [(String, Role)] = model.share == nil ? [] : [("", .histogram)]
        let words = TextFit.wrapped(model.explanation, to: area.width).map { ($0, Role.dim) }
        let room = area.height - run.count - bar.count - 1 - min(model.rows.count, max(6, area.height / 2))
        return (room >= 1 ? Array(words.prefix(room)) + [("", .text)] : []) + run + bar
    }

    func paint(_ model: LabListModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.title(of: .experiments), isFocused: isFocused, &canvas)
        let area = rect.inner, list = Self.listArea(model, rect)
        let first = Self.firstRow(model, height: list.height)
        for (offset, item) in model.rows.dropFirst(first).prefix(list.height).enumerated() {
            paint(item, list.row + offset, isFocused: isFocused, list, &canvas)
        }
        painter.place(
            first: first, shown: min(list.height, model.rows.count - first), of: model.rows.count, rect, &canvas)
        for (offset, line) in Self.footer(model, area).enumerated() {
            let row = list.endRow + offset
            guard row < area.endRow else { return }
            if line.role == .histogram, let share = model.share {
                painter.progressBar(share, row, area, &canvas)
            } else {
                canvas.put(row, area.column, line.text, painter.style(line.role), limit: area.endColumn)
            }
        }
    }

    private func paint(
        _ item: LabListModel.Row, _ row: Int, isFocused: Bool, _ list: Rect, _ canvas: inout Canvas
    ) {
        let selected = item.isSelected && isFocused ? painter.style(.selected) : nil
        if let selected {
            canvas.fill(Rect(row: row, column: list.column, height: 1, width: list.width), " ", selected)
        }
        if item.isExperiment {
            canvas.put(row, list.column, item.isMarked ? "▸" : " ", selected ?? painter.style(.key))
            let end = canvas.put(
                row, list.column + 1, item.name, selected ?? painter.style(item.isMarked ? .key : .text),
                limit: list.endColumn)
            let start = list.endColumn - CharacterWidth.of(item.value)
            if start > end { canvas.put(row, start, item.value, selected ?? painter.style(.dim)) }
            return
        }
        let end = canvas.put(
            row, list.column + 2, item.name, selected ?? painter.style(.dim), limit: list.endColumn)
        let text = TextFit.cut(item.value, to: max(4, list.endColumn - end - 1))
        let start = max(end + 1, list.endColumn - CharacterWidth.of(text))
        canvas.put(
            row, start, text, selected ?? painter.style(item.isMarked ? .key : .value), limit: list.endColumn)
    }
}
