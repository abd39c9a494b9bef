import Explorer

/// Curves of a run, one picture above the other where there is room.
struct LabCurvesPainter: PanelPainter {
    static let panel = PanelID.labCurves
    let painter: ScreenPainter

    private static let roles: [Role] = [.histogram, .reconstruction, .clip, .errorCurve, .grid, .key]
    /// Rows that a picture needs.
    private static let leastHeight = 9

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
        let frame = PlotFrame(painter: painter, x: picture.x, y: picture.y, xTitle: picture.xTitle)
        let rect = Rect(
            row: area.row, column: area.column, height: max(1, area.height - legend), width: area.width)
        let plot = frame.plot(in: rect)
        paintLegend(
            picture, Rect(row: area.endRow - legend, column: area.column, height: legend, width: area.width), &canvas)
        frame.paint(rect, &canvas)
        LinePlot(
            painter: painter,
            series: picture.curves.reversed().map { curve in
                LinePlot.Series(
                    points: curve.points, style: style(curve.number), letter: curve.mark,
                    mark: picture.hasMarks && curve.points.count <= plot.width / 3 ? "●" : nil)
            }
        ).paint(plot, &canvas)
        for curve in picture.curves {
            guard let end = curve.points.last else { continue }
            if let cell = LinePlot.cell(end, plot) {
                canvas.put(cell.row, cell.column, String(curve.mark), style(curve.number))
            }
        }
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

    private func style(_ number: Int) -> Style { painter.style(Self.role(number)) }

    /// The colour of what is trained or tried, by its number.
    static func role(_ number: Int) -> Role { roles[number % roles.count] }
}
