/// Count, sum and sum of squares of the values below any point, from which the error of a grid is a sum over its levels.
///
/// For a level v that takes the values in [a, b), Σ(x - v)² = Σx² - 2vΣx + nv², and Σ|x - v| follows likewise from the values
/// below v and above it.
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

    /// Exact, of distinct values in ascending order and how often each occurs.
    init(distinct values: [Float], times: [Double]) {
        self.init(.sorted(values), size: values.count) { (Double(values[$0]), times[$0]) }
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

    /// Values or bins.
    var size: Int { counts.count - 1 }

    /// How many elements there are.
    var total: Double { counts[size] }

    /// The value at a position, and how often it occurs.
    func point(_ position: Int) -> (value: Double, times: Double) {
        let times = counts[position + 1] - counts[position]
        switch index {
        case .sorted(let values): return (Double(values[position]), times)
        case .bins(let low, let binsPerUnit): return (low + (Double(position) + 0.5) / binsPerUnit, times)
        }
    }

    /// The count and the sum of the values below a point.
    func below(_ point: Double) -> (count: Double, sum: Double) {
        let position = position(of: point)
        return (counts[position], sums[position])
    }

    /// The position of the value of a rank, 0 being the lowest.
    func position(ofRank rank: Double) -> Int {
        var from = 0, to = size
        while from < to {
            let middle = (from + to) >> 1
            if counts[middle + 1] <= rank { from = middle + 1 } else { to = middle }
        }
        return min(from, size - 1)
    }

    /// Whether positions are the values themselves rather than bins.
    private var holdsValues: Bool { if case .sorted = index { true } else { false } }

    var binWidth: Double { if case .bins(_, let binsPerUnit) = index { 1 / binsPerUnit } else { 0 } }

    var smallestGap: Double? {
        guard case .sorted(let values) = index else { return nil }
        return values.withUnsafeBufferPointer { SortedGaps.smallest($0) }
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

    /// Calls `body` with the code and the positions of the values that go to it, for codes that any value goes to.
    @inline(__always)
    private func forEachLevel(_ grid: StepGrid, _ body: (_ r: Double, _ values: Range<Int>) -> Void) {
        var start = 0
        let last = size
        for r in grid.low...grid.high {
            let end = r == grid.high ? last : position(of: (Double(r) + 0.5) * grid.step)
            if end > start {
                body(Double(r), start..<end)
                start = end
            }
            if start == last { return }
        }
    }

    func error(_ grid: StepGrid, _ measure: ErrorMeasure) -> Double {
        var error = 0.0
        if isWide(levels: grid.high - grid.low + 1) {
            forEachValue(grid) { r, value, times in
                let e = r * grid.step - value
                error += times * (measure == .squared ? e * e : abs(e))
            }
            return error
        }
        switch measure {
        case .squared:
            forEachLevel(grid) { r, values in error += squaredError(values, level: r * grid.step) }
        case .absolute:
            forEachLevel(grid) { r, values in error += absoluteError(values, level: r * grid.step) }
        }
        return error
    }

    @inline(__always)
    private func squaredError(_ values: Range<Int>, level: Double) -> Double {
        let n = counts[values.upperBound] - counts[values.lowerBound]
        let sum = sums[values.upperBound] - sums[values.lowerBound]
        return max(0, squares[values.upperBound] - squares[values.lowerBound] - 2 * level * sum + n * level * level)
    }

    @inline(__always)
    private func absoluteError(_ values: Range<Int>, level: Double) -> Double {
        let middle = max(values.lowerBound, min(values.upperBound, position(of: level)))
        func part(_ from: Int, _ to: Int) -> Double { sums[to] - sums[from] - level * (counts[to] - counts[from]) }
        return max(0, part(middle, values.upperBound)) + max(0, -part(values.lowerBound, middle))
    }

    /// Σe², split into the values that are clipped and the others, and Σ|e|; expected ones where rounding draws.
    ///
    /// - Parameter isByValue: each value is judged by itself, so that what costs nothing is exactly zero; by differences of sums,
    ///   which takes less time, it is lost in their last digits.
    func errors(_ quantizer: Quantizer, _ rounding: Rounding, isByValue: Bool = false) -> (
        clipped: Double, rounded: Double, absolute: Double
    ) {
        if isByValue || isWide(levels: quantizer.levelCount) { return errorsByValue(quantizer, rounding) }
        guard case .affine(let affine) = quantizer else { return errorsByLevel(quantizer) }
        return errors(affine, rounding, within: unclipped(quantizer))
    }

    /// The same of levels that lie anywhere.
    private func errorsByLevel(_ quantizer: Quantizer) -> (clipped: Double, rounded: Double, absolute: Double) {
        let inside = unclipped(quantizer), thresholds = quantizer.thresholds
        var clipped = 0.0, rounded = 0.0, absolute = 0.0, start = 0
        for (place, level) in quantizer.levels.enumerated() {
            let end = place < thresholds.count ? position(of: thresholds[place]) : size
            guard end > start else { continue }
            let values = start..<end, level = Double(level)
            absolute += absoluteError(values, level: level)
            rounded += squaredError(values.clamped(to: inside), level: level)
            clipped += squaredError(values.clamped(to: 0..<inside.lowerBound), level: level)
            clipped += squaredError(values.clamped(to: inside.upperBound..<size), level: level)
            start = end
        }
        return (clipped, rounded, absolute)
    }

    private func errors(_ quantizer: AffineQuantizer, _ rounding: Rounding, within inside: Range<Int>) -> (
        clipped: Double, rounded: Double, absolute: Double
    ) {
        let step = Double(quantizer.scale)
        var clipped = 0.0, rounded = 0.0, absolute = 0.0
        /// As reconstructions are: a product in Float32.
        func level(_ r: Int) -> Double { Double(Float(r) * quantizer.scale) }
        func add(_ values: Range<Int>, level: Double) {
            guard !values.isEmpty else { return }
            absolute += absoluteError(values, level: level)
            rounded += squaredError(values.clamped(to: inside), level: level)
            clipped += squaredError(values.clamped(to: 0..<inside.lowerBound), level: level)
            clipped += squaredError(values.clamped(to: inside.upperBound..<size), level: level)
        }
        let low = quantizer.lowestCode - quantizer.zeroPoint, high = quantizer.highestCode - quantizer.zeroPoint
        if case .stochastic = rounding {
            let first = position(of: Double(low) * step)
            add(0..<first, level: level(low))
            var start = first
            for r in low..<high {
                let end = position(of: Double(r + 1) * step)
                if end > start {
                    let drawn = drawnErrors(start..<end, from: Double(r) * step, step: step)
                    rounded += drawn.square
                    absolute += drawn.absolute
                    start = end
                }
            }
            add(start..<size, level: level(high))
            return (clipped, rounded, absolute)
        }
        var start = 0
        for r in low...high {
            let end = r == high ? size : position(of: rounding.upperEdge(of: r) * step)
            if end > start {
                add(start..<end, level: level(r))
                start = end
            }
            if start == size { break }
        }
        return (clipped, rounded, absolute)
    }

    /// Σ(x - a)(b - x) over values between the neighbouring levels a and b = a + S: the expected squared error where x goes to
    /// either with the probability that makes its mean right; the expected |e| is twice that over S.
    private func drawnErrors(_ values: Range<Int>, from a: Double, step: Double) -> (square: Double, absolute: Double) {
        let n = counts[values.upperBound] - counts[values.lowerBound]
        let sum = sums[values.upperBound] - sums[values.lowerBound]
        let squares = squares[values.upperBound] - squares[values.lowerBound], b = a + step
        let square = max(0, (a + b) * sum - squares - a * b * n)
        return (square, 2 * square / step)
    }

    /// The positions of the values that are not clipped, by the quantizer's own arithmetic.
    private func unclipped(_ quantizer: Quantizer) -> Range<Int> {
        func first(where isBeyond: (Float) -> Bool) -> Int {
            var from = 0, to = size
            while from < to {
                let middle = (from + to) >> 1
                if isBeyond(Float(point(middle).value)) { to = middle } else { from = middle + 1 }
            }
            return from
        }
        let low = first { $0 >= 0 || !quantizer.isClipped($0) }, high = first { $0 > 0 && quantizer.isClipped($0) }
        return low..<max(low, high)
    }

    private func errorsByValue(
        _ quantizer: Quantizer, _ rounding: Rounding
    ) -> (clipped: Double, rounded: Double, absolute: Double) {
        var clipped = 0.0, rounded = 0.0, absolute = 0.0
        let step = Double(quantizer.scale)
        let low = Double(quantizer.lowestCode - quantizer.zeroPoint) * step
        let high = Double(quantizer.highestCode - quantizer.zeroPoint) * step
        for position in 0..<size {
            let (value, times) = point(position)
            guard times > 0 else { continue }
            let x = Float(value)
            if case .stochastic = rounding, value > low, value < high {
                let t = value / step, fraction = t - t.rounded(.down),
                    variance = fraction * (1 - fraction) * step * step
                rounded += times * variance
                absolute += times * 2 * variance / step
                continue
            }
            let code = quantizer.code(of: x, rounding: rounding, index: 0)
            let reconstruction = quantizer.reconstruction(of: code)
            // Of a value itself as everywhere, in Float32; the middle of a bin has more digits.
            let error = holdsValues ? Double(reconstruction - x) : Double(reconstruction) - value
            absolute += times * abs(error)
            if quantizer.isClipped(x) { clipped += times * error * error } else { rounded += times * error * error }
        }
        return (clipped, rounded, absolute)
    }

    /// Where codes are more than values it is shorter to go by the values.
    private func isWide(levels: Int) -> Bool { levels > size / 4 }

    /// Calls `body` with the code of every value, to nearest, ties to even.
    @inline(__always)
    private func forEachValue(_ grid: StepGrid, _ body: (_ r: Double, _ value: Double, _ times: Double) -> Void) {
        let low = Double(grid.low), high = Double(grid.high), inverse = 1 / grid.step
        for position in 0..<size {
            let (value, times) = point(position)
            if times > 0 { body(max(low, min(high, (value * inverse).rounded(.toNearestOrEven))), value, times) }
        }
    }

    func fit(_ grid: StepGrid) -> (product: Double, square: Double) {
        var product = 0.0, square = 0.0
        if isWide(levels: grid.high - grid.low + 1) {
            forEachValue(grid) { r, value, times in
                product += r * value * times
                square += r * r * times
            }
            return (product, square)
        }
        forEachLevel(grid) { r, values in
            product += r * (sums[values.upperBound] - sums[values.lowerBound])
            square += r * r * (counts[values.upperBound] - counts[values.lowerBound])
        }
        return (product, square)
    }

    func cost(levels: Int) -> Int {
        if isWide(levels: levels) { return size * 2 }
        return switch index {
        case .bins: levels * 8
        case .sorted(let values): levels * (4 + 4 * (Int.bitWidth - values.count.leadingZeroBitCount))
        }
    }
}
