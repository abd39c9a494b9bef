import Basics
import KernelTypes

/// What a calibrator may ask about the finite values of one range. There is at least one value.
///
/// The answers are exact; `objective` and `sketch` are what searches are guided by, and may be approximate where values are too
/// many to keep.
protocol RangeEvidence: AnyObject {
    var count: Int { get }
    var minimum: Float { get }
    var maximum: Float { get }
    /// The mean and the population's standard deviation.
    func meanAndDeviation() throws(Cancelled) -> (mean: Double, deviation: Double)
    /// The mean of |x - centre|.
    func meanDistance(from centre: Double) throws(Cancelled) -> Double
    /// Quantiles of the values, or of their magnitudes, by linear interpolation between order statistics.
    func quantiles(_ fractions: [Double], ofMagnitudes: Bool) throws(Cancelled) -> [Double]
    /// The magnitudes in equal bins over [0, max|x|].
    func magnitudes(bins: Int) throws(Cancelled) -> MagnitudeBins
    /// The magnitudes of at least `low`, those from `high` on as their sum alone; nil where more than `most` lie between.
    func tails(from low: Float, below high: Float, most: Int) throws(Cancelled) -> MagnitudeTails?
    /// The error of a grid as a function of its step and offset.
    func objective() throws(Cancelled) -> any GridObjective
    /// All values in little memory, at the price of exactness; nil where they are in memory themselves.
    func sketch() throws(Cancelled) -> WeightedEvidence?
    /// Values with how often each occurs, for whole curves over limits, and whether they are the values themselves.
    func weighted() throws(Cancelled) -> (evidence: WeightedEvidence, isExact: Bool)
    /// What long searches look at.
    var cancel: CancelFlag? { get }
    /// Candidates that a scan over limits may try.
    var scanLength: Int { get }
    /// Looks at memory that one scan may take at most.
    var searchBudget: Int { get }
    /// Σ|x̂ - x| or Σ(x̂ - x)² under each quantizer and rounding to nearest even.
    func errors(_ quantizers: [Quantizer], _ measure: ErrorMeasure) throws(Cancelled) -> [Double]
    /// The values in ascending cells, which formats are fitted to.
    func cells() throws(Cancelled) -> ValueCells
    /// What is fitted serves an estimate, which is to be there within a frame.
    var isQuick: Bool { get }
    /// The range is one of few, so that a fit may take its time.
    var isThorough: Bool { get }
}

/// How dense scans are: as dense as time allows, which only the size of the whole tensor decides.
enum ScanDensity {
    static let budget = 40_000_000
    static func candidates(tensorCount: Int) -> Int { max(80, min(2_000, (1 << 32) / max(1, tensorCount))) }
}

extension RangeEvidence {
    var searchBudget: Int { ScanDensity.budget }
    var isQuick: Bool { false }
    var isThorough: Bool { true }

    /// How many magnitudes are at least a limit, and their sum.
    func above(_ limit: Float) throws(Cancelled) -> (count: Double, sum: Double)? {
        try tails(from: limit, below: limit, most: 0)?.above(Double(limit))
    }

    var isCancelled: Bool { cancel?.isCancelled == true }
    var largest: Float { max(abs(minimum), abs(maximum)) }
}

/// A grid of equal steps with a level at zero: levels S·r for r from `low` to `high`.
struct StepGrid: Hashable {
    var step: Double
    var low: Int
    var high: Int
    var levels: Int { high - low + 1 }

    init(step: Double, low: Int, high: Int) {
        self.step = step
        self.low = low
        self.high = high
    }

    init(_ quantizer: AffineQuantizer) {
        self.init(
            step: Double(quantizer.scale), low: quantizer.lowestCode - quantizer.zeroPoint,
            high: quantizer.highestCode - quantizer.zeroPoint)
    }
}

/// Error sums of grids over fixed values.
protocol GridObjective {
    /// Σ(S·r(x) - x)² or Σ|S·r(x) - x|.
    func error(_ grid: StepGrid, _ measure: ErrorMeasure) -> Double
    /// Σx·r(x) and Σr(x)²; their quotient is the step of the least squared error for this assignment of values to levels.
    func fit(_ grid: StepGrid) -> (product: Double, square: Double)
    /// The smallest distance between two values: the step, where they lie on a grid. nil where that is not known.
    var smallestGap: Double? { get }
    /// How much one call of `error` costs, in looks at an element of memory, for a grid of so many levels.
    func cost(levels: Int) -> Int
    /// Values are seen within half of this of where they lie; zero where they are seen themselves.
    var binWidth: Double { get }
}

extension GridObjective {
    var binWidth: Double { 0 }
}

/// Magnitudes in equal bins over [0, largest]: the bins that hold any, in ascending order.
struct MagnitudeBins {
    let bins: Int
    var occupied: [(bin: Int, count: Double)]

    /// Of a count for each bin.
    init(counts: [Double]) {
        bins = counts.count
        occupied = counts.enumerated().compactMap { $0.element > 0 ? (bin: $0.offset, count: $0.element) : nil }
    }

    /// Exact, by the edges largest·j/bins.
    init(_ values: UnsafePointer<Float>, _ count: Int, largest: Float, bins: Int) {
        self.bins = bins
        let tables = UnsafeMutablePointer<UInt32>.allocate(capacity: 4 * bins)
        tables.initialize(repeating: 0, count: 4 * bins)
        defer { tables.deallocate() }
        Kernel.set.countMagnitudes(values, count, largest: largest, bins: bins, tables)
        occupied = Self.occupied(tables, bins)
    }

    static func occupied(_ tables: UnsafePointer<UInt32>, _ bins: Int) -> [(bin: Int, count: Double)] {
        var result: [(bin: Int, count: Double)] = []
        for bin in 0..<bins {
            let sum = (0..<4).reduce(UInt64(0)) { $0 + UInt64(tables[$1 * bins + bin]) }
            if sum > 0 { result.append((bin, Double(sum))) }
        }
        return result
    }
}

/// The upper end of some magnitudes: those from `high` on as a count and a sum, those of [low, high) one by one.
struct MagnitudeTails {
    let low: Float
    let high: Float
    private let between: [Float]
    /// Of the magnitudes from position i of `between` on, and of all from `high` on; one longer than `between`.
    private let counts: [Double]
    private let sums: [Double]

    /// - Parameter between: magnitudes in [low, high), how often each occurs.
    init(low: Float, high: Float, above: (count: Double, sum: Double), between: [(value: Float, times: Double)]) {
        self.low = low
        self.high = high
        let sorted = between.sorted { $0.value < $1.value }
        self.between = sorted.map { $0.value }
        var counts = [above.count], sums = [above.sum]
        for (value, times) in sorted.reversed() {
            counts.append(counts[counts.count - 1] + times)
            sums.append(sums[sums.count - 1] + times * Double(value))
        }
        self.counts = counts.reversed()
        self.sums = sums.reversed()
    }

    /// How many magnitudes are at least `limit`, and their sum; nil where the limit lies outside of [low, high].
    func above(_ limit: Double) -> (count: Double, sum: Double)? {
        guard limit >= Double(low), limit <= Double(high) else { return nil }
        var from = 0, to = between.count
        while from < to {
            let middle = (from + to) >> 1
            if Double(between[middle]) < limit { from = middle + 1 } else { to = middle }
        }
        return (counts[from], sums[from])
    }
}
