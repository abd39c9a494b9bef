import Basics
import KernelTypes

/// Evidence from values too many to hold: each question is a pass over the tensor, the answers are stored.
final class StreamedEvidence: RangeEvidence {
    private let reader: RangeReader
    private let context: WorkContext
    private let look: Look
    private let isFinite: Bool
    private var buckets: BucketHistogram?
    private let keptObjective: Lock<CumulativeMoments?>

    private struct Look {
        var count: Int
        var minimum: Float
        var maximum: Float
        var moments: Moments?
    }

    /// The whole tensor, whose first pass is done.
    init(_ reader: RangeReader, summary: TensorSummary, context: WorkContext) {
        self.reader = reader
        self.context = context
        look = Look(
            count: summary.statistics.finiteCount, minimum: summary.minimum, maximum: summary.maximum,
            moments: summary.moments)
        buckets = summary.buckets
        keptObjective = summary.objective
        isFinite = summary.isFinite
    }

    /// A range of a tensor; nil where no value is finite.
    init?(_ reader: RangeReader, context: WorkContext) throws(Cancelled) {
        self.reader = reader
        self.context = context
        let parts = Slots<(KernelLook, Moments)?>(reader.chunkCount, repeating: nil)
        let workers = PerWorker(context.threads) { (Scratch(), Scratch()) }
        try context.forEach(0..<reader.chunkCount) { chunk, worker in
            parts[chunk] = reader.withFiniteChunk(chunk, workers[worker].0, workers[worker].1) { values, count, look in
                look.map { ($0, Moments(values, count, minimum: $0.minimum, maximum: $0.maximum)) }
            }
        }
        var moments = Moments(), minimum = Float.infinity, maximum = -Float.infinity
        for case let (look, part)? in parts.all {
            moments.merge(part)
            minimum = min(minimum, look.minimum)
            maximum = max(maximum, look.maximum)
        }
        guard moments.count > 0 else { return nil }
        isFinite = Int(moments.count) == reader.count
        keptObjective = Lock(nil)
        look = Look(count: Int(moments.count), minimum: minimum, maximum: maximum, moments: moments)
    }

    var cancel: CancelFlag? { context.cancel }
    var count: Int { look.count }
    var scanLength: Int { ScanDensity.candidates(tensorCount: 0) }
    var minimum: Float { look.minimum }
    var maximum: Float { look.maximum }

    func meanAndDeviation() -> (mean: Double, deviation: Double) {
        let moments = look.moments ?? Moments()
        return (moments.mean, moments.standardDeviation)
    }

    func quantiles(_ fractions: [Double], ofMagnitudes: Bool) throws(Cancelled) -> [Double] {
        let places = fractions.map { OrderStatistics.position(of: $0, count: count) }
        let values = try OrderStatistics.values(
            ofRanks: places.flatMap { [$0.lower, $0.upper] }, byMagnitude: ofMagnitudes, in: reader,
            buckets: try bucketHistogram(), context: context)
        return places.indices.map {
            OrderStatistics.interpolate(values[2 * $0], values[2 * $0 + 1], places[$0].weight)
        }
    }

    private func bucketHistogram() throws(Cancelled) -> BucketHistogram {
        if let buckets { return buckets }
        let tables = PerWorker(context.threads) { [UnsafeMutablePointer<UInt32>.allocate(capacity: 65_536)] }
        for table in tables.all { table[0].initialize(repeating: 0, count: 65_536) }
        defer { for table in tables.all { table[0].deallocate() } }
        let workers = PerWorker(context.threads) { (Scratch(), Scratch()) }
        try context.forEach(0..<reader.chunkCount) { [reader, isFinite] chunk, worker in
            let table = tables[worker][0]
            reader.withFiniteChunk(chunk, workers[worker].0, workers[worker].1, isKnownFinite: isFinite) {
                values, count, _ in
                for i in 0..<count { table[Int(values[i].bitPattern >> 16)] &+= 1 }
            }
        }
        let none = UnsafeMutablePointer<UInt32>.allocate(capacity: 65_536)
        none.initialize(repeating: 0, count: 65_536)
        defer { none.deallocate() }
        var result = BucketHistogram()
        for table in tables.all { result.add(table[0], none) }
        buckets = result
        return result
    }

    func meanDistance(from centre: Double) throws(Cancelled) -> Double {
        let factor = largest.normalizingFactor, pivot = Float(centre * Double(factor))
        let sums = try perChunk { values, count, _ in
            Kernel.set.absoluteDeviation(values, count, factor: factor, pivot: pivot)
        }
        return sums.reduce(0, +) / Double(factor) / Double(count)
    }

    func magnitudes(bins: Int) throws(Cancelled) -> MagnitudeBins {
        let tables = PerWorker(context.threads) { Counters(4 * bins) }
        let largest = largest
        _ = try perChunk { values, count, worker in
            Kernel.set.countMagnitudes(values, count, largest: largest, bins: bins, tables[worker].base)
        }
        var counts = [Double](repeating: 0, count: bins)
        for table in tables.all {
            for (bin, count) in MagnitudeBins.occupied(table.base, bins) { counts[bin] += count }
        }
        return MagnitudeBins(counts: counts)
    }

