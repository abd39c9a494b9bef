import KernelTypes
public import Tensors

/// Evaluates a recipe on a tensor by one fused pass over tiles on all cores.
///
/// Where the ranges of a chunk lie together, they are calibrated and evaluated while the chunk is in the cache, so that the
/// tensor is read once; other ranges are calibrated first. Memory is bounded by chunks and by the number of long ranges.
public struct Evaluator: Sendable {
    /// The whole tensor, and its ranges where entries share them.
    let whole: TensorView
    private let wholeLayout: RangeLayout
    /// What is quantized and judged: all of it, or the entries that are not calibrated on.
    let tensor: TensorView
    let recipe: Recipe
    let layout: RangeLayout
    let schedule: EvaluationSchedule
    /// On the tensor itself.
    let calibration: RangeCalibration
    /// On other entries; it decides where there is one.
    let ahead: AheadCalibration?
    let summary: TensorSummary?
    /// The largest magnitude of the tensor, where it is known.
    let tensorLargest: Float?
    let isEstimate: Bool

    /// - Parameter summary: of the tensor's first pass, which saves work where it is known.
    public init(_ tensor: TensorView, recipe: Recipe, summary: TensorSummary? = nil) throws(ShapeMismatch) {
        let layout = try recipe.layout(of: tensor)
        let entries = recipe.rangeMode.calibrationEntries
        guard entries > 0 else {
            self.init(tensor, layout: layout, recipe: recipe, summary: summary, knownExtremes: nil, isEstimate: false)
            return
        }
        let judged = tensor.entries(entries..<tensor.shape.extents[0])
        let ahead = try AheadCalibration(tensor.entries(0..<entries), recipe)
        self.init(
            judged, layout: try recipe.layout(ofJudged: judged.shape), recipe: recipe, summary: nil,
            knownExtremes: nil, isEstimate: false, ahead: ahead, whole: (tensor, layout))
    }

    init(
        _ tensor: TensorView, layout: RangeLayout, recipe: Recipe, summary: TensorSummary?,
        knownExtremes: (low: Float, high: Float)?, largest: Float? = nil, isEstimate: Bool,
        ahead: AheadCalibration? = nil, whole: (TensorView, RangeLayout)? = nil
    ) {
        (self.whole, wholeLayout) = whole ?? (tensor, layout)
        self.tensor = tensor
        self.recipe = recipe
        self.layout = layout
        self.summary = summary
        self.ahead = ahead
        schedule = EvaluationSchedule(layout)
        tensorLargest = largest ?? summary?.largest ?? knownExtremes.map { max(abs($0.low), abs($0.high)) }
        self.isEstimate = isEstimate
        calibration = RangeCalibration(
            tensor, layout, recipe, summary: summary, knownExtremes: knownExtremes, tensorLargest: tensorLargest ?? 0,
            isEstimate: isEstimate)
    }

    /// The exact result.
    public func evaluate(_ context: WorkContext = WorkContext()) throws(Cancelled) -> Evaluation {
        if let better = try prepared(context) { return try better.evaluate(context) }
        let result = try run(context)
        return evaluation(
            sums: result.sums, codeCounts: result.codeCounts, quantizers: result.quantizers,
            worstRange: result.worstRange, layout: layout, tensor: tensor, isExact: true)
    }

