import Explorer

/// A table with a cursor. The first column takes the room that is left; columns that have none are left out from the right.
struct TablePainter {
    let painter: ScreenPainter

    private static let gap = 2, leastFirst = 14, mostLeading = 28

    /// The rows of the list, under the heads and above the footnote.
    static func listArea(_ model: TableModel, _ rect: Rect) -> Rect {
        let area = rect.inner
        let footer = (model.footnote ?? "").isEmpty ? 0 : 1
        return Rect(row: area.row + 1, column: area.column, height: max(0, area.height - 1 - footer), width: area.width)
    }

    /// The first of the model's rows that is shown.
    static func firstRow(_ model: TableModel, height: Int) -> Int {
        OverlayPainter.firstRow(selection: model.cursor, count: model.rows.count, height: height)
    }

    /// Where the columns that have room are.
    ///
    /// Pictures before numbers go before columns do.
    static func columns(_ model: TableModel, _ area: Rect) -> [(index: Int, start: Int, width: Int)] {
        var widths = model.columns.indices.map { index -> Int in
            let longest = model.rows.map {
                $0.cells.indices.contains(index) ? CharacterWidth.of($0.cells[index].text) : 0
            }
            let pictures = model.columns[index].outlineWidth + model.columns[index].barWidth
            let width = max(CharacterWidth.of(model.columns[index].title), pictures + (longest.max() ?? 0))
            return model.columns[index].isLeading ? min(width, mostLeading) : width
        }
        guard !widths.isEmpty else { return [] }
        let wanted = max(
            leastFirst, model.rows.map { CharacterWidth.of($0.cells.first?.text ?? "") }.max() ?? 0)
        // A mark and a blank are before the first column.
        var room = area.width - 2 - min(wanted, max(leastFirst, area.width / 2)), shown = [0]
        // The marked one goes before the others.
        let marked = model.columns.indices.dropFirst().filter { model.columns[$0].isMarked }
        for index in marked + model.columns.indices.dropFirst().filter({ !marked.contains($0) }) {
            let pictures = model.columns[index].outlineWidth + model.columns[index].barWidth
            if widths[index] + gap > room { widths[index] -= pictures }
            let needed = widths[index] + gap
            if needed > room {
                // The last column may be cut where it is text.
                guard model.columns[index].isLeading, room >= 10, index == model.columns.count - 1 else { continue }
                widths[index] = room - gap
            }
            room -= widths[index] + gap
            shown.append(index)
            if room <= 0 { break }
        }
        shown.sort()
        let others = shown.dropFirst().reduce(0) { $0 + widths[$1] + gap }
        widths[0] = min(wanted, max(1, area.width - 2 - others))
        // What is left belongs to the text in the last column.
        if let last = shown.last, last > 0, model.columns[last].isLeading {
            widths[last] += max(0, area.width - 2 - others - widths[0])
        }
        var start = area.column + 2, result: [(index: Int, start: Int, width: Int)] = []
        for index in shown {
            result.append((index, start, widths[index]))
            start += widths[index] + gap
        }
        return result
    }

    func paint(_ model: TableModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(
            rect, (model.filter.map { ScreenText.filterPrompt + $0 + " ── " } ?? "") + model.title,
            isFocused: isFocused,
            &canvas)
        let area = rect.inner, list = Self.listArea(model, rect)
        if let footnote = model.footnote, !footnote.isEmpty {
            canvas.put(
                area.endRow - 1, area.column, TextFit.cut(footnote, to: area.width), painter.style(.dim),
                limit: area.endColumn)
        }
        if let notice = model.notice {
            painter.notice(notice, list, &canvas)
            return
        }
        let columns = Self.columns(model, area)
        for (index, start, width) in columns {
            let column = model.columns[index]
            let title = TextFit.cut(column.title, to: width)
            let place = column.isLeading ? start : start + width - CharacterWidth.of(title)
            canvas.put(area.row, place, title, painter.style(column.isMarked ? .key : .title), limit: area.endColumn)
        }
        let first = Self.firstRow(model, height: list.height)
        for (offset, item) in model.rows.dropFirst(first).prefix(list.height).enumerated() {
            let row = list.row + offset
            let selected = item.isSelected ? painter.style(isFocused ? .selected : .unfocused) : nil
            if let selected {
                canvas.fill(Rect(row: row, column: area.column, height: 1, width: area.width), " ", selected)
                canvas.put(row, area.column, "▸", selected)
            }
            for (index, start, width) in columns where item.cells.indices.contains(index) {
                let cell = item.cells[index]
                let text = index == 0 ? TextFit.cutName(cell.text, to: width) : TextFit.cut(cell.text, to: width)
                let place = model.columns[index].isLeading ? start : start + width - CharacterWidth.of(text)
                canvas.put(row, place, text, selected ?? style(cell.kind), limit: area.endColumn)
                // A column without room for them has its text alone.
                if CharacterWidth.of(text) + model.columns[index].outlineWidth + model.columns[index].barWidth <= width
                {
                    pictures(cell, model.columns[index], row, start, &canvas)
                }
            }
        }
        painter.place(
            first: model.start + first, shown: min(list.height, model.rows.count - first), of: model.count, rect,
            &canvas)
    }

    /// What stands before a text.
    private func pictures(
        _ cell: TableModel.Cell, _ column: TableModel.Column, _ row: Int, _ start: Int, _ canvas: inout Canvas
    ) {
        if let outline = cell.outline, column.outlineWidth > 1 {
            Sparkline(painter: painter).paint(
                outline, row, start, width: column.outlineWidth - 1, painter.style(.curve), &canvas)
        }
        if let bar = cell.bar, column.barWidth > 1 {
            Bar(painter: painter, isThin: true).paint(
                bar, row, start + column.outlineWidth, width: column.barWidth - 1, painter.style(.histogram), &canvas)
        }
    }

    private func style(_ kind: TableModel.Cell.Kind) -> Style {
        switch kind {
        case .plain: painter.style(.value)
        case .dim: painter.style(.dim)
        case .best: painter.style(.better)
        case .warning: painter.style(.warning)
        }
    }
}

extension TablePainter {
    /// The row at a cell, counted from the first one of all.
    static func row(_ table: TableModel, _ rect: Rect, row: Int, column: Int) -> Int? {
        let list = listArea(table, rect)
        guard table.notice == nil, list.contains(row: row, column: column) else { return nil }
        let place = firstRow(table, height: list.height) + row - list.row
        return place < table.rows.count ? table.start + place : nil
    }

    /// The row at a cell, or the column whose head that is.
    static func target(_ table: TableModel, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        if let place = self.row(table, rect, row: row, column: column) { return .row(place) }
        guard row == rect.inner.row else { return .panel }
        // A head belongs to the blanks before it too.
        let head = columns(table, rect.inner).first { column < $0.start + $0.width }
        return head.map { .column($0.index) } ?? .panel
    }
}

/// A panel that is a table, whose rows and heads can be pointed at.
protocol TableOfRows: PanelPainter where Content == TableModel {
    var painter: ScreenPainter { get }
}

extension TableOfRows {
    func paint(_ table: TableModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        TablePainter(painter: painter).paint(table, isFocused: isFocused, rect, &canvas)
    }

    static func target(_ content: TableModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        TablePainter.target(content, rect, row: row, column: column)
    }
}
