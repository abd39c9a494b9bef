public import Basics
import KernelTypes
public import Tensors

/// What the first pass over a tensor leaves for everything after it.
public struct TensorSummary: Sendable {
    public let statistics: TensorStatistics
    /// The finite elements by their upper sixteen bits.
    public let buckets: BucketHistogram
    let moments: Moments
    let minimum: Float
    let maximum: Float
    /// All values, where elements have few bits.
    let table: ValueTable?
    /// What searches over the whole tensor are guided by, made by the first of them.
    let objective = Lock<CumulativeMoments?>(nil)

    /// Whether searches over the whole tensor need no more look at it.
    public var hasObjective: Bool { table != nil || objective.withLock { $0 != nil } }

    var isFinite: Bool { statistics.nanCount == 0 && statistics.infinityCount == 0 }
    var largest: Float { max(abs(minimum), abs(maximum)) }
}

/// The first pass over a tensor: exact statistics and the bucket histogram.
///
/// It can be cancelled and goes on later where it stopped. One thread drives it at a time.
public final class FirstPass: @unchecked Sendable {
    private final class Worker {
        let scratch = Scratch(), spare = Scratch()
        let first = UnsafeMutablePointer<UInt32>.allocate(capacity: 65_536)
        let second = UnsafeMutablePointer<UInt32>.allocate(capacity: 65_536)
        var counted = 0
        init() { clear() }
        deinit {
            first.deallocate()
            second.deallocate()
        }
        func clear() {
            first.initialize(repeating: 0, count: 65_536)
            second.initialize(repeating: 0, count: 65_536)
            counted = 0
        }
    }

    private struct Part {
        var look: KernelLook
        var moments: Moments
    }

    public let tensor: TensorView
    private let reader: RangeReader
    private var next = 0
    private var parts: [Part?]
    private var buckets = BucketHistogram()
    private var patternCounts: [UInt64] = []
    private var percentiles: [Double]?
    public private(set) var summary: TensorSummary?

    public init(_ tensor: TensorView) {
        self.tensor = tensor
        reader = RangeReader(tensor)
        parts = Array(repeating: nil, count: reader.chunkCount)
    }

    /// Runs, or runs on, to the end.
    @discardableResult
    public func run(_ context: WorkContext) throws(Cancelled) -> TensorSummary {
        if let summary { return summary }
        if let patterns = tensor.patternCount, tensor.isWhole {
            try countPatterns(patterns, context)
            let summary = summarize(ValueTable(patternCounts: patternCounts, values: tensor.patternValues))
            self.summary = summary
            return summary
        }
        try look(context)
        let summary = try finish(context)
        self.summary = summary
        return summary
    }

    // MARK: Elements of few bits

    /// Two tables of one worker that belong together.
    private final class PatternWorker {
        let first: UnsafeMutablePointer<UInt32>
        let second: UnsafeMutablePointer<UInt32>
        private let patterns: Int
        var counted = 0
        init(_ count: Int) {
            patterns = count
            first = .allocate(capacity: count)
            second = .allocate(capacity: count)
            first.initialize(repeating: 0, count: count)
            second.initialize(repeating: 0, count: count)
        }
        deinit {
            first.deallocate()
            second.deallocate()
        }

        /// Moves the counts into `totals`.
        func flush(into totals: inout [UInt64]) {
            for pattern in 0..<patterns {
                totals[pattern] += UInt64(first[pattern]) + UInt64(second[pattern])
                first[pattern] = 0
                second[pattern] = 0
            }
            counted = 0
        }
    }

    private func countPatterns(_ patterns: Int, _ context: WorkContext) throws(Cancelled) {
        if patternCounts.isEmpty { patternCounts = Array(repeating: 0, count: patterns) }
        let chunks = tensor.count.pieces(of: Tiling.chunk)
        let workers = PerWorker(context.threads) { PatternWorker(patterns) }
        defer {
            for worker in workers.all where worker.counted > 0 { worker.flush(into: &patternCounts) }
        }
        // As in `look`, batches are whole. A worker's counters hold 2³² elements, which are not reached in one run of a batch.
        let batch = 16 * context.threads
        while next < chunks {
            let indices = next..<min(next + batch, chunks)
            let whole = WorkContext(threads: context.threads, isInBackground: context.isInBackground)
            try whole.forEach(indices) { [tensor] chunk, number in
                let elements = chunk * Tiling.chunk..<min((chunk + 1) * Tiling.chunk, tensor.count)
                tensor.countPatterns(inStoredOrder: elements, workers[number].first, workers[number].second)
                workers[number].counted += elements.count
            }
            for worker in workers.all where worker.counted > 1 << 31 { worker.flush(into: &patternCounts) }
            next = indices.upperBound
            context.progress?(Double(next) / Double(chunks))
            if context.cancel.isCancelled { throw Cancelled() }
        }
    }

