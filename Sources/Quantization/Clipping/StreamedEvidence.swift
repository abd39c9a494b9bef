/// Evidence from values too many to hold: each question is a pass over the tensor, the answers are kept.
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
                look.map { ($0, Moments(values, count, largest: $0.largest)) }
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

    func objective() throws(Cancelled) -> any GridObjective {
        if let kept = keptObjective.withLock({ $0 }) { return kept }
        let bins = LinearBins(low: minimum, high: maximum)
        let counters = PerWorker(context.threads) { LinearBins.Counter() }
        let workers = PerWorker(context.threads) { (Scratch(), Scratch()) }
        try context.forEach(0..<reader.chunkCount) { [reader, isFinite] chunk, worker in
            let counter = counters[worker]
            reader.withFiniteChunk(chunk, workers[worker].0, workers[worker].1, isKnownFinite: isFinite) {
                values, count, _ in
                bins.count(values, count, into: counter)
            }
        }
        let result = bins.objective(counters.all)
        keptObjective.withLock { $0 = result }
        return result
    }

    func squaredErrors(_ quantizers: [AffineQuantizer]) throws(Cancelled) -> [Double] {
        let factor = largest.normalizingFactor, unit = Double(factor)
        let parts = Slots<[Double]>(reader.chunkCount, repeating: [])
        let workers = PerWorker(context.threads) { (Scratch(), Scratch()) }
        try context.forEach(0..<reader.chunkCount) { [reader, isFinite] chunk, worker in
            parts[chunk] = reader.withFiniteChunk(chunk, workers[worker].0, workers[worker].1, isKnownFinite: isFinite)
            { values, count, _ in
                var sums = [Double](repeating: 0, count: quantizers.count)
                var offset = 0
                while offset < count {  // by tiles, so that every quantizer finds the values in the cache
                    let length = min(Tiling.tile, count - offset)
                    for (number, quantizer) in quantizers.enumerated() {
                        sums[number] += Kernel.squaredError(
                            values + offset, length, grid: quantizer.kernel, factor: factor)
                    }
                    offset += length
                }
                return sums
            }
        }
        return quantizers.indices.map { number in
            parts.all.reduce(0) { $0 + ($1.isEmpty ? 0 : $1[number]) } / (unit * unit)
        }
    }
}
