import Basics
import KernelTypes
import Tensors

/// One recipe on a tensor, chunk by chunk. Several recipes whose ranges lie alike can share the reading of each chunk; their results are those
/// of passes of their own.
final class EvaluationPass: @unchecked Sendable {
    private struct ChunkResult {
        var sums = ErrorSums()
        var worstRange = 0
        var worstError = -1.0
        var quantizers: [Quantizer] = []
    }

    private let evaluator: Evaluator
    private let workers: PerWorker<EvaluationWorker>
    /// Of all ranges, where these are calibrated before; else each worker has those of its chunk.
    private let grids: RangeGrids?
    private let chunkGrids: PerWorker<RangeGrids>
    private let parts: Slots<ChunkResult>
    private let rangeErrors: PerWorker<RangeErrors>

    private var schedule: EvaluationSchedule { evaluator.schedule }
    private var layout: RangeLayout { evaluator.layout }

    /// Calibrates ranges that do not fit a chunk.
    ///
    /// - Parameter quantizer: of the tensor's only range, where it is known.
    /// - Precondition: the evaluator is prepared, and codes follow from single values.
    init(_ evaluator: Evaluator, quantizer: Quantizer? = nil, _ context: WorkContext) throws(Cancelled) {
        self.evaluator = evaluator
        let codeCount = evaluator.recipe.codes.count
        workers = PerWorker(context.threads) { EvaluationWorker(codeCount: codeCount, cancel: context.cancel) }
        if let quantizer, !evaluator.isCalibratedByChunk {
            let grids = RangeGrids(evaluator.recipe)
            grids.prepare(0..<1)
            grids.set(0, quantizer)
            grids.finish()
            self.grids = grids
        } else {
            grids = evaluator.isCalibratedByChunk ? nil : try evaluator.allGrids(context)
        }
        chunkGrids = PerWorker(context.threads) { RangeGrids(evaluator.recipe) }
        parts = Slots(evaluator.schedule.chunkCount, repeating: ChunkResult())
        rangeErrors = PerWorker(context.threads) {
            RangeErrors(evaluator.schedule.kind == .longRuns ? evaluator.layout.rangeCount : 0)
        }
    }

    /// Reads the tensor once for all passes.
    ///
    /// - Precondition: they are of one tensor, in the same chunks, and there is at least one.
    static func run(_ passes: [EvaluationPass], _ context: WorkContext) throws(Cancelled) {
        let first = passes[0], schedule = first.schedule
        try context.forEach(0..<schedule.chunkCount) { index, number in
            let chunk = schedule.chunk(index)
            guard !chunk.elements.isEmpty else { return }
            let scratch = first.workers[number].values.floats(chunk.elements.count)
            first.evaluator.tensor.withValues(chunk.elements, scratch: scratch) { values in
                for pass in passes { pass.look(at: chunk, values, index, number) }
            }
        }
    }

    private func look(
        at chunk: EvaluationSchedule.Chunk, _ values: UnsafePointer<Float>, _ index: Int, _ number: Int
    ) {
        let worker = workers[number]
        parts[index] = evaluate(chunk, values, worker, grids ?? chunkGrids[number], isCalibrated: grids != nil)
        if schedule.kind == .longRuns { rangeErrors[number].add(worker.rangeErrors, at: chunk.ranges.lowerBound) }
    }

    /// What all chunks gave.
    var result: Evaluator.RawResult {
        var result = Evaluator.RawResult(codeCounts: [UInt64](repeating: 0, count: evaluator.recipe.codes.count))
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
        var largest = evaluator.summary?.largest ?? 0, isFinite = evaluator.summary?.isFinite ?? false
        if !isFinite || evaluator.summary == nil {
            let seen = Kernel.set.extremes(values, count)
            isFinite = !seen.hasNonFinite
            largest = isFinite ? Float(bitPattern: seen.magnitudeBits) : evaluator.summary?.largest ?? 0
        }
        var result = ChunkResult()
        if !isCalibrated {
            grids.prepare(chunk.ranges)
            evaluator.calibration.calibrate(chunk, values, worker, isFinite: isFinite, into: grids)
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
