import Basics
import Explorer

/// Both histograms over one axis, where the error comes from, the clip limits, the grid as a ruler, the cursor, and numbers for all of them.
struct DistributionPainter: PanelPainter {
    static let panel = PanelID.distribution
    let painter: ScreenPainter

    static func target(_ content: DistributionModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int)
        -> PanelTarget
    {
        share(column, DistributionPanel.plot(in: rect.inner))
    }

    func paint(_ distribution: DistributionModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, painter.fitting(distribution.titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner, plot = DistributionPanel.plot(in: area)
        painter.parts(distribution.statistics, row: area.row, area, &canvas)
        guard !distribution.original.isEmpty else {
            if let notice = distribution.notice { painter.notice(notice, plot, &canvas) }
            return
        }
        let chart = BarChart(
            painter: painter, counts: distribution.original, line: distribution.reconstruction,
            hasLogCounts: distribution.hasLogCounts)
        rules(distribution, plot, &canvas)
        chart.paint(plot, &canvas)
        verticals(distribution, plot, &canvas)
        countLabels(distribution, chart, area, plot, &canvas)
        let strip = Rect(
            row: plot.endRow, column: plot.column, height: DistributionPanel.errorRows(in: area), width: plot.width)
        errors(distribution, strip, area, &canvas)
        ruler(distribution, row: strip.endRow, plot, &canvas)
        // Codes where all elements are in units, else values.
        painter.axisLabels(distribution.codes ?? distribution.axis, row: strip.endRow + 1, plot, &canvas)
        let below = area.endRow - strip.endRow - 2
        if below >= 1 {
            let fitting = distribution.cursorText.first { CharacterWidth.of($0) <= area.width }
            if let text = fitting { canvas.put(strip.endRow + 2, area.column, text, painter.style(.value)) }
        }
        if below >= 2 { painter.parts(distribution.gridText, row: strip.endRow + 3, area, &canvas) }
    }

    /// Levels through the empty part of the plot, dotted.
    private func rules(_ model: DistributionModel, _ plot: Rect, _ canvas: inout Canvas) {
        for rule in model.rules {
            guard let column = model.axis.column(of: rule, in: plot.width) else { continue }
            for row in stride(from: plot.row, to: plot.endRow, by: 2) {
                canvas.set(
                    row, plot.column + column, Cell(painter.glyphs.rule.value, style: painter.style(.border)))
            }
        }
    }

    /// Clip limits and cursor; where both signs share an axis the limits may fall into one column.
    private func verticals(_ model: DistributionModel, _ plot: Rect, _ canvas: inout Canvas) {
        let glyphs = painter.glyphs
        func isFree(_ row: Int, _ column: Int) -> Bool { [32, glyphs.rule.value].contains(canvas[row, column].scalar) }
        if let cursor = model.cursor, let column = model.axis.column(of: cursor, in: plot.width) {
            for row in plot.row..<plot.endRow where isFree(row, plot.column + column) {
                canvas.set(
                    row, plot.column + column, Cell(glyphs.cursorLine.value, style: painter.style(.dim)))
            }
        }
        for limit in [model.clipLow, model.clipHigh] {
            guard let column = model.axis.column(of: limit, in: plot.width) else { continue }
            for row in plot.row..<plot.endRow {
                let there = canvas[row, plot.column + column].scalar
                if there == glyphs.reconstruction.value || there == glyphs.stem.value { continue }
                if painter.theme.tier != .mono, there == glyphs.bars.last?.value {
                    let bar = canvas[row, plot.column + column].style, clip = painter.style(.clip)
                    canvas.set(
                        row, plot.column + column,
                        Cell(glyphs.clip.value, style: Style(clip.foreground, on: bar.foreground, clip.attributes)))
                    continue
                }
                // Through a bar the line is dashed: both are to be seen, and the lowest cell is the bar's.
                let isBar = there != 32 && there != glyphs.cursorLine.value && there != glyphs.rule.value
                let isBarShown = isBar && ((plot.endRow - row) % 2 == 1 || there != glyphs.bars.last?.value)
                let scalar = isBarShown ? there : glyphs.clip.value
                canvas.set(
                    row, plot.column + column, Cell(scalar, style: painter.style(isBarShown ? .histogram : .clip)))
            }
        }
    }

    private func countLabels(
        _ model: DistributionModel, _ chart: BarChart, _ area: Rect, _ plot: Rect, _ canvas: inout Canvas
    ) {
        guard plot.column > area.column else { return }
        let largest = chart.largest
        var labels = [(plot.row, (model.isEstimate ? "≈" : "") + NumberText.short(Double(largest)))]
        if model.hasLogCounts, largest > 1 {
            labels.append((max(plot.row + 1, plot.endRow - chart.rows(of: 1, height: plot.height)), "1"))
        } else {
            labels.append((plot.endRow - 1, "0"))
        }
        for (row, text) in labels {
            canvas.put(row, plot.column - 1 - CharacterWidth.of(text), text, painter.style(.dim))
        }
    }

    /// The brighter, the more of the squared error comes from there.
    private func errors(_ model: DistributionModel, _ strip: Rect, _ area: Rect, _ canvas: inout Canvas) {
        guard strip.height > 0, let most = model.errorShares.max(), most > 0 else { return }
        let bins = model.errorShares.count
        let shares = (0..<strip.width).map { column -> Double in
            let start = column * bins / strip.width, end = max(start + 1, (column + 1) * bins / strip.width)
            return (model.errorShares[start..<end].max() ?? 0) / most
        }
        // What is a thousandth of the most is seen still.
        PixelPicture(painter, .sequential, rows: 2 * strip.height, columns: strip.width) { _, column in
            shares[column] < 1e-3 ? nil : shares[column].squareRoot()
        }.paint(strip, &canvas)
        if strip.column > area.column {
            let name = ScreenText.squaredErrorStrip
            canvas.put(strip.row, strip.column - 1 - CharacterWidth.of(name), name, painter.style(.dim))
        }
    }

    private func ruler(_ model: DistributionModel, row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        let glyphs = painter.glyphs, bins = max(1, model.ruler.count)
        for offset in 0..<plot.width {
            let start = offset * bins / plot.width
            let end = max(start + 1, (offset + 1) * bins / plot.width)
            let mark = model.ruler[start..<min(end, bins)].max() ?? .nothing
            let (glyph, role): (Unicode.Scalar, Role) =
                switch mark {
                case .nothing: (glyphs.axis, .dim)
                case .emptyLevel: (glyphs.emptyLevel, .dim)
                case .usedLevel: (glyphs.level, .grid)
                case .zero: (glyphs.zero, .zero)
                }
            canvas.set(row, plot.column + offset, Cell(glyph.value, style: painter.style(role)))
        }
        if let cursor = model.cursor { painter.markCursor(cursor, model.axis, row: row, plot, &canvas) }
    }
}
