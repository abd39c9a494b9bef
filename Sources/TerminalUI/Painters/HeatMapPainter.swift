import Explorer
import Quantization

/// A tensor over two of its axes in colours, with profiles through the cell at the cursor.
struct HeatMapPainter: PanelPainter {
    static let panel = PanelID.heatMap
    let painter: ScreenPainter

    static func target(_ content: HeatMapModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let plot = HeatMapPanel.plot(in: rect)
        guard content.notice == nil, plot.contains(row: row, column: column) else { return .panel }
        let size = pixelSize(content, plot), rows = content.shares.count
        let place = min(rows - 1, 2 * (row - plot.row) / size.rows)
        return .cell(row: place, column: (column - plot.column) / size.columns)
    }

    /// How many rows of half cells and columns of cells a pixel takes: small tensors are drawn larger.
    static func pixelSize(_ model: HeatMapModel, _ plot: Rect) -> (rows: Int, columns: Int) {
        let rows = model.shares.count, columns = model.shares.first?.count ?? 0
        guard rows > 0, columns > 0 else { return (1, 1) }
        let most = hasNumbers(model, plot) ? HeatMapPanel.numberWidth + 4 : 6
        // Numbers need rows of whole cells.
        let high = max(1, min(6, 2 * plot.height / rows))
        return (high > 1 ? high / 2 * 2 : 1, max(1, min(most, plot.width / columns)))
    }

    /// Single elements have room for their numbers.
    private static func hasNumbers(_ model: HeatMapModel, _ plot: Rect) -> Bool {
        guard model.number != nil, let columns = model.shares.first?.count, columns > 0,
            model.shares.count <= plot.height
        else { return false }
        return plot.width / columns >= HeatMapPanel.numberWidth
    }

    func paint(_ model: HeatMapModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner, plot = HeatMapPanel.plot(in: rect)
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        let size = Self.pixelSize(model, plot), rows = model.shares.count, columns = model.shares.first?.count ?? 0
        var picture = PixelPicture(
            painter, model.isSigned ? .diverging : .sequential, rows: min(2 * plot.height, rows * size.rows),
            columns: min(plot.width, columns * size.columns)
        ) { row, column in model.shares[row / size.rows][column / size.columns] }
        if isFocused, painter.theme.tier != .mono {
            let cursor = painter.style(.reconstruction).foreground
            picture.mark = { row, column in
                row / size.rows == model.cell.row && column / size.columns == model.cell.column ? cursor : nil
            }
        }
        picture.paint(plot, &canvas)
        if Self.hasNumbers(model, plot) { numbers(model, size, isFocused: isFocused, plot, &canvas) }
        notFinite(model, size, plot, &canvas)
        if isFocused, !PixelPicture.hasHalves(painter) { cursorCell(model, size, plot, &canvas) }
        profiles(model, size, area, plot, &canvas)
        guard area.height >= 3 else { return }
        canvas.put(
            area.endRow - 2, area.column, TextFit.cut(model.readout, to: area.width), painter.style(.value),
            limit: area.endColumn)
        let key = model.key
        ColorKey(
            painter: painter, map: model.isSigned ? .diverging : .sequential, low: key.low, middle: key.middle,
            high: key.high
        ).paint(area.endRow - 1, area, &canvas)
    }

    private func numbers(
        _ model: HeatMapModel, _ size: (rows: Int, columns: Int), isFocused: Bool, _ plot: Rect, _ canvas: inout Canvas
    ) {
        guard let number = model.number else { return }
        for (row, shares) in model.shares.enumerated() {
            let at = plot.row + row * size.rows / 2 + size.rows / 4
            guard at < plot.endRow else { return }
            for column in shares.indices {
                let text = number(row, column), isCursor = isFocused && model.cell == (row, column)
                // Blanks part it from the colours.
                let start = plot.column + (column + 1) * size.columns - 2 - CharacterWidth.of(text)
                canvas.put(at, start, " \(text) ", painter.style(isCursor ? .cursor : .value), limit: plot.endColumn)
            }
        }
    }

    /// What has no number has a mark instead of a colour.
    private func notFinite(
        _ model: HeatMapModel, _ size: (rows: Int, columns: Int), _ plot: Rect, _ canvas: inout Canvas
    ) {
        for (row, shares) in model.shares.enumerated() {
            for (column, share) in shares.enumerated() where share == nil {
                let at = plot.row + row * size.rows / 2, start = plot.column + column * size.columns
                if at < plot.endRow, start < plot.endColumn { canvas.put(at, start, "?", painter.style(.warning)) }
            }
        }
    }

    /// Without halves of cells the cursor is a cell in reverse.
    private func cursorCell(
        _ model: HeatMapModel, _ size: (rows: Int, columns: Int), _ plot: Rect, _ canvas: inout Canvas
    ) {
        let row = plot.row + model.cell.row * size.rows / 2, start = plot.column + model.cell.column * size.columns
        guard row < plot.endRow, start < plot.endColumn else { return }
        for column in start..<min(plot.endColumn, start + size.columns) {
            var cell = canvas[row, column]
            cell.style = painter.style(.cursor)
            canvas.set(row, column, cell)
        }
    }

    /// The numbers along the row and the column of the cell at the cursor.
    private func profiles(
        _ model: HeatMapModel, _ size: (rows: Int, columns: Int), _ area: Rect, _ plot: Rect, _ canvas: inout Canvas
    ) {
        let room = HeatMapPanel.profiles(in: area)
        guard model.shares.indices.contains(model.cell.row), let width = model.shares.first?.count,
            model.cell.column < width
        else { return }
        let style = painter.style(.histogram), over = painter.style(.reconstruction)
        if room.rows > 0 {
            let along = model.shares[model.cell.row].map { abs($0 ?? 0) }
            let columns = min(plot.width, width * size.columns)
            for column in 0..<columns {
                let share = along[min(width - 1, column / size.columns)]
                upright(
                    share, Rect(row: plot.endRow, column: plot.column + column, height: room.rows, width: 1),
                    column / size.columns == model.cell.column ? over : style, &canvas)
            }
        }
        guard room.columns > 0 else { return }
        for row in 0..<min(plot.height, (model.shares.count * size.rows + 1) / 2) {
            let pixels = [2 * row, 2 * row + 1].map { $0 / size.rows }.filter { model.shares.indices.contains($0) }
            let share = pixels.compactMap { model.shares[$0][model.cell.column].map(abs) }.max() ?? 0
            Bar(painter: painter).paint(
                share, plot.row + row, plot.endColumn + 1, width: room.columns - 2,
                pixels.contains(model.cell.row) ? over : style, &canvas)
        }
    }

    private func upright(_ share: Double, _ rect: Rect, _ style: Style, _ canvas: inout Canvas) {
        let bars = painter.glyphs.bars, steps = bars.count - 1
        let filled = Int((share * Double(steps * rect.height)).rounded())
        for row in 0..<rect.height {
            let rest = filled - row * steps
            guard rest > 0 else { return }
            canvas.set(rect.endRow - 1 - row, rect.column, Cell(bars[min(rest, steps)].value, style: style))
        }
    }
}
