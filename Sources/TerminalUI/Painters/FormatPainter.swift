import Explorer

/// The pages of the format panel: words above, a picture or a list below.
struct FormatPainter: PanelPainter {
    static let panel = PanelID.format
    let painter: ScreenPainter

    func paint(_ format: FormatModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, painter.fitting(format.titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner, above = FormatPanel.wordRows(in: area)
        if case .notice(let text) = format.content {
            painter.notice(text, area, &canvas)
            return
        }
        // Parts that are longer than a line are broken, not left out.
        let parts = format.summary.flatMap { part in
            CharacterWidth.of(part) <= area.width ? [part] : TextFit.wrapped(part, to: area.width)
        }
        for (offset, line) in ScreenPainter.flow(parts, width: area.width).prefix(above).enumerated() {
            canvas.put(
                area.row + offset, area.column, line, painter.style(offset == 0 ? .value : .dim), limit: area.endColumn)
        }
        let rest = Rect(
            row: area.row + above, column: area.column, height: area.height - above, width: area.width)
        guard rest.height > 0, rest.width > FormatPanel.labelWidth else { return }
        let studies = StudyPainter(painter: painter)
        switch format.content {
        case .levels(let page): paint(page, rest, &canvas)
        case .floatGrid(let page): paint(page, rest, &canvas)
        case .blocks(let page): studies.paint(page, rest, &canvas)
        case .planes(let page): studies.paint(page, rest, &canvas)
        case .zeroBand(let page): studies.paint(page, rest, &canvas)
        case .vectors(let page): studies.paint(page, rest, &canvas)
        case .notice: break
        }
    }

    // MARK: Levels

    /// The ruler in two rows, then the list, in as many columns as its width holds.
    private func paint(_ page: LevelsPage, _ area: Rect, _ canvas: inout Canvas) {
        ruler(page.levels, page.borders, page.axis, row: area.row, area, &canvas)
        painter.axisLabels(page.axis, row: area.row + 1, area, &canvas)
        let list = Rect(row: area.row + 2, column: area.column, height: area.height - 2, width: area.width)
        guard list.height > 0 else { return }
        let codeWidth = max(4, page.rows.map { CharacterWidth.of($0.code) }.max() ?? 4) + 1
        let hasCells = list.width >= codeWidth + 44
        for (offset, item) in page.rows.prefix(list.height).enumerated() {
            let row = list.row + offset
            let style = painter.style(item.isAtCursor ? .selected : item.isZero ? .zero : item.isUsed ? .text : .dim)
            if item.isAtCursor {
                canvas.fill(Rect(row: row, column: list.column, height: 1, width: list.width), " ", style)
            }
            var column = list.column
            func put(_ text: String, _ width: Int) {
                canvas.put(row, column, TextFit.cut(text, to: width - 1), style, limit: list.endColumn)
                column += width
            }
            put((item.isAtCursor ? "▸" : " ") + item.code, codeWidth + 1)
            put(item.level, 11)
            if hasCells { put("\(item.from) … \(item.to)", 26) }
            put(item.share, 9)
        }
    }

    /// Levels and the borders of their cells over an axis.
    private func ruler(
        _ levels: [Double], _ borders: [Double], _ axis: Axis, row: Int, _ area: Rect, _ canvas: inout Canvas
    ) {
        let glyphs = painter.glyphs
        for column in 0..<area.width {
            canvas.set(row, area.column + column, Cell(glyphs.axis.value, style: painter.style(.dim)))
        }
        for border in borders {
            guard let column = axis.column(of: border, in: area.width) else { continue }
            canvas.set(row, area.column + column, Cell(glyphs.mark.value, style: painter.style(.clip)))
        }
        for level in levels {
            guard let column = axis.column(of: level, in: area.width) else { continue }
            let role: Role = level == 0 ? .zero : .grid
            let glyph = level == 0 ? glyphs.zero : glyphs.level
            canvas.set(row, area.column + column, Cell(glyph.value, style: painter.style(role)))
        }
    }

    // MARK: Exponents and mantissas

    /// A row an exponent, a column a mantissa, darker where values are more.
    private func paint(_ page: FloatGridPage, _ area: Rect, _ canvas: inout Canvas) {
        // In a narrow panel the exponents have to do without their values.
        let isNarrow = area.width < 17 + 8 + min(16, 2 * page.mantissas)
        let left = isNarrow ? 8 : 17, right = 8
        let room = max(1, area.width - left - right)
        let cell = max(1, min(6, room / page.mantissas)), columns = min(page.mantissas, room)
        let shown = page.rows.dropFirst(page.firstRow).prefix(area.height)
        for (offset, item) in shown.enumerated() {
            let row = area.row + offset
            let label = item.isSubnormal ? "E 0 sub" : "E \(item.exponent)" + (item.isLargest ? " max" : "")
            canvas.put(row, area.column, label, painter.style(item.isLargest || item.isSubnormal ? .key : .text))
            let width = CharacterWidth.of(item.value)
            if !isNarrow { canvas.put(row, area.column + left - 1 - width, item.value, painter.style(.dim)) }
            for column in 0..<columns {
                // Where mantissas are more than columns, the darkest of those that share one.
                let from = column * page.mantissas / columns,
                    to = max(from + 1, (column + 1) * page.mantissas / columns)
                let shades = item.shades[from..<to], known = shades.compactMap { $0 }
                let glyph = known.isEmpty ? Unicode.Scalar("x") : painter.glyphs.shade(known.max() ?? 0)
                let role: Role = known.isEmpty ? .clip : .histogram
                for step in 0..<max(1, cell - (cell > 2 ? 1 : 0)) {
                    canvas.set(
                        row, area.column + left + column * cell + step, Cell(glyph.value, style: painter.style(role)))
                }
            }
            canvas.put(
                row, area.endColumn - CharacterWidth.of(item.share), item.share, painter.style(.dim))
        }
    }
}
