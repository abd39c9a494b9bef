import Explorer
import Quantization

/// A tensor over two of its axes in shades.
struct HeatMapPainter: PanelPainter {
    static let panel = PanelID.heatMap
    let painter: ScreenPainter

    static func target(_ content: HeatMapModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let plot = HeatMapPanel.plot(in: rect)
        guard content.notice == nil, plot.contains(row: row, column: column) else { return .panel }
        let size = cellSize(content, plot)
        return .cell(row: (row - plot.row) / size.rows, column: (column - plot.column) / size.columns)
    }

    /// How many rows and columns of the window a cell takes: small tensors are drawn larger.
    static func cellSize(_ model: HeatMapModel, _ plot: Rect) -> (rows: Int, columns: Int) {
        let rows = model.shares.count, columns = model.shares.first?.count ?? 0
        guard rows > 0, columns > 0 else { return (1, 1) }
        let most = hasNumbers(model, plot) ? HeatMapPanel.numberWidth + 4 : 6
        return (max(1, min(3, plot.height / rows)), max(1, min(most, plot.width / columns)))
    }

    /// Single elements have room for their numbers.
    private static func hasNumbers(_ model: HeatMapModel, _ plot: Rect) -> Bool {
        guard let columns = model.numbers.first?.count, columns > 0 else { return false }
        return plot.width / columns >= HeatMapPanel.numberWidth
    }

    func paint(_ model: HeatMapModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner, plot = HeatMapPanel.plot(in: rect)
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        let size = Self.cellSize(model, plot), hasNumbers = Self.hasNumbers(model, plot)
        for (row, shares) in model.shares.enumerated() {
            for (column, share) in shares.enumerated() {
                let isCursor = isFocused && model.cell == (row, column)
                let glyph: Unicode.Scalar = share.map { painter.glyphs.shade($0) } ?? "?"
                let style = painter.style(isCursor ? .cursor : share == nil ? .warning : .histogram)
                for y in 0..<size.rows where row * size.rows + y < plot.height {
                    for x in 0..<size.columns where column * size.columns + x < plot.width {
                        canvas.set(
                            plot.row + row * size.rows + y, plot.column + column * size.columns + x,
                            Cell(glyph.value, style: style))
                    }
                }
            }
        }
        if hasNumbers {
            for (row, numbers) in model.numbers.enumerated() where (row + 1) * size.rows <= plot.height {
                for (column, text) in numbers.enumerated() {
                    let isCursor = isFocused && model.cell == (row, column)
                    // Blanks part it from the shades.
                    let start = plot.column + (column + 1) * size.columns - 2 - CharacterWidth.of(text)
                    canvas.put(
                        plot.row + row * size.rows + size.rows / 2, start, " \(text) ",
                        painter.style(isCursor ? .cursor : .value), limit: plot.endColumn)
                }
            }
        }
        guard area.height >= 3 else { return }
        canvas.put(
            area.endRow - 2, area.column, TextFit.cut(model.readout, to: area.width), painter.style(.value),
            limit: area.endColumn)
        // The shades themselves, so that the scale needs no colour.
        var column = canvas.put(area.endRow - 1, area.column, "0 ", painter.style(.dim))
        let shades = painter.glyphs.shades.dropFirst()
        for shade in shades {
            canvas.set(area.endRow - 1, column, Cell(shade.value, style: painter.style(.histogram)))
            canvas.set(area.endRow - 1, column + 1, Cell(shade.value, style: painter.style(.histogram)))
            column += 2
        }
        canvas.put(
            area.endRow - 1, column + 1,
            TextFit.cut(model.legend(shades: shades.count), to: area.endColumn - column - 1),
            painter.style(.dim), limit: area.endColumn)
    }
}
