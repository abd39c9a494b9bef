import Explorer

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Both histograms over one axis, the clip limits, the grid as a ruler, and numbers for all of them.
struct DistributionPainter {
    let painter: ScreenPainter

    private static let labelWidth = 6

    /// The cells of the bars within a panel.
    static func plot(in area: Rect) -> Rect {
        let left = area.width >= 30 ? labelWidth : 0
        let below = area.height >= 9 ? 3 : 2
        return Rect(
            row: area.row + 1, column: area.column + left, height: area.height - 1 - below, width: area.width - left)
    }

    func paint(_ model: ScreenModel, _ rect: Rect, _ canvas: inout Canvas) {
        let distribution = model.distribution
        painter.frame(rect, distribution.title, isFocused: model.focus == .distribution, &canvas)
        let area = rect.inner
        parts(distribution.statistics, row: area.row, area, &canvas)
        let plot = Self.plot(in: area)
        guard !distribution.original.isEmpty else {
            if let notice = distribution.notice {
                let lines = painter.wrapped(notice, to: area.width - 2)
                for (offset, line) in lines.enumerated() where offset < plot.height {
                    let row = plot.row + max(0, (plot.height - lines.count) / 2) + offset
                    let column = area.column + max(0, (area.width - CharacterWidth.of(line)) / 2)
                    canvas.put(row, column, line, painter.style(.warning))
                }
            }
            return
        }
        bars(distribution, plot, &canvas)
        countLabels(distribution, area, plot, &canvas)
        ruler(distribution, row: plot.endRow, plot, &canvas)
        axisLabels(distribution, row: plot.endRow + 1, plot, &canvas)
        if area.height >= 9 { parts(distribution.gridText, row: plot.endRow + 2, area, &canvas) }
    }

    /// As many parts as the row holds.
    private func parts(_ parts: [String], row: Int, _ area: Rect, _ canvas: inout Canvas) {
        var column = area.column
        for part in parts {
            guard column + CharacterWidth.of(part) <= area.endColumn else { return }
            column = canvas.put(row, column, part, painter.style(.dim)) + 2
        }
    }

    // MARK: Bars

    private func bars(_ model: DistributionModel, _ plot: Rect, _ canvas: inout Canvas) {
        let steps = painter.glyphs.bars.count - 1
        let largest = Double(max(model.original.max() ?? 0, model.reconstruction.max() ?? 0, 1))
        func height(_ count: UInt64) -> Int {
            guard count > 0 else { return 0 }
            let share =
                model.hasLogCounts && largest > 1 ? log1p(Double(count)) / log1p(largest) : Double(count) / largest
            return max(1, Int((share * Double(plot.height * steps)).rounded()))
        }
        func bins(_ column: Int) -> Range<Int> {
            let count = model.original.count
            let start = column * count / plot.width
            return start..<max(start + 1, (column + 1) * count / plot.width)
        }
        for column in 0..<plot.width {
            let range = bins(column)
            let filled = height(model.original[range].max() ?? 0)
            for step in 0..<plot.height {
                let rest = filled - step * steps
                guard rest > 0 else { break }
                canvas.set(
                    plot.endRow - 1 - step, plot.column + column,
                    Cell(painter.glyphs.bars[min(rest, steps)].value, style: painter.style(.histogram)))
            }
            let line = height(model.reconstruction[range].max() ?? 0)
            if line > 0 {
                canvas.set(
                    plot.endRow - 1 - (line - 1) / steps, plot.column + column,
                    Cell(painter.glyphs.reconstruction.value, style: painter.style(.reconstruction)))
            }
        }
        for limit in [model.clipLow, model.clipHigh] {
            guard let column = column(of: limit, model, plot) else { continue }
            for row in plot.row..<plot.endRow where canvas[row, column].scalar != painter.glyphs.reconstruction.value {
                canvas.set(row, column, Cell(painter.glyphs.clip.value, style: painter.style(.clip)))
            }
        }
    }

    private func column(of value: Double, _ model: DistributionModel, _ plot: Rect) -> Int? {
        guard value >= model.axisLow, value <= model.axisHigh, model.axisHigh > model.axisLow else { return nil }
        let share = (value - model.axisLow) / (model.axisHigh - model.axisLow)
        return plot.column + min(plot.width - 1, Int(share * Double(plot.width)))
    }

    private func countLabels(_ model: DistributionModel, _ area: Rect, _ plot: Rect, _ canvas: inout Canvas) {
        guard plot.column > area.column else { return }
        let largest = max(model.original.max() ?? 0, model.reconstruction.max() ?? 0)
        let labels = [
            (plot.row, (model.isEstimate ? "≈" : "") + NumberText.short(Double(largest))),
            (plot.endRow - 1, model.hasLogCounts && largest > 1 ? "1" : "0"),
        ]
        for (row, text) in labels {
            canvas.put(row, plot.column - 1 - CharacterWidth.of(text), text, painter.style(.dim))
        }
    }

    // MARK: Ruler

    private func ruler(_ model: DistributionModel, row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        let glyphs = painter.glyphs
        for column in plot.column..<plot.endColumn {
            canvas.set(row, column, Cell(glyphs.axis.value, style: painter.style(.dim)))
        }
        for isUsed in [false, true] {
            for level in model.levels where (level.count > 0) == isUsed {
                guard let column = column(of: level.value, model, plot) else { continue }
                let glyph = isUsed ? glyphs.level : glyphs.emptyLevel
                canvas.set(row, column, Cell(glyph.value, style: painter.style(isUsed ? .grid : .dim)))
            }
        }
        if let zero = model.levels.first(where: { $0.isZero }), let column = column(of: zero.value, model, plot) {
            canvas.set(row, column, Cell(glyphs.zero.value, style: painter.style(.zero)))
        }
    }

    private func axisLabels(_ model: DistributionModel, row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        let low = NumberText.significant(model.axisLow, digits: 3),
            high = NumberText.significant(model.axisHigh, digits: 3)
        let style = painter.style(.dim)
        canvas.put(row, plot.column, low, style, limit: plot.endColumn)
        let highColumn = plot.endColumn - CharacterWidth.of(high)
        canvas.put(row, highColumn, high, style)
        if let zero = column(of: 0, model, plot), zero > plot.column + CharacterWidth.of(low) + 1, zero < highColumn - 2
        {
            canvas.put(row, zero, "0", style)
        }
    }
}
