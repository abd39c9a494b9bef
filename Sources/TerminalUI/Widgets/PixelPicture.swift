import Explorer

/// Numbers as coloured pixels, two in a cell, one above the other; without colours one shade a cell.
struct PixelPicture {
    let painter: ScreenPainter
    let map: ColorMap
    /// Pixels in all: two rows to a row of cells.
    let rows: Int
    let columns: Int
    /// From the map's least to 1; nil leaves the background.
    let value: (_ row: Int, _ column: Int) -> Double?
    /// Pixels of another colour than their number's.
    var mark: (_ row: Int, _ column: Int) -> Color? = { _, _ in nil }

    init(
        _ painter: ScreenPainter, _ map: ColorMap = .sequential, rows: Int, columns: Int,
        value: @escaping (_ row: Int, _ column: Int) -> Double?
    ) {
        (self.painter, self.map, self.rows, self.columns, self.value) = (painter, map, rows, columns, value)
    }

    /// Both pixels of a cell can be seen.
    static func hasHalves(_ painter: ScreenPainter) -> Bool {
        painter.theme.tier != .mono && !painter.glyphs.isASCII
    }

    func paint(_ rect: Rect, _ canvas: inout Canvas) {
        let hasHalves = Self.hasHalves(painter)
        for row in 0..<min(rect.height, (rows + 1) / 2) {
            for column in 0..<min(rect.width, columns) {
                let cell = hasHalves ? halves(2 * row, column) : shade(2 * row, column)
                if let cell { canvas.set(rect.row + row, rect.column + column, cell) }
            }
        }
    }

    private func color(_ row: Int, _ column: Int) -> Color? {
        guard row < rows else { return nil }
        if let marked = mark(row, column) { return marked }
        return value(row, column).flatMap { painter.theme.color($0, map) }
    }

    private func halves(_ row: Int, _ column: Int) -> Cell? {
        let upper = color(row, column), lower = color(row + 1, column)
        switch (upper, lower) {
        case (nil, nil): return nil
        case (let upper?, nil): return Cell(Self.upperHalf, style: Style(upper))
        case (nil, let lower?): return Cell(Self.lowerHalf, style: Style(lower))
        case (let upper?, let lower?):
            return upper == lower
                ? Cell(Self.whole, style: Style(upper)) : Cell(Self.upperHalf, style: Style(upper, on: lower))
        }
    }

    static let upperHalf = ("▀" as Unicode.Scalar).value, lowerHalf = ("▄" as Unicode.Scalar).value
    static let whole = ("█" as Unicode.Scalar).value

    /// Of the two pixels the one farther from nothing.
    private func shade(_ row: Int, _ column: Int) -> Cell? {
        let pair = [row, row + 1].filter { $0 < rows }.compactMap { value($0, column) }
        guard let number = pair.max(by: { abs($0) < abs($1) }) else { return nil }
        let glyph = painter.glyphs.shade(of: number)
        guard glyph != " " else { return nil }
        let color = painter.theme.color(number, map)
        return Cell(glyph.value, style: color.map { Style($0) } ?? Style())
    }
}

extension Glyphs {
    /// The shade of a number from -1 to 1: lines below zero, dots above it.
    func shade(of number: Double) -> Unicode.Scalar {
        guard number < 0 else { return shade(number) }
        let lines: [Unicode.Scalar] = isASCII ? [".", "-", "=", "%"] : ["·", "╌", "═", "≡"]
        return lines[max(0, min(lines.count - 1, Int((-number * Double(lines.count)).rounded(.up)) - 1))]
    }
}
