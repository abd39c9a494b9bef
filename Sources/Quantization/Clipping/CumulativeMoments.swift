/// Count, sum and sum of squares of the values below any point, from which the error of a grid is a sum over its levels.
///
/// For a level v that takes the values in [a, b), Σ(x - v)² = Σx² - 2vΣx + nv².
struct CumulativeMoments: GridObjective {
    private enum Index {
        /// The ascending values themselves.
        case sorted([Float])
        /// Equal bins from `low` on, each standing for its centre.
        case bins(low: Double, binsPerUnit: Double)
    }

    private let index: Index
    /// Prefix sums, one longer than values or bins.
    private let counts: [Double]
    private let sums: [Double]
    private let squares: [Double]

    /// Exact, of values in ascending order.
    init(sorted values: [Float]) {
        self.init(.sorted(values), size: values.count) { (Double(values[$0]), 1) }
    }

    /// Approximate, of counts in equal bins, within half a bin of each value.
    init(bins: [UInt64], low: Double, binsPerUnit: Double) {
        self.init(.bins(low: low, binsPerUnit: binsPerUnit), size: bins.count) { bin in
            (low + (Double(bin) + 0.5) / binsPerUnit, Double(bins[bin]))
        }
    }

    /// `point` tells the value at a position and how often it occurs.
    private init(_ index: Index, size: Int, _ point: (Int) -> (value: Double, times: Double)) {
        var counts = [0.0], sums = [0.0], squares = [0.0]
        counts.reserveCapacity(size + 1)
        sums.reserveCapacity(size + 1)
        squares.reserveCapacity(size + 1)
        var count = 0.0, sum = 0.0, square = 0.0
        for position in 0..<size {
            let (value, times) = point(position)
            count += times
            sum += times * value
            square += times * value * value
            counts.append(count)
            sums.append(sum)
            squares.append(square)
        }
        self.index = index
        self.counts = counts
        self.sums = sums
        self.squares = squares
    }

    /// How many values or bins lie below `point`.
    @inline(__always)
    private func position(of point: Double) -> Int {
        switch index {
        case .bins(let low, let binsPerUnit):
            let place = ((point - low) * binsPerUnit).rounded()
            return Int(max(0, min(Double(counts.count - 1), place)))
        case .sorted(let values):
            var from = 0, to = values.count
            while from < to {
                let middle = (from + to) >> 1
                if Double(values[middle]) < point { from = middle + 1 } else { to = middle }
            }
            return from
        }
    }

    @inline(__always)
    private func forEachLevel(
        _ grid: StepGrid, _ body: (_ r: Double, _ n: Double, _ sum: Double, _ square: Double) -> Void
    ) {
        var start = 0
        let last = counts.count - 1
        for r in grid.low...grid.high {
            let end = r == grid.high ? last : position(of: (Double(r) + 0.5) * grid.step)
            if end > start {
                body(Double(r), counts[end] - counts[start], sums[end] - sums[start], squares[end] - squares[start])
                start = end
            }
            if start == last { return }
        }
    }

    func squaredError(_ grid: StepGrid) -> Double {
        var error = 0.0
        forEachLevel(grid) { r, n, sum, square in
            let level = r * grid.step
            error += max(0, square - 2 * level * sum + n * level * level)
        }
        return error
    }

    func fit(_ grid: StepGrid) -> (product: Double, square: Double) {
        var product = 0.0, square = 0.0
        forEachLevel(grid) { r, n, sum, _ in
            product += r * sum
            square += r * r * n
        }
        return (product, square)
    }

    func cost(levels: Int) -> Int {
        switch index {
        case .bins: levels * 8
        case .sorted(let values): levels * (4 + 4 * (Int.bitWidth - values.count.leadingZeroBitCount))
        }
    }
}
