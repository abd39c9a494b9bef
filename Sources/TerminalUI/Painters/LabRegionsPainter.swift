import Explorer

/// The plane by the classes that networks decide for, as many networks as there is room for.
struct LabRegionsPainter: PanelPainter {
    static let panel = PanelID.regions
    let painter: ScreenPainter

    /// Classes by their shades: distinguished without colours.
    private static let shades: [Unicode.Scalar] = [" ", "░", "▓", "▒", "█"],
        letters: [Unicode.Scalar] = [".", ":", "#", "%", "@"]
    private static let roles: [Role] = [.histogram, .reconstruction, .grid, .errorCurve, .clip]
    /// Rows of a map below which nothing can be told, but for the only one.
    private static let leastRows = 6

    func paint(_ model: LabRegionsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        let hasLegend = area.height > 6
        let room = Rect(
            row: area.row, column: area.column, height: area.height - (hasLegend ? 1 : 0), width: area.width)
        let places = Self.places(of: model.maps.count, in: room)
        if hasLegend {
            painter.parts(
                ScreenText.regionsLegend(right: hasHalves ? mark(isRight: true) : nil, wrong: mark(isRight: false))
                    + (places.count < model.maps.count
                        ? [ScreenText.shownOf(places.count, of: model.maps.count)] : []),
                row: area.endRow - 1, area, &canvas)
        }
        // A name may be wider than its map, up to the next one's.
        let step = places.count > 1 ? max(2, places[1].column - places[0].column) : room.width
        for (map, rect) in zip(model.maps, places) { paint(map, rect, width: max(rect.width, step - 1), &canvas) }
    }

    /// Where the maps are, each under its name: cells are about twice as high as wide.
    static func places(of count: Int, in room: Rect) -> [Rect] {
        guard count > 0, room.height > 1 else { return [] }
        func height(_ lines: Int, _ across: Int) -> Int { min(room.height / lines - 1, (room.width / across - 2) / 2) }
        // As many as can be told apart, as large as they can be.
        var best = (lines: 1, across: 1, shown: 1, height: height(1, 1))
        for lines in 1...count {
            let across = (count + lines - 1) / lines
            for across in 1...across {
                let size = height(lines, across), shown = min(count, lines * across)
                guard size >= leastRows, shown > best.shown || shown == best.shown && size > best.height else {
                    continue
                }
                best = (lines, across, shown, size)
            }
        }
        guard best.height > 0 else { return [] }
        return (0..<best.shown).map { place in
            let width = room.width / best.across
            return Rect(
                row: room.row + place / best.across * (room.height / best.lines),
                column: room.column + place % best.across * width + max(0, width - 2 * best.height) / 2,
                height: best.height + 1, width: 2 * best.height)
        }
    }

    private func paint(_ map: LabRegionsModel.Map, _ rect: Rect, width: Int, _ canvas: inout Canvas) {
        let name = TextFit.cut(map.name, to: width)
        canvas.put(
            rect.row, rect.column + (rect.width - CharacterWidth.of(name)) / 2, name, painter.style(.title))
        let area = Rect(row: rect.row + 1, column: rect.column, height: rect.height - 1, width: rect.width)
        func number(_ pixel: Int, _ column: Int, of pixels: Int) -> Int {
            Int(
                map.classes[
                    (2 * pixel + 1) * map.rows / (2 * pixels) * map.columns
                        + (2 * column + 1) * map.columns / (2 * area.width)])
        }
        func color(_ pixel: Int, _ column: Int) -> Color {
            painter.style(Self.roles[number(pixel, column, of: 2 * area.height) % Self.roles.count]).foreground
        }
        for row in 0..<area.height {
            for column in 0..<area.width {
                let place = (area.row + row, area.column + column)
                guard hasHalves else {
                    canvas.set(place.0, place.1, shade(number(row, column, of: area.height), map))
                    continue
                }
                let upper = color(2 * row, column), lower = color(2 * row + 1, column)
                canvas.set(
                    place.0, place.1,
                    upper == lower
                        ? Cell(PixelPicture.whole, style: Style(upper))
                        : Cell(PixelPicture.upperHalf, style: Style(upper, on: lower)))
            }
        }
        // What it errs on last, so that no dot hides a cross. Between shades dots would hide the regions.
        for sample in map.samples.sorted(by: { $0.isRight && !$1.isRight }) where hasHalves || !sample.isRight {
            let row = min(area.height - 1, Int(sample.y * Double(area.height)))
            let column = min(area.width - 1, Int(sample.x * Double(area.width)))
            guard row >= 0, column >= 0 else { continue }
            let pixel = min(2 * area.height - 1, Int(sample.y * Double(2 * area.height)))
            let style =
                hasHalves
                ? painter.theme.style(over: color(pixel, column), isStrong: !sample.isRight) : painter.style(.value)
            canvas.put(area.row + row, area.column + column, mark(isRight: sample.isRight), style)
        }
    }

    private var hasHalves: Bool { PixelPicture.hasHalves(painter) }

    private func mark(isRight: Bool) -> String {
        painter.glyphs.isASCII ? (isRight ? "o" : "X") : isRight ? "•" : "×"
    }

    private func shade(_ number: Int, _ map: LabRegionsModel.Map) -> Cell {
        let glyphs = painter.glyphs.isASCII ? Self.letters : Self.shades
        // Shades are few: many classes are shown by digits.
        let isCrowded = Int(map.classes.max() ?? 0) >= glyphs.count
        let glyph = isCrowded ? Unicode.Scalar(UInt8(48 + number % 10)) : glyphs[(number + 1) % glyphs.count]
        return Cell(glyph.value, style: painter.style(Self.roles[number % Self.roles.count]))
    }
}
