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

    func paint(_ model: StripsModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        let numberWidth = StripsPanel.numberWidth(in: rect.inner)
        painter.frame(rect, painter.fitting(model.titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner, list = Self.listArea(rect)
        if let notice = model.notice {
            painter.notice(notice, list, &canvas)
            return
        }
        let plot = StripsPanel.plot(in: list), count = StripsPanel.numbers(in: area), heads = ScreenText.stripHeads
        canvas.put(
            area.row, plot.column, heads.range.first { CharacterWidth.of($0) < plot.width } ?? "", painter.style(.dim),
            limit: plot.endColumn)
        let places = Self.places(model.order).prefix(count)
        let titles = [heads.sqnr, heads.share, heads.outlier, heads.dead]
        for (place, head) in places.enumerated() {
            right(titles[head], place, area.row, plot, painter.style(.title), &canvas, width: numberWidth)
        }
        let first = Self.firstRow(model, height: list.height)
        for (offset, strip) in model.strips.dropFirst(first).prefix(list.height).enumerated() {
            let row = list.row + offset,
                selected = strip.isSelected ? painter.style(isFocused ? .selected : .unfocused) : nil
            if let selected {
                canvas.fill(
                    Rect(row: row, column: area.column, height: 1, width: StripsPanel.labelWidth), " ", selected)
            }
            canvas.put(row, area.column, strip.isSelected ? "▸" : " ", selected ?? painter.style(.text))
            if strip.isNotable { canvas.put(row, area.column + 1, "!", selected ?? painter.style(.warning)) }
            canvas.put(
                row, area.column + 2, TextFit.cut(strip.label, to: StripsPanel.labelWidth - 3),
                selected ?? painter.style(.key),
                limit: area.endColumn)
            if let shape = strip.shape, let axis = model.axis { paint(shape, axis, row, plot, &canvas) }
            let texts = [strip.sqnr, strip.share, strip.outlier, strip.dead]
            let bars: [Double?] = [strip.quality, strip.errorShare, nil, nil]
            for (place, text) in places.enumerated() {
                right(
                    texts[text], place, row, plot, selected ?? painter.style(.value), &canvas,
                    width: numberWidth, bar: bars[text], isError: text == 1)
            }
        }
        if let axis = model.axis { painter.axisLabels(axis, row: area.endRow - 1, plot, &canvas) }
        painter.place(
            first: model.start + first, shown: min(list.height, model.strips.count - first), of: model.count, rect,
            &canvas)
    }

    private func right(
        _ text: String, _ place: Int, _ row: Int, _ plot: Rect, _ style: Style, _ canvas: inout Canvas,
        width: Int, bar: Double? = nil, isError: Bool = false
    ) {
        let end = plot.endColumn + (place + 1) * width
        let cut = TextFit.cut(text, to: width - 1)
        canvas.put(row, end - CharacterWidth.of(cut), cut, style, limit: end)
        guard let bar, width > 9 else { return }
        Bar(painter: painter, isThin: true).paint(
            bar, row, end - width + 1, width: width - 9, painter.style(isError ? .clip : .histogram), &canvas)
    }

    /// Brighter where more values are, from extreme to extreme where that is not known yet, the clip limits over it.
    private func paint(_ shape: StripsModel.Strip.Shape, _ axis: Axis, _ row: Int, _ plot: Rect, _ canvas: inout Canvas)
    {
        func column(_ value: Double) -> Int {
            max(0, min(plot.width - 1, Int(axis.share(of: value) * Double(plot.width))))
        }
        if shape.density.isEmpty {
            for place in column(shape.minimum)...max(column(shape.minimum), column(shape.maximum)) {
                canvas.set(
                    row, plot.column + place, Cell(painter.glyphs.horizontal.value, style: painter.style(.histogram)))
            }
        } else {
            let line = Rect(row: row, column: plot.column, height: 1, width: plot.width)
            PixelPicture(painter, .sequential, rows: 2, columns: plot.width) { _, column in
                let share = shape.density[column * shape.density.count / plot.width]
                return share > 0 ? share : nil
            }.paint(line, &canvas)
        }
        for limit in [shape.clip.low, shape.clip.high] {
            let share = axis.share(of: limit)
            guard share >= 0, share <= 1 else { continue }
            // What lies at the limit is seen behind it.
            let place = plot.column + column(limit), there = canvas[row, place], clip = painter.style(.clip)
            let isFilled = there.scalar == PixelPicture.whole
            canvas.set(
                row, place,
                Cell(
                    painter.glyphs.clip.value,
                    style: isFilled ? Style(clip.foreground, on: there.style.foreground, clip.attributes) : clip))
        }
    }
}
