import Basics
import Explorer

/// The staircase r → r̂ above, its error below, over the distribution's axis.
struct TransferPainter: PanelPainter {
    static let panel = PanelID.transfer
    let painter: ScreenPainter

    static func target(_ content: Picture<TransferModel>, isFocused: Bool, _ rect: Rect, row: Int, column: Int)
        -> PanelTarget
    {
        share(column, TransferPanel.plot(in: rect.inner))
    }

    func paint(_ picture: Picture<TransferModel>, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.title(of: .transfer), isFocused: isFocused, &canvas)
        let area = rect.inner
        guard let transfer = painter.drawn(picture, area, &canvas) else { return }
        let plot = TransferPanel.plot(in: area)
        let heights = TransferPanel.heights(in: area)
        let stairs = Rect(row: plot.row, column: plot.column, height: heights.stairs, width: plot.width)
        let saw = Rect(row: stairs.endRow + 1, column: plot.column, height: heights.error, width: plot.width)
        guard stairs.height > 0, plot.width > 0 else { return }
        cursorLine(transfer, [stairs, saw], &canvas)
        staircase(transfer, stairs, area, &canvas)
        thresholds(transfer, row: stairs.endRow, plot, &canvas)
        sawtooth(transfer, saw, area, &canvas)
        painter.axisLabels(transfer.axis, row: saw.endRow, plot, &canvas)
    }

    private func staircase(_ model: TransferModel, _ plot: Rect, _ area: Rect, _ canvas: inout Canvas) {
        if plot.column > area.column {
            for row in plot.row..<plot.endRow {
                canvas.set(row, plot.column - 1, Cell(painter.glyphs.vertical.value, style: painter.style(.dim)))
            }
            // A label every second row, the cursor's level always.
            let chosen = model.cursor.map { model.reconstruction(of: $0) }
            var taken: Set<Int> = []
            for level in model.levels.sorted(by: { first, _ in first == chosen }) {
                guard let row = row(of: level, model, plot) else { continue }
                canvas.set(row, plot.column - 1, Cell(painter.glyphs.sideLevel.value, style: painter.style(.grid)))
                guard level == chosen || taken.isDisjoint(with: [row - 1, row, row + 1]) else { continue }
                taken.insert(row)
                label(
                    NumberText.significant(level, digits: 2), row: row, plot, &canvas,
                    level == chosen ? .value : .dim)
            }
        }
        identity(model, plot, &canvas)
        let lines = painter.glyphs.steps, style = painter.style(.curve)
        var before: Int?
        for column in 0..<plot.width {
            let level = model.reconstruction(at: (Double(column) + 0.5) / Double(plot.width), index: column)
            guard let row = row(of: level, model, plot) else {
                before = nil
                continue
            }
            func put(_ row: Int, _ glyph: Unicode.Scalar) {
                canvas.set(row, plot.column + column, Cell(glyph.value, style: style))
            }
            if let before, before != row {
                let isRising = row < before
                for between in min(row, before) + 1..<max(row, before) { put(between, lines.vertical) }
                put(before, isRising ? lines.endRising : lines.endFalling)
                put(row, isRising ? lines.startRising : lines.startFalling)
            } else {
                put(row, lines.horizontal)
            }
            before = row
        }
    }

    /// What a perfect reconstruction would be.
    private func identity(_ model: TransferModel, _ plot: Rect, _ canvas: inout Canvas) {
        guard !model.axis.isLogarithmic else { return }
        for column in 0..<plot.width {
            let value = model.axis.value(ofColumn: column, in: plot.width)
            let height = model.axis.share(of: value) * Double(plot.height)
            let row = plot.endRow - 1 - max(0, min(plot.height - 1, Int(height)))
            if canvas[row, plot.column + column].scalar == 32 {
                canvas.set(row, plot.column + column, Cell(painter.glyphs.rule.value, style: painter.style(.dim)))
            }
        }
    }

    /// The row of a level: its own, where a part of the levels is shown.
    private func row(of level: Double, _ model: TransferModel, _ plot: Rect) -> Int? {
        if model.isPart {
            return model.place(of: level).map { plot.endRow - 1 - $0 }.flatMap { $0 >= plot.row ? $0 : nil }
        }
        let share = model.axis.share(of: level)
        guard share.isFinite || level == 0 else { return nil }
        return plot.endRow - 1 - max(0, min(plot.height - 1, Int(max(0, min(1, share)) * Double(plot.height))))
    }

    private func thresholds(_ model: TransferModel, row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        for column in plot.column..<plot.endColumn {
            canvas.set(row, column, Cell(painter.glyphs.axis.value, style: painter.style(.dim)))
        }
        for threshold in model.thresholds {
            guard let column = model.axis.column(of: threshold, in: plot.width) else { continue }
            canvas.set(
                row, plot.column + column, Cell(painter.glyphs.threshold.value, style: painter.style(.grid)))
        }
        if let cursor = model.cursor { painter.markCursor(cursor, model.axis, row: row, plot, &canvas) }
    }

    /// Between -2 and 2 half steps, so that clipping is seen to leave the picture.
    private func sawtooth(_ model: TransferModel, _ plot: Rect, _ area: Rect, _ canvas: inout Canvas) {
        guard plot.height > 0 else { return }
        if plot.column > area.column {
            let text = "±" + NumberText.significant(2 * model.halfStep, digits: 2)
            label(text, row: plot.row, plot, &canvas)
        }
        var grid = DotGrid(painter.glyphs, width: plot.width, height: plot.height)
        let columns = Double(grid.columns)
        grid.draw { column in
            let error = model.error(at: (Double(column) + 0.5) / columns, index: column)
            let height = 0.5 + error / (4 * model.halfStep)
            return height < -0.01 || height > 1.01 ? .nan : height
        }
        grid.paint(plot, painter.style(.errorCurve), &canvas)
    }

    private func cursorLine(_ model: TransferModel, _ plots: [Rect], _ canvas: inout Canvas) {
        guard let cursor = model.cursor, let first = plots.first,
            let column = model.axis.column(of: cursor, in: first.width)
        else { return }
        for plot in plots {
            for row in plot.row..<plot.endRow {
                canvas.set(
                    row, plot.column + column, Cell(painter.glyphs.cursorLine.value, style: painter.style(.dim)))
            }
        }
    }

    private func label(
        _ text: String, row: Int, _ plot: Rect, _ canvas: inout Canvas, _ role: Role = .dim
    ) {
        let width = CharacterWidth.of(text)
        guard width <= TransferPanel.labelWidth - 1 else { return }
        canvas.put(row, plot.column - 1 - width, text, painter.style(role))
    }
}
