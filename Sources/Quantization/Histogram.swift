public import Basics
import KernelTypes
import Platform
public import Tensors

/// The edges of a histogram.
public struct Binning: Sendable, Hashable {
    /// bins + 1 ascending edges. A bin holds its lower edge; the last one its upper edge too.
    public let edges: [Double]
    private let slope: Double
    private let isLogarithmic: Bool

    public var bins: Int { edges.count - 1 }

    /// Whether the bins are equal rather than of equal ratio.
    var isLinear: Bool { !isLogarithmic }

    /// The same edges times a positive factor.
    func scaled(by factor: Double) -> Binning {
        Binning(
            edges: edges.map { $0 * factor }, slope: slope / (isLogarithmic ? 1 : factor), isLogarithmic: isLogarithmic)
    }

    /// Equal bins over [low, high]; a range without width is widened by a half on both sides.
    public static func linear(low: Double, high: Double, bins: Int) -> Binning {
        let (a, b) = low < high ? (low, high) : (low - 0.5, low + 0.5)
        let edges = (0...bins).map { $0 == bins ? b : a + (b - a) * (Double($0) / Double(bins)) }
        return Binning(edges: edges, slope: Double(bins) / (b - a), isLogarithmic: false)
    }

    /// Bins of equal ratio over magnitudes in [low, high], 0 < low < high.
    public static func logarithmic(low: Double, high: Double, bins: Int) -> Binning {
        precondition(0 < low && low < high, "a logarithmic axis begins above zero")
        let ratio = log2(high / low)
        let edges = (0...bins).map {
            $0 == 0 ? low : $0 == bins ? high : low * exp2(ratio * Double($0) / Double(bins))
        }
        return Binning(edges: edges, slope: Double(bins) / ratio, isLogarithmic: true)
    }

    private init(edges: [Double], slope: Double, isLogarithmic: Bool) {
        self.edges = edges
        self.slope = slope
        self.isLogarithmic = isLogarithmic
    }

    /// The bin of a value, -1 below the first edge, `bins` above the last: exactly by the edges.
    @inline(__always)
    func bin(of value: Double) -> Int {
        let x = isLogarithmic ? abs(value) : value
        guard x >= edges[0] else { return -1 }
        guard x <= edges[bins] else { return bins }
        let guess = isLogarithmic ? log2(x / edges[0]) * slope : (x - edges[0]) * slope
        var bin = guess.isFinite ? max(0, min(bins - 1, Int(guess))) : 0
        while bin > 0, x < edges[bin] { bin -= 1 }
        while bin < bins - 1, x >= edges[bin + 1] { bin += 1 }
        return bin
    }
}

/// Counts of values in bins.
public struct Histogram: Sendable, Equatable {
    public let binning: Binning
    public internal(set) var counts: [UInt64]
    /// Values below the first edge, and above the last.
    public internal(set) var below: UInt64
    public internal(set) var above: UInt64

    /// The same counts between other edges, as many.
    func between(_ binning: Binning) -> Histogram {
        var result = Histogram(binning)
        (result.counts, result.below, result.above) = (counts, below, above)
        return result
    }

    public init(_ binning: Binning) {
        self.binning = binning
        counts = [UInt64](repeating: 0, count: binning.bins)
        below = 0
        above = 0
    }

    public mutating func add(_ value: Double, times: UInt64 = 1) {
        let bin = binning.bin(of: value)
        if bin < 0 { below += times } else if bin >= counts.count { above += times } else { counts[bin] += times }
    }

    mutating func merge(_ other: Histogram) {
        for bin in counts.indices { counts[bin] += other.counts[bin] }
        below += other.below
        above += other.above
    }

    mutating func scale(by factor: Double) {
        func scaled(_ count: UInt64) -> UInt64 { UInt64((Double(count) * factor).rounded()) }
        counts = counts.map(scaled)
        below = scaled(below)
        above = scaled(above)
    }
}

extension Histogram {
    /// The exact histogram of the finite elements of a tensor.
    public static func of(
        _ tensor: TensorView, binning: Binning, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> Histogram {
        try of(RangeReader(tensor), binning: binning, context: context)
    }

    static func of(
        _ reader: RangeReader, binning: Binning, context: WorkContext
    ) throws(Cancelled) -> Histogram {
        let workers = PerWorker(context.threads) { HistogramWorker(binning) }
        try context.forEach(0..<reader.chunkCount) { chunk, number in
            let worker = workers[number]
            reader.withChunk(chunk, worker.scratch) { values, count in worker.add(values, count) }
        }
        var result = Histogram(binning)
        for worker in workers.all { result.merge(worker.finished()) }
        return result
    }
}

/// Counts values of one worker into bins.
final class HistogramWorker {
    let scratch = Scratch(), spare = Scratch()
    private var histogram: Histogram
    /// Four tables of the bins, one more below and one above; by the kernel where bins are equal.
    private let tables: UnsafeMutablePointer<UInt32>
    private let width: Int
    private var counted = 0

    init(_ binning: Binning) {
        histogram = Histogram(binning)
        width = binning.bins + 2
        tables = .allocate(capacity: 4 * width)
        tables.initialize(repeating: 0, count: 4 * width)
    }

    deinit { tables.deallocate() }

    /// Counts the finite ones of some values.
    func add(_ values: UnsafePointer<Float>, _ count: Int) {
        guard histogram.binning.isLinear, !Kernel.set.extremes(values, count).hasNonFinite else {
            for i in 0..<count where values[i].isFinite { histogram.add(Double(values[i])) }
            return
        }
        addFinite(values, count)
    }

    /// Counts values that are known to be finite, into equal bins.
    func addFinite(_ values: UnsafePointer<Float>, _ count: Int) {
        counted += count
        if counted > 1 << 31 { flush() }
        histogram.binning.edges.withUnsafeBufferPointer { edges in
            guard let base = edges.baseAddress else { return }
            Kernel.set.countEdges(values, count, edges: base, bins: histogram.binning.bins, tables)
        }
    }

    func add(_ value: Double, times: UInt64 = 1) { histogram.add(value, times: times) }

    private func flush() {
        for table in 0..<4 {
            let counts = tables + table * width
            histogram.below += UInt64(counts[0])
            histogram.above += UInt64(counts[width - 1])
            for bin in histogram.counts.indices { histogram.counts[bin] += UInt64(counts[bin + 1]) }
        }
        tables.update(repeating: 0, count: 4 * width)
        counted = 0
    }

    /// All that was counted.
    func finished() -> Histogram {
        flush()
        return histogram
    }
}