    private func summarize(_ table: ValueTable) -> TensorSummary {
        for (value, count) in zip(table.values, table.counts) { buckets.add(value, times: count) }
        buckets.isWholeTensorFinite = table.finiteCount == tensor.count
        let percentiles = table.evidence()?.quantiles(
            TensorStatistics.percentilePoints.map { $0 / 100 }, ofMagnitudes: false)
        return summary(
            KernelLook(
                minimum: table.values.first ?? .infinity, maximum: table.values.last ?? -.infinity,
                zeroCount: table.zeroCount, nanCount: table.nanCount, infinityCount: table.infinityCount),
            table.statisticalMoments, percentiles, table)
    }

    // MARK: All others

    /// Chunks in batches, so that a cancelled pass keeps what it has.
    private func look(_ context: WorkContext) throws(Cancelled) {
        let workers = PerWorker(context.threads) { Worker() }
        defer {
            for worker in workers.all where worker.counted > 0 { buckets.add(worker.first, worker.second) }
        }
        let batch = 8 * context.threads
        while next < parts.count {
            let indices = next..<min(next + batch, parts.count)
            let results = Slots<Part?>(indices.count, repeating: nil)
            // A batch is not interrupted: its counters could not be taken back.
            let whole = WorkContext(threads: context.threads, isInBackground: context.isInBackground)
            try whole.forEach(indices) { [reader] chunk, number in
                let worker = workers[number]
                results[chunk - indices.lowerBound] = reader.withFiniteChunk(chunk, worker.scratch, worker.spare) {
                    values, count, look in
                    guard let look else { return nil }
                    Kernel.set.countBuckets(values, count, worker.first, worker.second)
                    worker.counted += count
                    return Part(
                        look: look, moments: Moments(values, count, minimum: look.minimum, maximum: look.maximum))
                }
            }
            for index in indices { parts[index] = results[index - indices.lowerBound] }
            for worker in workers.all where worker.counted > 1 << 31 {
                buckets.add(worker.first, worker.second)
                worker.clear()
            }
            next = indices.upperBound
            context.progress?(0.6 * Double(next) / Double(parts.count))
            if context.cancel.isCancelled { throw Cancelled() }
        }
    }

    private func finish(_ context: WorkContext) throws(Cancelled) -> TensorSummary {
        var look = KernelLook(minimum: .infinity, maximum: -.infinity, zeroCount: 0), moments = Moments()
        for case let part? in parts {
            look.minimum = min(look.minimum, part.look.minimum)
            look.maximum = max(look.maximum, part.look.maximum)
            look.zeroCount += part.look.zeroCount
            look.nanCount += part.look.nanCount
            look.infinityCount += part.look.infinityCount
            moments.merge(part.moments)
        }
        let finite = tensor.count - look.nanCount - look.infinityCount
        buckets.isWholeTensorFinite = finite == tensor.count
        let percentiles = finite == 0 ? nil : try self.percentiles(of: finite, context)
        return summary(look, moments, percentiles, nil)
    }

    private func summary(
        _ look: KernelLook, _ moments: Moments, _ percentiles: [Double]?, _ table: ValueTable?
    ) -> TensorSummary {
        let finite = tensor.count - look.nanCount - look.infinityCount
        let variance = moments.second / moments.count
        let statistics = TensorStatistics(
            count: tensor.count, nanCount: look.nanCount, infinityCount: look.infinityCount, zeroCount: look.zeroCount,
            minimum: finite == 0 ? nil : Double(look.minimum), maximum: finite == 0 ? nil : Double(look.maximum),
            mean: finite == 0 ? nil : moments.mean,
            standardDeviation: finite == 0 ? nil : moments.standardDeviation,
            absoluteMaximum: finite == 0 ? nil : Double(look.largest),
            skewness: variance > 0 ? moments.third / moments.count / (variance * variance.squareRoot()) : nil,
            kurtosis: variance > 0 ? moments.fourth / moments.count / (variance * variance) : nil,
            percentiles: percentiles)
        return TensorSummary(
            statistics: statistics, buckets: buckets, moments: moments, minimum: look.minimum, maximum: look.maximum,
            table: table)
    }

    private func percentiles(of finite: Int, _ context: WorkContext) throws(Cancelled) -> [Double] {
        let positions = TensorStatistics.percentilePoints.map { OrderStatistics.position(of: $0 / 100, count: finite) }
        let values = try OrderStatistics.values(
            ofRanks: positions.flatMap { [$0.lower, $0.upper] }, byMagnitude: false, in: reader, buckets: buckets,
            context: context.silent)
        return positions.indices.map {
            OrderStatistics.interpolate(values[2 * $0], values[2 * $0 + 1], positions[$0].weight)
        }
    }
}
