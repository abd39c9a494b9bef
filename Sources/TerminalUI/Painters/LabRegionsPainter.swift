import Explorer

/// The plane by the classes that the network decides for.
struct LabRegionsPainter: PanelPainter {
    static let panel = PanelID.regions
    let painter: ScreenPainter

    /// Classes by their shades: distinguished without colours.
    private static let shades: [Unicode.Scalar] = [" ", "░", "▓", "▒", "█"],
        letters: [Unicode.Scalar] = [".", "o", "#", "x", "+"]
    private static let roles: [Role] = [.histogram, .reconstruction, .grid, .errorCurve, .clip]

    func paint(_ model: LabRegionsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        // Cells are about twice as high as wide.
        let height = min(area.height, area.width / 2), width = min(area.width, 2 * height)
        let top = area.row + (area.height - height) / 2, left = area.column + (area.width - width) / 2
        let glyphs = painter.glyphs.isASCII ? Self.letters : Self.shades
        let isCrowded = (model.classes.max() ?? 0) >= glyphs.count
        for row in 0..<height {
            for column in 0..<width {
                let place =
                    (2 * row + 1) * model.rows / (2 * height) * model.columns
                    + (2 * column + 1) * model.columns / (2 * width)
                let number = model.classes[place]
                // Shades are few: many classes are shown by digits.
                let glyph =
                    isCrowded ? Unicode.Scalar(UInt8(48 + number % 10)) : glyphs[(number + 1) % glyphs.count]
                canvas.set(
                    top + row, left + column,
                    Cell(
                        glyph.value,
                        style: painter.style(Self.roles[number % Self.roles.count])))
            }
        }
    }
}
