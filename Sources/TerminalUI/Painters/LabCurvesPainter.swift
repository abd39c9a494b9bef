import Explorer

/// Curves of a run, one picture above the other where there is room.
struct LabCurvesPainter: PanelPainter {
    static let panel = PanelID.labCurves
    let painter: ScreenPainter

    private static let roles: [Role] = [.histogram, .reconstruction, .clip, .errorCurve, .grid, .key]
    /// Rows that a picture needs, and columns beside it.
    private static let leastHeight = 8, labelWidth = 6

    func paint(_ model: LabCurvesModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        let room = max(1, rect.inner.height / Self.leastHeight)
        let first = max(0, min(model.shown, model.pictures.count - room))
        let shown = Array(model.pictures.dropFirst(first).prefix(room))
        let title = shown.first.map { $0.title } ?? ScreenText.title(of: .labCurves)
        painter.frame(rect, title, isFocused: isFocused, &canvas)
        if let notice = model.notice {
            painter.notice(notice, rect.inner, &canvas)
            return
        }
        let area = rect.inner
        for (place, picture) in shown.enumerated() {
            let start = area.height * place / shown.count, end = area.height * (place + 1) / shown.count
            let part = Rect(row: area.row + start, column: area.column, height: end - start, width: area.width)
            paint(picture, hasTitle: place > 0, part, &canvas)
        }
        painter.place(first: first, shown: shown.count, of: model.pictures.count, rect, &canvas)
    }

    private func paint(_ picture: LabCurvesModel.Picture, hasTitle: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        var area = rect
        if hasTitle {
            canvas.put(
                area.row, area.column + 1, TextFit.cut(picture.title, to: area.width - 2), painter.style(.title),
                limit: area.endColumn)
            area = Rect(row: area.row + 1, column: area.column, height: area.height - 1, width: area.width)
        }
        let names = picture.curves.map { "\($0.mark) \($0.name) \($0.value)" }
        // Names in as many rows as leave the picture half of them.
        let lines = ScreenPainter.flow(names, width: area.width)
        let legend = min(lines.count, max(1, area.height / 3))
        let plot = Rect(
            row: area.row, column: area.column + Self.labelWidth, height: max(1, area.height - legend - 1),
            width: max(1, area.width - Self.labelWidth))
        paintLegend(
            picture, Rect(row: area.endRow - legend, column: area.column, height: legend, width: area.width), &canvas)
        label(picture.high, plot.row, plot, &canvas)
        if plot.height > 1 { label(picture.low, plot.endRow - 1, plot, &canvas) }
        for row in plot.row..<plot.endRow {
            canvas.set(
                row, plot.column - 1, Cell(painter.glyphs.vertical.value, style: painter.style(.border)))
        }
        canvas.put(plot.endRow, plot.column, picture.first, painter.style(.dim), limit: plot.endColumn)
        canvas.put(plot.endRow, plot.endColumn - CharacterWidth.of(picture.last), picture.last, painter.style(.dim))
        for curve in picture.curves.reversed() { paint(curve, curve.number, plot, &canvas) }
        for curve in picture.curves {
            guard let end = curve.points.last else { continue }
            let (row, column) = place(end.x, end.y, plot)
            canvas.put(row, column, String(curve.mark), style(curve.number))
        }
    }

    private func paint(_ curve: LabCurvesModel.Line, _ number: Int, _ plot: Rect, _ canvas: inout Canvas) {
        if painter.glyphs.isASCII {
            // Dots are too coarse to tell curves apart: their letters do.
            for column in 0..<plot.width {
                guard let height = curve.height(at: (Double(column) + 0.5) / Double(plot.width)) else { continue }
                let (row, _) = place(0, height, plot)
                canvas.put(row, plot.column + column, String(curve.mark), style(number))
            }
            return
        }
        var grid = DotGrid(painter.glyphs, width: plot.width, height: plot.height)
        let columns = Double(grid.columns)
        grid.draw { curve.height(at: (Double($0) + 0.5) / columns) ?? .nan }
        // A single point has no line.
        if curve.points.count == 1, let only = curve.points.first {
            grid.set(Int(only.x * (columns - 1)), Int(only.y * Double(grid.rows - 1)))
        }
        grid.paint(plot, style(number), &canvas)
    }

    private func place(_ x: Double, _ y: Double, _ plot: Rect) -> (row: Int, column: Int) {
        (
            plot.endRow - 1 - max(0, min(plot.height - 1, Int((y * Double(plot.height - 1)).rounded()))),
            plot.column + max(0, min(plot.width - 1, Int(x * Double(plot.width))))
        )
    }

    private func paintLegend(_ picture: LabCurvesModel.Picture, _ rect: Rect, _ canvas: inout Canvas) {
        var row = rect.row, column = rect.column
        for curve in picture.curves {
            let text = "\(curve.mark) \(curve.name) \(curve.value)", width = CharacterWidth.of(text)
            if column > rect.column, column + width > rect.endColumn {
                row += 1
                column = rect.column
            }
            guard row < rect.endRow else { return }
            column = canvas.put(row, column, text, style(curve.number), limit: rect.endColumn) + 2
        }
    }

    private func label(_ text: String, _ row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        let cut = TextFit.cut(text, to: Self.labelWidth - 1)
        canvas.put(row, plot.column - 1 - CharacterWidth.of(cut), cut, painter.style(.dim))
    }

    private func style(_ number: Int) -> Style { painter.style(Self.role(number)) }

    /// The colour of what is trained or tried, by its number.
    static func role(_ number: Int) -> Role { roles[number % roles.count] }
}
