import Explorer
import Platform

/// Counts as bars, with a second series as a line over them.
struct BarChart {
    let painter: ScreenPainter
    let counts: [UInt64]
    var line: [UInt64] = []
    let hasLogCounts: Bool

    var largest: UInt64 { max(counts.max() ?? 0, line.max() ?? 0) }

    func paint(_ plot: Rect, _ canvas: inout Canvas) {
        guard !counts.isEmpty, plot.width > 0, plot.height > 0 else { return }
        let glyphs = painter.glyphs, steps = glyphs.bars.count - 1
        let bar = painter.style(.histogram), over = painter.style(.reconstruction)
        let scale = Scale(largest: largest, isLogarithmic: hasLogCounts, steps: plot.height * steps)
        for column in 0..<plot.width {
            let bins = bins(column, plot.width)
            let filled = scale.height(counts[bins].max() ?? 0)
            for step in 0..<plot.height {
                let rest = filled - step * steps
                guard rest > 0 else { break }
                canvas.set(
                    plot.endRow - 1 - step, plot.column + column,
                    Cell(glyphs.bars[min(rest, steps)].value, style: bar))
            }
            guard !line.isEmpty else { continue }
            let height = scale.height(line[bins].max() ?? 0)
            if height > 0 {
                canvas.set(
                    plot.endRow - 1 - (height - 1) / steps, plot.column + column,
                    Cell(glyphs.reconstruction.value, style: over))
            }
        }
    }

    /// How many rows a count takes, the last one perhaps in part.
    func rows(of count: UInt64, height: Int) -> Int {
        let steps = painter.glyphs.bars.count - 1
        let scale = Scale(largest: largest, isLogarithmic: hasLogCounts, steps: height * steps)
        return (scale.height(count) + steps - 1) / steps
    }

    /// The bins that share a column, or the one that several columns show.
    private func bins(_ column: Int, _ width: Int) -> Range<Int> {
        let start = column * counts.count / width
        return start..<max(start + 1, (column + 1) * counts.count / width)
    }

    private struct Scale {
        let largest: Double
        let isLogarithmic: Bool
        let steps: Int
        let whole: Double

        init(largest: UInt64, isLogarithmic: Bool, steps: Int) {
            self.largest = Double(max(largest, 1))
            self.isLogarithmic = isLogarithmic && largest > 1
            self.steps = steps
            whole = log1p(self.largest)
        }

        func height(_ count: UInt64) -> Int {
            guard count > 0 else { return 0 }
            let share = isLogarithmic ? log1p(Double(count)) / whole : Double(count) / largest
            return max(1, Int((share * Double(steps)).rounded()))
        }
    }
}
