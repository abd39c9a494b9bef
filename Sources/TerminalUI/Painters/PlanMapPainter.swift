import Explorer

/// Layers down, modules across: bits as digits on shades.
struct PlanMapPainter: PanelPainter {
    static let panel = PanelID.planMap
    let painter: ScreenPainter

    static func target(_ content: PlanMapModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let frame = Frame(content, rect.inner)
        guard content.notice == nil, frame.cells.contains(row: row, column: column) else { return .panel }
        let module = frame.firstModule + (column - frame.cells.column) / frame.width
        return .cell(row: frame.firstLayer + row - frame.cells.row, column: module)
    }

    /// Where the cells are, and which of them are shown.
    private struct Frame {
        let cells: Rect
        let width: Int
        let labelWidth: Int
        let firstLayer: Int
        let firstModule: Int

        init(_ model: PlanMapModel, _ area: Rect) {
            let modules = model.cells.map { $0.count }.max() ?? 1
            labelWidth = (model.layers.map { CharacterWidth.of($0) }.max() ?? 0) + 1
            let room = max(1, area.width - labelWidth), height = max(0, area.height - 1)
            width = max(2, min(4, room / max(1, modules)))
            let columns = max(1, room / width)
            cells = Rect(
                row: area.row, column: area.column + labelWidth, height: min(height, model.layers.count),
                width: min(columns, modules) * width)
            firstLayer = OverlayPainter.firstRow(
                selection: model.cursor?.layer ?? 0, count: model.layers.count, height: height)
            firstModule = OverlayPainter.firstRow(
                selection: model.cursor?.module ?? 0, count: modules, height: columns)
        }
    }

    func paint(_ model: PlanMapModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        let frame = Frame(model, area)
        for row in 0..<frame.cells.height {
            let layer = frame.firstLayer + row
            guard model.cells.indices.contains(layer) else { break }
            canvas.put(
                frame.cells.row + row, area.column, model.layers[layer], painter.style(.dim), limit: frame.cells.column)
            for place in 0..<frame.cells.width / frame.width {
                let module = frame.firstModule + place
                guard model.cells[layer].indices.contains(module) else { break }
                let isCursor = model.cursor.map { $0 == (layer, module) } ?? false
                paint(
                    model.cells[layer][module], isCursor: isCursor, frame.cells.row + row,
                    frame.cells.column + place * frame.width, width: frame.width, &canvas)
            }
        }
        guard area.height >= 2 else { return }
        let column =
            canvas.put(area.endRow - 1, area.column, model.bits, painter.style(.value), limit: area.endColumn) + 1
        canvas.put(
            area.endRow - 1, column, TextFit.cutName(model.name, to: max(0, area.endColumn - column)),
            painter.style(.dim), limit: area.endColumn)
        painter.place(
            first: frame.firstLayer, shown: frame.cells.height, of: model.layers.count, rect, &canvas)
    }

    /// A digit, and behind it the shade of the bits.
    private func paint(
        _ cell: PlanMapModel.Cell?, isCursor: Bool, _ row: Int, _ column: Int, width: Int, _ canvas: inout Canvas
    ) {
        guard let cell else {
            canvas.put(row, column, PlanMapModel.noModule, painter.style(.dim))
            return
        }
        let style = painter.style(isCursor ? .cursor : cell.isPinned ? .key : .value)
        let digits = String(Int(cell.bits.rounded()))
        let end = canvas.put(row, column, digits, style, limit: column + width)
        let shade = painter.glyphs.shade(0.15 + 0.85 * cell.share)
        for place in end..<column + width - (width > 2 ? 1 : 0) {
            canvas.set(row, place, Cell(shade.value, style: painter.style(.histogram)))
        }
    }
}
