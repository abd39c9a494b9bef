import Explorer

/// What the colours of a picture stand for, in one row: the least number, the colours, the most.
struct ColorKey {
    let painter: ScreenPainter
    let map: ColorMap
    /// Of the least number, of the middle where the map has one, and of the most.
    let low: String
    var middle = ""
    let high: String
    /// What is measured, after the numbers.
    var title = ""

    /// Columns that it takes at most.
    static let mostColors = 24

    func paint(_ row: Int, _ area: Rect, _ canvas: inout Canvas) {
        let style = painter.style(.dim), words = CharacterWidth.of(low) + CharacterWidth.of(high) + 2
        let colors = min(Self.mostColors, area.width - words)
        guard colors >= 4 else { return }
        var column = canvas.put(row, area.column, low, style) + 1
        let start = column
        for place in 0..<colors {
            let share = (Double(place) + 0.5) / Double(colors)
            let number = map.least + (1 - map.least) * share
            let color = painter.theme.color(number, map)
            let isPlain = PixelPicture.hasHalves(painter)
            let glyph = isPlain ? (color == nil ? 32 : PixelPicture.whole) : painter.glyphs.shade(of: number).value
            canvas.set(row, column, Cell(glyph, style: color.map { Style($0) } ?? Style()))
            column += 1
        }
        if map == .diverging, !middle.isEmpty {
            canvas.put(row, start + (colors - CharacterWidth.of(middle)) / 2, middle, painter.style(.text))
        }
        column = canvas.put(row, column + 1, high, style, limit: area.endColumn) + 2
        if column + CharacterWidth.of(title) <= area.endColumn { canvas.put(row, column, title, style) }
    }
}
