import Basics
import Explorer
import Quantization

/// The pictures of block scales, bit planes, zero bands and vectors.
struct StudyPainter {
    let painter: ScreenPainter

    // MARK: Shared scales

    /// Above, the scale of each block; below, what its largest value costs the others.
    func paint(_ page: BlocksPage, _ area: Rect, _ canvas: inout Canvas) {
        let left = FormatPanel.labelWidth, width = area.width - left
        let upper = max(1, (area.height - 1) * 3 / 5), lower = max(0, area.height - 1 - upper)
        func label(_ text: String, _ row: Int, _ role: Role = .dim) {
            let cut = TextFit.cut(text, to: left - 1)
            canvas.put(row, area.column + left - 1 - CharacterWidth.of(cut), cut, painter.style(role))
        }
        func number(_ value: Double) -> String { NumberText.significant(value, digits: 3) }
        let glyphs = painter.glyphs, full = glyphs.bars[glyphs.bars.count - 1], steps = glyphs.bars.count - 1
        func bar(_ share: Double, _ height: Int, _ end: Int, _ column: Int, _ role: Role) {
            let filled = Int((max(0, min(1, share)) * Double(height * steps)).rounded())
            for step in 0..<height {
                let rest = filled - step * steps
                guard rest > 0 else { break }
                let glyph = rest >= steps ? full : glyphs.bars[rest]
                canvas.set(end - 1 - step, column, Cell(glyph.value, style: painter.style(role)))
            }
        }
        for place in 0..<min(width, max(width, page.columns.count)) {
            guard !page.columns.isEmpty else { break }
            let index = page.columns.count >= width ? place : place * page.columns.count / width
            guard page.columns.indices.contains(index) else { continue }
            let block = page.columns[index], column = area.column + left + place
            let share = (block.exponent - page.lowest + 1) / (page.highest - page.lowest + 1)
            bar(share, upper, area.row + upper, column, block.isShown ? .reconstruction : .histogram)
            bar(
                block.cost / page.mostCost, lower, area.row + upper + 1 + lower, column,
                block.isShown ? .reconstruction : .clip)
            canvas.set(
                area.row + upper, column,
                Cell(
                    (block.isShown ? glyphs.zero : glyphs.axis).value, style: painter.style(block.isShown ? .key : .dim)
                ))
        }
        label(number(page.highest), area.row)
        if upper > 2 { label(ScreenText.scaleStrip, area.row + upper / 2, .title) }
        if upper > 1 { label(number(page.lowest), area.row + upper - 1) }
        guard lower > 0 else { return }
        label(number(page.mostCost) + " dB", area.row + upper + 1)
        if lower > 1 { label(ScreenText.costStrip, area.row + upper + lower, .title) }
    }

    // MARK: Bit planes

    /// For each number of planes a line of words and the levels that they make.
    func paint(_ page: PlanesPage, _ area: Rect, _ canvas: inout Canvas) {
        let glyphs = painter.glyphs
        let perRow = area.height >= 2 * page.rows.count + 1 ? 2 : 1
        for (number, item) in page.rows.enumerated() {
            let row = area.row + number * perRow
            guard row + perRow <= area.endRow else { break }
            if perRow == 2 {
                var column = area.column
                for (place, part) in item.text.enumerated() where column + CharacterWidth.of(part) <= area.endColumn {
                    column = canvas.put(row, column, part, painter.style(place == 0 ? .value : .dim)) + 2
                }
            }
            for column in 0..<area.width {
                canvas.set(
                    row + perRow - 1, area.column + column, Cell(glyphs.axis.value, style: painter.style(.dim)))
            }
            for level in item.levels {
                guard let column = page.axis.column(of: level, in: area.width) else { continue }
                canvas.set(
                    row + perRow - 1, area.column + column, Cell(glyphs.level.value, style: painter.style(.grid)))
            }
        }
        let last = area.row + page.rows.count * perRow
        if last < area.endRow { painter.axisLabels(page.axis, row: last, area, &canvas) }
    }

    // MARK: Zero bands

