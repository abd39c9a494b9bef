import Basics
import Explorer

/// Error curves over the clip limit, calibrators' choices by their signs on the axis, and what they and theory reach.
struct ObjectivePainter: PanelPainter {
    static let panel = PanelID.objective
    let painter: ScreenPainter

    func paint(_ picture: Picture<ObjectiveModel>, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        let titles = if case .drawn(let model) = picture { model.titles } else { [ScreenText.title(of: .objective)] }
        painter.frame(rect, painter.fitting(titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner
        guard let objective = painter.drawn(picture, area, &canvas) else { return }
        let parts = ObjectivePanel.parts(in: area)
        readout(objective, parts.readout, &canvas)
        curves(objective, parts.plot, &canvas)
        legend(objective, parts.plot, &canvas)
        marks(objective, parts, &canvas)
        painter.axisLabels(objective.axis, row: parts.labels, parts.plot, &canvas)
        if parts.list.height >= 6 {
            list(objective, parts.list, &canvas)
        } else {
            compactList(objective, parts.list, &canvas)
        }
    }

    /// Numbers at the cursor, in as many rows as there are.
    private func readout(_ model: ObjectiveModel, _ rect: Rect, _ canvas: inout Canvas) {
        var row = rect.row, column = rect.column
        for part in model.readout {
            let width = CharacterWidth.of(part)
            if column > rect.column, column + width > rect.endColumn {
                row += 1
                column = rect.column
            }
            guard row < rect.endRow, column + width <= rect.endColumn else { continue }
            column = canvas.put(row, column, part, painter.style(model.isEstimate ? .estimate : .value)) + 2
        }
    }

    private func style(of curve: ObjectiveModel.Curve) -> Style {
        switch curve {
        case .mse: painter.style(.reconstruction)
        case .clipping: painter.style(.clip)
        case .rounding: painter.style(.grid)
        case .mae: painter.style(.errorCurve)
        case .divergence: painter.style(.dim)
        }
    }

    /// Which of a curve's columns are drawn: curves are distinguished without colours.
    private static func dash(of curve: ObjectiveModel.Curve) -> (shown: Int, of: Int) {
        switch curve {
        case .mse: (1, 1)
        case .clipping: (4, 6)
        case .rounding: (1, 2)
        case .mae: (2, 5)
        case .divergence: (1, 4)
        }
    }

    private func curves(_ model: ObjectiveModel, _ plot: Rect, _ canvas: inout Canvas) {
        vertical(model.current, painter.glyphs.clip, .clip, plot, &canvas)
        if model.cursor != model.current {
            vertical(model.cursor, painter.glyphs.cursorLine, .dim, plot, &canvas)
        }
        for curve in ObjectiveModel.Curve.allCases.reversed() {
            if painter.glyphs.isASCII {
                letters(model, curve, plot, &canvas)
                continue
            }
            var grid = DotGrid(painter.glyphs, width: plot.width, height: plot.height)
            let columns = Double(grid.columns)
            grid.draw(dash: Self.dash(of: curve)) { column in
                let height = model.height(of: curve, at: (Double(column) + 0.5) / columns) ?? .nan
                // What leaves the picture is not drawn along its edge.
                return height < -0.02 || height > 1.02 ? .nan : height
            }
            grid.paint(plot, style(of: curve), &canvas)
        }
        guard plot.column > 0, plot.height > 1 else { return }
        label(NumberText.fixed(model.worstSQNR, places: 1), row: plot.row, plot, &canvas)
        label(NumberText.fixed(model.bestSQNR, places: 1), row: plot.endRow - 1, plot, &canvas)
        if plot.height >= 6 {
            label("SQNR", row: plot.row + plot.height / 2, plot, &canvas)
            label("dB", row: plot.row + plot.height / 2 + 1, plot, &canvas)
        }
    }

    /// Without dots fine enough for dashes a curve is shown by its letter.
    private func letters(
        _ model: ObjectiveModel, _ curve: ObjectiveModel.Curve, _ plot: Rect, _ canvas: inout Canvas
    ) {
        for column in 0..<plot.width {
            guard let height = model.height(of: curve, at: (Double(column) + 0.5) / Double(plot.width)),
                (-0.02...1.02).contains(height)
            else { continue }
            let row = plot.endRow - 1 - max(0, min(plot.height - 1, Int((height * Double(plot.height - 1)).rounded())))
            canvas.put(row, plot.column + column, sample(of: curve), style(of: curve))
        }
    }

    /// How a curve looks, for the legend; where dots are too coarse for dashes, a letter.
    private func sample(of curve: ObjectiveModel.Curve) -> String {
        let isASCII = painter.glyphs.isASCII
        return switch curve {
        case .mse: isASCII ? "#" : "━"
        case .clipping: isASCII ? "c" : "╌"
        case .rounding: isASCII ? "r" : "┈"
        case .mae: isASCII ? "a" : "╴"
        case .divergence: isASCII ? "k" : "·"
        }
    }

    private func label(_ text: String, row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        let width = CharacterWidth.of(text)
        guard width < ObjectivePanel.labelWidth, plot.column >= width + 1 else { return }
        canvas.put(row, plot.column - 1 - width, text, painter.style(.dim))
    }

    private func vertical(
        _ share: Double?, _ glyph: Unicode.Scalar, _ role: Role, _ plot: Rect, _ canvas: inout Canvas
    ) {
        guard let column = column(share, plot) else { return }
        for row in plot.row..<plot.endRow {
            canvas.set(row, column, Cell(glyph.value, style: painter.style(role)))
        }
    }

    private func column(_ share: Double?, _ plot: Rect) -> Int? {
        guard let share, share >= 0, share <= 1 else { return nil }
        return plot.column + min(plot.width - 1, Int(share * Double(plot.width)))
    }

    /// Names of the curves in their colours, in the upper right corner where errors are large on both sides of the valley.
    private func legend(_ model: ObjectiveModel, _ plot: Rect, _ canvas: inout Canvas) {
        let names = ObjectiveModel.Curve.allCases.map { ($0, sample(of: $0) + ScreenText.name(of: $0)) }
        let width = names.reduce(-1) { $0 + $1.1.count + 1 }
        guard plot.height >= 4, width <= plot.width - 2 else { return }
        var column = plot.column + (plot.width - width) / 2
        for (curve, name) in names {
            column = canvas.put(plot.row, column, name, style(of: curve), limit: plot.endColumn) + 1
        }
    }

    private func marks(_ model: ObjectiveModel, _ parts: ObjectivePanel.Parts, _ canvas: inout Canvas) {
        let rect = parts.marks
        for column in rect.column..<rect.endColumn {
            canvas.set(rect.row, column, Cell(painter.glyphs.axis.value, style: painter.style(.dim)))
        }
        var taken: Set<Int> = []
        for mark in model.marks {
            guard let column = column(mark.share, parts.plot) else { continue }
            // On the axis itself, below it where that cell is taken; a third one is in the list alone.
            let row = taken.contains(column) ? rect.row + 1 : rect.row
            guard row < rect.endRow, canvas[row, column].scalar == 32 || row == rect.row else {
                // Several meet.
                canvas.put(rect.endRow - 1, column, "+", painter.style(.value))
                continue
            }
            taken.insert(column)
            let role: Role = mark.isAtCursor ? .cursor : mark.isInUse ? .key : mark.isBest ? .better : .value
            canvas.put(row, column, String(mark.sign), painter.style(role))
        }
        if let column = column(model.cursor, parts.plot) {
            var cell = canvas[rect.row, column]
            cell.style = painter.style(.cursor)
            canvas.set(rect.row, column, cell)
        }
    }

    private func list(_ model: ObjectiveModel, _ rect: Rect, _ canvas: inout Canvas) {
        // Theory keeps its rows; of the choices the best ones stay, in the order of their limits.
        let theory = model.theory.flatMap { TextFit.wrapped($0, to: rect.width) }
        let room = max(3, rect.height - theory.count - 1)
        let kept = Set(
            model.marks.indices.sorted { first, second in
                func rank(_ mark: ObjectiveModel.Mark) -> Double {
                    mark.isInUse || mark.isAtCursor ? -1 : mark.height ?? -1
                }
                return rank(model.marks[first]) < rank(model.marks[second])
            }.prefix(room))
        let marks = model.marks.indices.filter { kept.contains($0) }.map { model.marks[$0] }
        var row = rect.row
        if rect.height > marks.count + theory.count + 1 {
            let heads = ScreenText.choiceHeads, style = painter.style(.dim)
            canvas.put(row, rect.column + 2, heads.0, style)
            put(heads.1, endingAt: rect.column + min(25, rect.width - 8), row, style, &canvas)
            put(heads.2, endingAt: rect.endColumn, row, style, &canvas)
            row += 1
        }
        for mark in marks where row < rect.endRow {
            let style = painter.style(mark.isAtCursor ? .selected : mark.isInUse ? .key : mark.isBest ? .better : .text)
            if mark.isAtCursor {
                canvas.fill(Rect(row: row, column: rect.column, height: 1, width: rect.width), " ", style)
            }
            canvas.put(row, rect.column, String(mark.sign), style)
            let limitStart = rect.column + min(25, rect.width - 8) - CharacterWidth.of(mark.limit)
            canvas.put(
                row, rect.column + 2, TextFit.cut(mark.name, to: limitStart - rect.column - 3), style,
                limit: rect.column + 18)
            put(mark.limit, endingAt: rect.column + min(25, rect.width - 8), row, style, &canvas)
            put(mark.sqnr, endingAt: rect.column + rect.width - (rect.width >= 33 ? 2 : 0), row, style, &canvas)
            if mark.isBest, rect.width >= 33 { canvas.put(row, rect.endColumn - 1, "*", painter.style(.better)) }
            row += 1
        }
        row += row + theory.count < rect.endRow ? 1 : 0
        for line in theory where row < rect.endRow {
            canvas.put(row, rect.column, line, painter.style(.dim), limit: rect.endColumn)
            row += 1
        }
    }

    private func put(_ text: String, endingAt column: Int, _ row: Int, _ style: Style, _ canvas: inout Canvas) {
        canvas.put(row, column - CharacterWidth.of(text), text, style)
    }

    /// The best choice, then the others by their limits, in a flow of rows.
    private func compactList(_ model: ObjectiveModel, _ rect: Rect, _ canvas: inout Canvas) {
        var row = rect.row, column = rect.column
        let ordered =
            model.marks.filter { $0.isAtCursor }
            + model.marks.filter { !$0.isAtCursor }.sorted { ($0.height ?? 0) < ($1.height ?? 0) }
        for mark in ordered {
            let text = "\(mark.sign) \(mark.name) \(mark.sqnr)" + (mark.isBest ? "*" : "")
            let width = CharacterWidth.of(text)
            if column > rect.column, column + width > rect.endColumn {
                row += 1
                column = rect.column
            }
            guard row < rect.endRow, column + width <= rect.endColumn else { continue }
            let role: Role = mark.isAtCursor ? .selected : mark.isInUse ? .key : mark.isBest ? .better : .dim
            column = canvas.put(row, column, text, painter.style(role)) + 2
        }
    }
}
