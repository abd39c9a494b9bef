import Explorer
import Platform

/// Counts as bars, and a second series as spikes with a cap, through the bars and above them.
struct BarChart {
    let painter: ScreenPainter
    let counts: [UInt64]
    var line: [UInt64] = []
    let hasLogCounts: Bool

    private var hasColors: Bool { painter.theme.tier != .mono }

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
            // One spike a bin, in its middle.
            let height = scale.height(line[bins].max() ?? 0)
            guard height > 0, counts.count >= plot.width || column == middle(ofBin: bins.lowerBound, plot.width) else {
                continue
            }
            let cap = (height - 1) / steps
            for step in 0..<cap {
                let isBar = filled > step * steps
                // Through a bar the spike needs a ground of the bar's colour.
                if isBar && !hasColors { continue }
                let isWhole = filled >= (step + 1) * steps
                canvas.set(
                    plot.endRow - 1 - step, plot.column + column,
                    Cell(glyphs.stem.value, style: isWhole ? Style(over.foreground, on: bar.foreground) : over))
            }
            canvas.set(
                plot.endRow - 1 - cap, plot.column + column,
                Cell(
                    glyphs.reconstruction.value,
                    style: hasColors && filled >= (cap + 1) * steps
                        ? Style(over.foreground, on: bar.foreground, over.attributes) : over))
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

    /// The middle one of the columns that show a bin.
    private func middle(ofBin bin: Int, _ width: Int) -> Int {
        let start = (bin * width + counts.count - 1) / counts.count
        let end = ((bin + 1) * width + counts.count - 1) / counts.count
        return (start + end - 1) / 2
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