    func tails(from low: Float, below high: Float, most: Int) throws(Cancelled) -> MagnitudeTails? {
        let factor = largest.normalizingFactor
        let spares = PerWorker(context.threads) { Scratch() }, gathered = Lock(0)
        let parts = try perChunk { values, count, worker in
            let output = spares[worker].floats(count)
            let tails = Kernel.set.tails(values, count, low: low, high: high, factor: factor, output)
            let total = gathered.withLock { total in
                total += tails.betweenCount
                return total
            }
            // Too many are only counted.
            let kept = total <= most ? tails.betweenCount : 0
            return (tails, Array(UnsafeBufferPointer(start: output, count: kept)))
        }
        guard gathered.withLock({ $0 }) <= most else { return nil }
        var above = (count: 0.0, sum: 0.0), between: [(value: Float, times: Double)] = []
        for (tails, values) in parts {
            above.count += Double(tails.aboveCount)
            above.sum += tails.aboveSum / Double(factor)
            between += values.map { ($0, 1) }
        }
        return MagnitudeTails(low: low, high: high, above: above, between: between)
    }

    func objective() throws(Cancelled) -> any GridObjective { try bins() }

    func sketch() throws(Cancelled) -> WeightedEvidence? { try weighted().evidence }

    func weighted() throws(Cancelled) -> (evidence: WeightedEvidence, isExact: Bool) {
        (WeightedEvidence(try bins(), minimum: minimum, maximum: maximum, cancel: cancel), false)
    }

    private func bins() throws(Cancelled) -> CumulativeMoments {
        if let kept = keptObjective.withLock({ $0 }) { return kept }
        let bins = LinearBins(low: minimum, high: maximum)
        let counters = PerWorker(context.threads) { LinearBins.Counter() }
        _ = try perChunk { values, count, worker in bins.count(values, count, into: counters[worker]) }
        let result = bins.objective(counters.all)
        keptObjective.withLock { $0 = result }
        return result
    }

    func errors(_ quantizers: [Quantizer], _ measure: ErrorMeasure) throws(Cancelled) -> [Double] {
        let factor = largest.normalizingFactor
        let parts = try perChunk { values, count, _ in
            var sums = [Double](repeating: 0, count: quantizers.count)
            var offset = 0
            while offset < count {  // by tiles, so that every quantizer finds the values in the cache
                let length = min(Tiling.tile, count - offset)
                for (number, quantizer) in quantizers.enumerated() {
                    sums[number] += Kernel.set.error(values + offset, length, quantizer, measure, factor: factor)
                }
                offset += length
            }
            return sums
        }
        return quantizers.indices.map { number in parts.reduce(0) { $0 + $1[number] } }
    }

    func cells() throws(Cancelled) -> ValueCells {
        let counts = try bucketHistogram().counts, tables = PerWorker(context.threads) { BucketSums() }
        _ = try perChunk { values, count, worker in tables[worker].add(values, count) }
        let sums = tables.all.reduce(into: [Double](repeating: 0, count: 65_536)) { $1.add(to: &$0) }
        return ValueCells(counts: counts, sums: sums) { [self] wanted throws(Cancelled) in
            let slots = PerWorker(context.threads) { BucketSlots(wanted) }
            _ = try perChunk { values, count, worker in slots[worker].add(values, count) }
            return BucketSlots.cells(slots.all)
        }
    }

    /// What `body(values, count, worker)` gives for the finite values of every chunk, in order.
    private func perChunk<Part>(
        _ body: (UnsafePointer<Float>, Int, Int) -> Part
    ) throws(Cancelled) -> [Part] {
        let parts = Slots<Part?>(reader.chunkCount, repeating: nil)
        let workers = PerWorker(context.threads) { (Scratch(), Scratch()) }
        try withoutActuallyEscaping(body) { body throws(Cancelled) in
            let shared = Shared(body: body)
            try context.forEach(0..<reader.chunkCount) { [reader, isFinite] chunk, worker in
                parts[chunk] = reader.withFiniteChunk(
                    chunk, workers[worker].0, workers[worker].1, isKnownFinite: isFinite
                ) { values, count, _ in shared.body(values, count, worker) }
            }
        }
        return parts.all.compactMap { $0 }
    }

    /// Bodies touch what belongs to their worker alone.
    private struct Shared<Part>: @unchecked Sendable {
        let body: (UnsafePointer<Float>, Int, Int) -> Part
    }

    /// Counters at zero.
    private final class Counters {
        let base: UnsafeMutablePointer<UInt32>
        init(_ count: Int) {
            base = .allocate(capacity: count)
            base.initialize(repeating: 0, count: count)
        }
        deinit { base.deallocate() }
    }
}
