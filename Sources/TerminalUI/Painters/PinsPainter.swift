import Explorer

/// Pinned recipes side by side: a column for each.
struct PinsPainter: PanelPainter {
    static let panel = PanelID.pins
    let painter: ScreenPainter

    static func target(_ content: PinsModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        columns(content, rect.inner).first { ($0.rect.column..<$0.rect.endColumn).contains(column) }
            .map { .column($0.place) } ?? .panel
    }

    private static let leastWidth = 10, mostWidth = 34

    private static func labelWidth(_ area: Rect) -> Int { area.width < 44 ? 12 : 18 }

    /// Where the columns of recipes are: as many as have room, the selected one among them.
    static func columns(_ model: PinsModel, _ area: Rect) -> [(place: Int, rect: Rect)] {
        let label = labelWidth(area), room = max(0, area.width - label)
        let shown = max(1, min(model.heads.count, room / leastWidth)), width = min(mostWidth, room / shown)
        let selected = model.heads.firstIndex { $0.isSelected } ?? 0
        let first = max(0, min(selected - shown + 1, model.heads.count - shown))
        return (0..<min(shown, model.heads.count)).map {
            (
                first + $0,
                Rect(row: area.row, column: area.column + label + $0 * width, height: area.height, width: width)
            )
        }
    }

    /// Lines that the longest recipe takes.
    private static func headHeight(_ model: PinsModel, _ width: Int) -> Int {
        1 + recipeLines(model, width) + (model.heads.contains { !$0.codes.isEmpty } ? 1 : 0)
    }

    private static func recipeLines(_ model: PinsModel, _ width: Int) -> Int {
        min(4, model.heads.map { TextFit.wrapped($0.recipe, to: width - 1).count }.max() ?? 1)
    }

    func paint(_ model: PinsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        var area = rect.inner
        if let footnote = model.footnote {
            let lines = TextFit.wrapped(footnote, to: area.width)
            for (offset, line) in lines.enumerated() where lines.count < area.height / 2 {
                canvas.put(
                    area.endRow - lines.count + offset, area.column, line, painter.style(.dim), limit: area.endColumn)
            }
            if lines.count < area.height / 2 { area.height -= lines.count }
        }
        let columns = Self.columns(model, area), labelWidth = Self.labelWidth(area)
        guard let width = columns.first?.rect.width, width >= 6 else { return }
        let headHeight = Self.headHeight(model, width)
        for (place, column) in columns {
            let head = model.heads[place]
            let style = painter.style(head.isSelected ? (isFocused ? .selected : .key) : .title)
            let name = (head.isSelected ? "▸" : "") + head.name
            canvas.put(area.row, column.endColumn - 1 - CharacterWidth.of(name), name, style, limit: column.endColumn)
            for (offset, line) in TextFit.wrapped(head.recipe, to: width - 1).prefix(Self.recipeLines(model, width))
                .enumerated()
            {
                canvas.put(
                    area.row + 1 + offset, column.endColumn - 1 - CharacterWidth.of(line), line,
                    painter.style(head.isSelected ? .key : .value), limit: column.endColumn)
            }
        }
        for (place, column) in columns where !model.heads[place].codes.isEmpty {
            let wide = min(width - 2, max(8, model.heads[place].codes.count))
            Sparkline(painter: painter).paint(
                model.heads[place].codes, area.row + headHeight - 1, column.endColumn - 1 - wide, width: wide,
                painter.style(.reconstruction), &canvas)
        }
        let height = area.height - headHeight
        let first = max(0, min(model.firstRow, model.cells.count - height))
        for (offset, place) in (first..<max(first, min(first + height, model.cells.count))).enumerated() {
            let row = area.row + headHeight + offset
            canvas.put(
                row, area.column, TextFit.cut(model.labels[place], to: labelWidth - 1), painter.style(.dim),
                limit: area.column + labelWidth)
            for (head, column) in columns {
                let cell = model.cells[place][head]
                let text = TextFit.cut((cell.kind == .best ? "★" : "") + cell.text, to: width - 1)
                canvas.put(
                    row, column.endColumn - 1 - CharacterWidth.of(text), text,
                    painter.style(cell.kind == .best ? .better : cell.kind == .dim ? .estimate : .value),
                    limit: column.endColumn)
            }
        }
        for (place, column) in columns {
            guard let problem = model.heads[place].problem else { continue }
            for (offset, line) in TextFit.wrapped(problem, to: width - 1).prefix(max(0, height)).enumerated() {
                canvas.put(
                    area.row + headHeight + offset, column.column + 1, line, painter.style(.warning),
                    limit: column.endColumn)
            }
        }
        painter.place(
            first: first, shown: min(height, model.cells.count), of: model.cells.count, rect, &canvas)
        if columns.count < model.heads.count, let first = columns.first?.place {
            let text = " \(first + 1)–\(first + columns.count)/\(model.heads.count) "
            canvas.put(rect.row, rect.endColumn - 2 - CharacterWidth.of(text), text, painter.style(.dim))
        }
    }
}
