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
        // Two rows are the thresholds and the axis.
        let errorHeight = max(1, (area.height - 2) * 2 / 5)
        let stairs = Rect(
            row: plot.row, column: plot.column, height: area.height - 2 - errorHeight, width: plot.width)
        let saw = Rect(row: stairs.endRow + 1, column: plot.column, height: errorHeight, width: plot.width)
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
            for level in model.levels {
                let row = plot.endRow - 1 - min(plot.height - 1, Int(model.axis.share(of: level) * Double(plot.height)))
                canvas.set(row, plot.column - 1, Cell(painter.glyphs.sideLevel.value, style: painter.style(.grid)))
            }
            label(NumberText.significant(model.axis.high, digits: 2), row: plot.row, plot, &canvas)
            if plot.height > 1 {
                label(NumberText.significant(model.axis.low, digits: 2), row: plot.endRow - 1, plot, &canvas)
            }
        }
        var grid = DotGrid(painter.glyphs, width: plot.width, height: plot.height)
        let columns = Double(grid.columns)
        grid.draw { column in
            model.axis.share(of: model.reconstruction(at: (Double(column) + 0.5) / columns, index: column))
        }
        grid.paint(plot, painter.style(.curve), &canvas)
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

    private func label(_ text: String, row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        let width = CharacterWidth.of(text)
        guard width <= TransferPanel.labelWidth - 1 else { return }
        canvas.put(row, plot.column - 1 - width, text, painter.style(.dim))
    }
}