    /// The quantizer of one range.
    public func quantizer(
        ofRange range: Int, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> Quantizer {
        if let ahead { return try ahead.quantizer(ofRange: range, context: context) }
        if let better = try prepared(context) { return try better.quantizer(ofRange: range, context: context) }
        if let coder = try jointCoder(context) { return jointQuantizer(coder, ofRange: range) }
        return try calibration.quantizer(ofRange: range, context: context)
    }

    public var rangeCount: Int { layout.rangeCount }

    /// The range of an element of the whole tensor.
    func range(ofWholeElement element: Int) -> Int { wholeLayout.range(ofElement: element) }

    /// The extremes of one range, or of all that is judged; the low one above the high one where no value is finite.
    func extremes(ofRange range: Int?, context: WorkContext) throws(Cancelled) -> (low: Float, high: Float) {
        if let known = calibration.knownExtremes { return known }
        if let summary, range == nil || layout.rangeCount == 1 { return (summary.minimum, summary.maximum) }
        let reader = range.map { RangeReader(tensor, layout.runs(ofRange: $0)) } ?? RangeReader(tensor)
        return try calibration.extremes(of: reader, context: context)
    }

    func evaluation(
        sums: ErrorSums, codeCounts: [UInt64], quantizers: [Quantizer], worstRange: Int, layout: RangeLayout,
        tensor: TensorView, isExact: Bool
    ) -> Evaluation {
        Evaluation(
            recipe: recipe,
            metrics: Metrics(
                sums: sums, codeCounts: codeCounts, levelsTotal: codeCounts.count,
                size: recipe.storedSize(layout, shape: tensor.shape, sourceBytes: tensor.byteCount)),
            sums: sums,
            quantizers: quantizers, rangeCount: layout.rangeCount, codeCounts: codeCounts, worstRange: worstRange,
            isExact: isExact)
    }

    // MARK: The pass

    struct RawResult {
        var sums = ErrorSums()
        var codeCounts: [UInt64] = []
        var quantizers: [Quantizer] = []
        var worstRange = 0
    }

    private struct ChunkResult {
        var sums = ErrorSums()
        var worstRange = 0
        var worstError = -1.0
        var quantizers: [Quantizer] = []
    }

    func run(_ context: WorkContext) throws(Cancelled) -> RawResult {
        if let result = try tableResult(context) { return result }
        // A book of vectors is learnt first, which is about a third of the work.
        let learning = recipe.format is ProductFormat ? 0.3 : 0
        if let coder = try jointCoder(context.part(0, learning)) {
            return try jointResult(coder, context.part(learning, 1))
        }
        let codes = recipe.codes
        let workers = PerWorker(context.threads) { EvaluationWorker(codeCount: codes.count, cancel: context.cancel) }
        let isLocal = isCalibratedByChunk
        // Where ranges are calibrated first, that is about two thirds of the work.
        let grids = isLocal ? nil : try allGrids(context.part(0, 0.65))
        let chunkGrids = PerWorker(context.threads) { [recipe] in RangeGrids(recipe) }
        let parts = Slots<ChunkResult>(schedule.chunkCount, repeating: ChunkResult())
        let rangeErrors = PerWorker(context.threads) {
            RangeErrors(schedule.kind == .longRuns ? layout.rangeCount : 0)
        }
        try context.part(isLocal ? 0 : 0.65, 1).forEach(0..<schedule.chunkCount) { index, number in
            let chunk = schedule.chunk(index), worker = workers[number]
            guard !chunk.elements.isEmpty else { return }
            parts[index] = tensor.withValues(
                chunk.elements, scratch: worker.values.floats(chunk.elements.count)
            ) { values in
                evaluate(chunk, values, worker, grids ?? chunkGrids[number], isCalibrated: grids != nil)
            }
            if schedule.kind == .longRuns { rangeErrors[number].add(worker.rangeErrors, at: chunk.ranges.lowerBound) }
        }
        var result = RawResult(codeCounts: [UInt64](repeating: 0, count: codes.count))
        var worstError = -1.0
        for part in parts.all {
            result.sums.merge(part.sums)
            if part.worstError > worstError * (1 + 1e-9) {
                (result.worstRange, worstError) = (part.worstRange, part.worstError)
            }
            result.quantizers += part.quantizers
        }
        if let grids { result.quantizers = grids.kept }
        switch schedule.kind {
        case .localRuns, .localBands: break
        case .longRuns: result.worstRange = RangeErrors.worst(of: rangeErrors.all.map { $0.sums })
        case .longBands: result.worstRange = RangeErrors.worst(of: workers.all.map { $0.rangeErrors })
        }
        for worker in workers.all {
            for (position, count) in worker.finishedCodeCounts().enumerated() { result.codeCounts[position] += count }
        }
        return result
    }

    /// Ranges are chosen while their chunk is in memory.
    var isCalibratedByChunk: Bool {
        ahead == nil && !calibration.isDoubleQuantized
            && (schedule.kind == .localRuns || schedule.kind == .localBands)
    }

    func allGrids(_ context: WorkContext) throws(Cancelled) -> RangeGrids {
        if let ahead { return try ahead.allGrids(context) }
        return try calibration.calibrateAll(context)
    }

    private final class RangeErrors {
        var sums: [Double]
        init(_ count: Int) { sums = [Double](repeating: 0, count: count) }
        func add(_ errors: [Double], at first: Int) {
            for (offset, error) in errors.enumerated() { sums[first + offset] += error }
        }
        /// Sums of different workers add up in no fixed order, so that near-equal ranges count as equal.
        static func worst(of all: [[Double]]) -> Int {
            let all = all.filter { !$0.isEmpty }
            var worst = 0, worstError = -1.0
            for range in all.first?.indices ?? 0..<0 {
                let error = all.reduce(0) { $0 + $1[range] }
                if error > worstError * (1 + 1e-9) { (worst, worstError) = (range, error) }
            }
            return worst
        }
    }

    private func evaluate(
        _ chunk: EvaluationSchedule.Chunk, _ values: UnsafePointer<Float>, _ worker: EvaluationWorker,
        _ grids: RangeGrids, isCalibrated: Bool
    ) -> ChunkResult {
        let count = chunk.elements.count
        var largest = summary?.largest ?? 0, isFinite = summary?.isFinite ?? false
        if !isFinite || summary == nil {
            let seen = Kernel.set.extremes(values, count)
            isFinite = !seen.hasNonFinite
            largest = isFinite ? Float(bitPattern: seen.magnitudeBits) : summary?.largest ?? 0
        }
        var result = ChunkResult()
        if !isCalibrated {
            grids.prepare(chunk.ranges)
            calibration.calibrate(chunk, values, worker, isFinite: isFinite, into: grids)
            // Grids may be missing then.
            if worker.isCancelled { return ChunkResult() }
            result.quantizers = grids.kept
        }
        let isAffine = if case .affine = grids.codec { true } else { false }
        // Elements that are not finite take part as zeros where those leave no error; their codes are taken back after. Other
        // formats judge the runs between them.
        var finite = values, finiteCount = count, runs = [0..<count]
        if !isFinite {
            let copy = worker.clean.floats(count)
            largest = 0
            if !isAffine { runs = [] }
            var start = 0
            for i in 0..<count {
                let value = values[i]
                copy[i] = value.isFinite ? value : 0
                largest = max(largest, abs(copy[i]))
                if value.isFinite { continue }
                finiteCount -= 1
                if isAffine {
                    worker.discount(code: grids.affineZeroCode(layout.range(ofElement: chunk.elements.lowerBound + i)))
                } else {
                    if start < i { runs.append(start..<i) }
                    start = i + 1
                }
            }
            if !isAffine, start < count { runs.append(start..<count) }
            finite = UnsafePointer(copy)
        }
        // Over long ranges the grids of all of them count: chunks have few.
        let bounds = isCalibrated ? grids.magnitudes : grids.magnitudes(chunk.ranges)
        // An error is a part of a step, or, where small values become zero, of the value if the step is larger; clipped ones
        // may be far larger.
        let expected = grids.keepsZero ? min(bounds.error, largest) : bounds.error
        var factors = KernelFactors(
            error: max(expected, largest * 0x1p-40).normalizingFactor,
            value: largest.normalizingFactor,
            // A code of equal steps is up to sixteen bits long.
            reconstruction: bounds.reconstruction.normalizingFactor * (isAffine ? 0x1p-8 : 1))
        let tracksRanges =
            layout.rangeCount > 1 && (schedule.kind != .longBands || layout.rangeCount <= Self.mostTracked)
        func look(countsCodes: Bool) -> KernelSums {
            worker.prepareRangeErrors(
                tracksRanges ? chunk.ranges : 0..<0, keeping: schedule.kind == .longBands)
            var sums = KernelSums()
            for run in runs {
                let start = chunk.elements.lowerBound
                worker.evaluate(
                    finite + run.lowerBound, start + run.lowerBound..<start + run.upperBound, layout: layout,
                    grids: grids, factors: factors, tracksRanges: tracksRanges, countsCodes: countsCodes,
                    isWhole: run.count == count, into: &sums)
            }
            return sums
        }
        var sums = look(countsCodes: true)
        // Where the errors are much smaller than the step let expect, as under one huge outlier that a level meets, their
        // squares may have vanished: look again with the factor that suits them.
        let suited = sums.largestError.normalizingFactor
        if sums.largestError > 0, suited > factors.error * 0x1p30 {
            factors.error = suited
            sums = look(countsCodes: false)
        }
        result.sums = ErrorSums(sums, count: finiteCount, factors: factors)
        guard schedule.kind != .longBands else { return result }
        for (offset, error) in worker.rangeErrors.enumerated() where error > result.worstError {
            result.worstError = error
            result.worstRange = chunk.ranges.lowerBound + offset
        }
        return result
    }

    /// Long bands with more ranges are not searched for the worst one.
    private static let mostTracked = 1 << 21
}

extension ErrorSums {
    /// The kernel's sums in their true size.
    init(_ sums: KernelSums, count: Int, factors: KernelFactors) {
        self.init()
        let error = 1 / Double(factors.error), value = 1 / Double(factors.value)
        let reconstruction = 1 / Double(factors.reconstruction)
        self.count = count
        roundedSquaredError = sums.roundedSquaredError * error * error
        clippedSquaredError = sums.clippedSquaredError * error * error
        absoluteError = sums.absoluteError * error
        self.error = sums.error * error
        squaredOriginal = sums.squaredOriginal * value * value
        squaredReconstruction = sums.squaredReconstruction * reconstruction * reconstruction
        product = sums.product * value * reconstruction
        largestError = Double(sums.largestError)
        clippedCount = sums.clippedCount
        zeroedCount = sums.zeroedCount
    }
}
