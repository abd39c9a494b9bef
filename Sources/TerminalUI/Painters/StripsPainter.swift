import Explorer
import Quantization

/// A strip for each range or channel on one axis, with its numbers beside it.
struct StripsPainter: PanelPainter {
    static let panel = PanelID.strips
    let painter: ScreenPainter

    static func target(_ content: StripsModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let list = listArea(rect)
        guard content.notice == nil, list.contains(row: row, column: column) else { return .panel }
        let place = firstRow(content, height: list.height) + row - list.row
        return place < content.strips.count ? .row(content.start + place) : .panel
    }

    private static let labelWidth = 10, numberWidth = 9, leastPlot = 14

    /// Numbers in the order in which they have room: that of the order after the SQNR.
    private static func places(_ order: StripProfiles.Order) -> [Int] {
        switch order {
        case .number, .range, .error: [0, 1, 2, 3]
        case .outlier: [0, 2, 1, 3]
        case .dead: [0, 3, 1, 2]
        }
    }

    /// The strips, under the heads and above the axis.
    static func listArea(_ rect: Rect) -> Rect {
        let area = rect.inner
        return Rect(row: area.row + 1, column: area.column, height: max(0, area.height - 2), width: area.width)
    }

    static func firstRow(_ model: StripsModel, height: Int) -> Int {
        OverlayPainter.firstRow(selection: model.cursor, count: model.strips.count, height: height)
    }

    /// Columns of numbers that have room.
    private static func numbers(in area: Rect) -> Int {
        max(0, min(4, (area.width - labelWidth - leastPlot) / numberWidth))
    }

    private static func plot(in area: Rect) -> Rect {
        Rect(
            row: area.row, column: area.column + labelWidth, height: area.height,
            width: max(1, area.width - labelWidth - numbers(in: area) * numberWidth - 1))
    }

    func paint(_ model: StripsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner, list = Self.listArea(rect)
        if let notice = model.notice {
            painter.notice(notice, list, &canvas)
            return
        }
        let plot = Self.plot(in: list), count = Self.numbers(in: area), heads = ScreenText.stripHeads
        canvas.put(
            area.row, plot.column, TextFit.cut(heads.range, to: plot.width), painter.style(.dim), limit: plot.endColumn)
        let places = Self.places(model.order).prefix(count)
        let titles = [heads.sqnr, heads.share, heads.outlier, heads.dead]
        for (place, head) in places.enumerated() {
            right(titles[head], place, area.row, plot, painter.style(.title), &canvas)
        }
        let first = Self.firstRow(model, height: list.height)
        for (offset, strip) in model.strips.dropFirst(first).prefix(list.height).enumerated() {
            let row = list.row + offset, selected = strip.isSelected ? painter.style(.selected) : nil
            if let selected {
                canvas.fill(Rect(row: row, column: area.column, height: 1, width: Self.labelWidth), " ", selected)
            }
            let mark = strip.isNotable ? "!" : " "
            canvas.put(
                row, area.column, (strip.isSelected ? "▸" : " ") + mark,
                selected ?? painter.style(strip.isNotable ? .warning : .text))
            canvas.put(
                row, area.column + 2, TextFit.cut(strip.label, to: Self.labelWidth - 3),
                selected ?? painter.style(.key),
                limit: area.endColumn)
            if let shape = strip.shape, let axis = model.axis { paint(shape, axis, row, plot, &canvas) }
            let texts = [strip.sqnr, strip.share, strip.outlier, strip.dead]
            for (place, text) in places.enumerated() {
                right(texts[text], place, row, plot, selected ?? painter.style(.value), &canvas)
            }
        }
        if let axis = model.axis { painter.axisLabels(axis, row: area.endRow - 1, plot, &canvas) }
        painter.place(
            first: model.start + first, shown: min(list.height, model.strips.count - first), of: model.count, rect,
            &canvas)
    }

    private func right(
        _ text: String, _ place: Int, _ row: Int, _ plot: Rect, _ style: Style, _ canvas: inout Canvas
    ) {
        let end = plot.endColumn + (place + 1) * Self.numberWidth
        let cut = TextFit.cut(text, to: Self.numberWidth - 1)
        canvas.put(row, end - CharacterWidth.of(cut), cut, style, limit: end)
    }

    /// Thin from extreme to extreme, thick between the percentiles, the median and the limits over it.
    private func paint(_ shape: StripsModel.Strip.Shape, _ axis: Axis, _ row: Int, _ plot: Rect, _ canvas: inout Canvas)
    {
        func column(_ value: Double) -> Int {
            max(0, min(plot.width - 1, Int(axis.share(of: value) * Double(plot.width))))
        }
        func put(_ from: Double, _ to: Double, _ glyph: Unicode.Scalar, _ role: Role) {
            for place in column(from)...max(column(from), column(to)) {
                canvas.set(row, plot.column + place, Cell(glyph.value, style: painter.style(role)))
            }
        }
        let glyphs = painter.glyphs
        put(shape.minimum, shape.maximum, glyphs.horizontal, .histogram)
        put(shape.low, shape.high, glyphs.reconstruction, .histogram)
        for limit in [shape.clip.low, shape.clip.high] {
            let share = axis.share(of: limit)
            if share >= 0, share <= 1 { put(limit, limit, glyphs.clip, .clip) }
        }
        put(shape.median, shape.median, glyphs.vertical, .zero)
    }
}