    func paint(_ page: ZeroBandPage, _ area: Rect, _ canvas: inout Canvas) {
        let plot = Rect(row: area.row, column: area.column, height: max(1, area.height - 2), width: area.width)
        func curve(_ values: [Double], _ role: Role, dash: (shown: Int, of: Int)) {
            var dots = DotGrid(painter.glyphs, width: plot.width, height: plot.height)
            let columns = dots.columns
            dots.draw(dash: dash) { column in
                values.isEmpty ? .nan : values[min(values.count - 1, column * values.count / max(1, columns))]
            }
            dots.paint(plot, painter.style(role), &canvas)
        }
        curve(page.zeros, .histogram, dash: (2, 4))
        curve(page.errors, .errorCurve, dash: (1, 1))
        for mark in page.marks {
            let column = plot.column + min(plot.width - 1, Int(mark.share * Double(plot.width)))
            if mark.sign == "Δ" {
                for row in plot.row..<plot.endRow where canvas[row, column].scalar == 32 {
                    canvas.set(row, column, Cell(painter.glyphs.mark.value, style: painter.style(.clip)))
                }
            }
        }
        for column in 0..<plot.width {
            canvas.set(plot.endRow, plot.column + column, Cell(painter.glyphs.axis.value, style: painter.style(.dim)))
        }
        for mark in page.marks {
            let column = plot.column + min(plot.width - 1, Int(mark.share * Double(plot.width)))
            canvas.put(plot.endRow, column, String(mark.sign), painter.style(.key))
        }
        guard plot.endRow + 1 < area.endRow else { return }
        painter.axisLabels(page.axis, row: plot.endRow + 1, plot, &canvas)
        let text = ScreenText.bandCurves.joined(separator: "  ")
        let column = plot.column + (plot.width - CharacterWidth.of(text)) / 2
        if column > plot.column + 8 { canvas.put(plot.endRow + 1, column, text, painter.style(.dim)) }
    }

    // MARK: Vectors

    /// Pairs as shades, borders between the cells of the centroids, and the centroids themselves.
    func paint(_ page: VectorsPage, _ area: Rect, _ canvas: inout Canvas) {
        let study = page.study, height = max(1, area.height - 1), width = area.width
        func x(_ column: Int) -> Double { (2 * (Double(column) + 0.5) / Double(width) - 1) * study.limit }
        func y(_ row: Int) -> Double { (1 - 2 * (Double(row) + 0.5) / Double(height)) * study.limit }
        var cells = [Int](repeating: 0, count: width * height), counts = [Double](repeating: 0, count: width * height)
        for row in 0..<height {
            for column in 0..<width {
                // Borders of very many cells would cover the picture.
                cells[row * width + column] = study.centroids.count <= 64 ? study.nearest(x: x(column), y: y(row)) : 0
            }
        }
        for row in 0..<study.bins {
            for column in 0..<study.bins {
                let count = study.density[row * study.bins + column]
                guard count > 0 else { continue }
                let place = (height - 1 - row * height / study.bins) * width + column * width / study.bins
                counts[place] += Double(count)
            }
        }
        let most = max(1, counts.max() ?? 1)
        for row in 0..<height {
            for column in 0..<width {
                let own = cells[row * width + column]
                let isBorder =
                    column + 1 < width && cells[row * width + column + 1] != own
                    || row + 1 < height && cells[(row + 1) * width + column] != own
                let count = counts[row * width + column]
                var glyph = Unicode.Scalar(" "), role = Role.histogram
                if count > 0 { glyph = painter.glyphs.shade(max(0.2, (count / most).squareRoot())) }
                if isBorder, count == 0 { (glyph, role) = (painter.glyphs.border, .dim) }
                canvas.set(area.row + row, area.column + column, Cell(glyph.value, style: painter.style(role)))
            }
        }
        for centroid in study.centroids {
            let column = Int((centroid.x / study.limit + 1) / 2 * Double(width))
            let row = Int((1 - centroid.y / study.limit) / 2 * Double(height))
            guard (0..<width).contains(column), (0..<height).contains(row) else { continue }
            canvas.set(
                area.row + row, area.column + column,
                Cell(painter.glyphs.point.value, style: painter.style(.reconstruction)))
        }
        let text =
            "±\(NumberText.significant(study.limit, digits: 3)): \(ScreenText.firstValue) →, \(ScreenText.secondValue) ↑"
        canvas.put(area.row + height, area.column, TextFit.cut(text, to: width), painter.style(.dim))
    }
}
