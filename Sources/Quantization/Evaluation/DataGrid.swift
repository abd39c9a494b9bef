import Basics
import Tensors

/// Values that lie on multiples of one step: bins narrower than it would be a comb rather than a shape.
struct DataGrid: Equatable {
    let origin: Double
    let step: Double

    /// More values are not looked at.
    static let mostLooked = 1 << 16

    /// The smallest distance between neighbours, where all distances are multiples of it.
    ///
    /// - Parameter values: distinct and ascending.
    init?(_ values: [Float]) {
        guard values.count >= 2, let first = values.first else { return nil }
        let gaps = zip(values, values.dropFirst()).map { Double($1) - Double($0) }
        guard let step = gaps.min(), step > 0 else { return nil }
        let isGrid = values.allSatisfy { value in
            let place = (Double(value) - Double(first)) / step
            return abs(place - place.rounded()) < 0.02
        }
        guard isGrid else { return nil }
        (origin, self.step) = (Double(first), step)
    }

    /// Bins over at least the same axis, a whole number of steps wide, with values in their middles; the wanted ones where these are wide enough.
    func binning(_ wanted: Binning) -> Binning {
        let low = wanted.edges[0], high = wanted.edges[wanted.bins], width = (high - low) / Double(wanted.bins)
        // From five values a bin on, where one more or less is not seen.
        guard width < 5 * step, high - low > step else { return wanted }
        let together = max(1, (width / step).rounded(.up)), each = together * step
        let first = ((low - origin) / each + 0.5).rounded(.down)
        let start = origin + (first - 0.5) * each
        let count = max(1, Int(((high - start) / each).rounded(.up)))
        return .linear(low: start, high: start + Double(count) * each, bins: count)
    }
}

extension Evaluator {
    /// The grid of the values of a range, or of all; nil where they have none, or are too many to matter.
    ///
    /// Judged by some values: bins are drawn by it, nothing is counted.
    /// - Complexity: looks at `mostLooked` values at most, of usual tensors at a few hundred.
    func dataGrid(ofRange range: Int?, _ wanted: Binning, _ context: WorkContext) throws(Cancelled) -> DataGrid? {
        let most = 8 * wanted.bins
        let reader = range.map { RangeReader(tensor, layout.runs(ofRange: $0)) } ?? RangeReader(tensor)
        // As much of each chunk as of the others.
        let each = max(1, DataGrid.mostLooked / max(1, reader.chunkCount))
        var seen: Set<Float> = []
        let scratch = Scratch(), every = max(1, reader.chunkCount / DataGrid.mostLooked)
        for chunk in stride(from: 0, to: reader.chunkCount, by: every) {
            if context.cancel.isCancelled { throw Cancelled() }
            reader.withChunk(chunk, scratch) { values, count in
                for i in 0..<min(count, each) where values[i].isFinite && seen.count <= most {
                    // Both zeros are one value.
                    seen.insert(values[i] == 0 ? 0 : values[i])
                }
            }
            if seen.count > most { return nil }
        }
        return DataGrid(seen.sorted())
    }
}
