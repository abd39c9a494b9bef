public import Basics
import KernelTypes
import Tensors

extension Evaluator {
    /// The layout of strips over what is judged.
    func layout(of kind: StripKind) throws(ShapeMismatch) -> RangeLayout {
        switch kind {
        case .ranges: return layout
        case .channels(let axis):
            do throws(GranularityError) {
                return try Granularity.channel(axis: axis).layout(of: tensor.shape)
            } catch {
                throw .granularity(error)
            }
        }
    }

    /// Looks at every strip: one pass for errors, another for what is sorted and counted.
    ///
    /// Exact. nil where there are more than `StripProfiles.mostStrips`, or the tensor has no such axis.
    public func profiles(
        of kind: StripKind, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> StripProfiles? {
        if let better = try prepared(context) { return try better.profiles(of: kind, context: context) }
        guard let strips = try? layout(of: kind), strips.rangeCount <= StripProfiles.mostStrips, tensor.count > 0 else {
            return nil
        }
        let errors = try stripErrors(strips, context.part(0, 0.5))
        let coder = try jointCoder(context)
        // Ranges that lie apart are calibrated together.
        let isKept = coder == nil && ahead == nil && layout.rangeCount <= StripProfiles.mostStrips
        let quantizers = isKept ? try calibration.calibrateAll(context.silent, keepsAll: true) : nil
        let pass = StripPass(evaluator: self, strips: strips, coder: coder, quantizers: quantizers, errors: errors)
        let all = try pass.run(context.part(0.5, 1))
        return StripProfiles(
            kind: kind, shape: tensor.shape, strips: all, squaredError: errors.all.reduce(0) { $0 + $1.error })
    }

    /// Squared errors and values of every strip.
    private func stripErrors(_ strips: RangeLayout, _ context: WorkContext) throws(Cancelled) -> Slots<StripErrors> {
        let pass = try reconstructionPass(context), count = strips.rangeCount
        let tables = PerWorker(context.threads) { Slots<StripErrors>(count, repeating: StripErrors()) }
        try pass.forEach(context) { _, part, worker in
            let table = tables[worker].base
            strips.forEachRun(part.elements) { elements, strip in
                var sums = StripErrors()
                for i in elements.lowerBound - part.elements.lowerBound..<elements.upperBound
                    - part.elements.lowerBound
                {
                    let value = part.values[i]
                    guard value.isFinite else { continue }
                    let error = Double(part.reconstruction[i] - value)
                    sums.error += error * error
                    sums.power += Double(value) * Double(value)
                    if value != 0, part.reconstruction[i] == 0 { sums.zeroed += 1 }
                }
                table[strip].error += sums.error
                table[strip].power += sums.power
                table[strip].zeroed += sums.zeroed
            }
        }
        let first = tables[0]
        for other in tables.all.dropFirst() {
            for strip in 0..<count {
                first[strip].error += other[strip].error
                first[strip].power += other[strip].power
                first[strip].zeroed += other[strip].zeroed
            }
        }
        return first
    }
}

extension RangeLayout {
    /// Calls `body(elements, range)` for runs of elements of one range each, in order.
    @inline(__always)
    func forEachRun(_ elements: Range<Int>, _ body: (Range<Int>, Int) -> Void) {
        var at = elements.lowerBound
        while at < elements.upperBound {
            let row = at / rowLength, column = at % rowLength, piece = column / pieceLength
            let end = min(elements.upperBound, at - column + min((piece + 1) * pieceLength, rowLength))
            body(at..<end, firstRange(ofRow: row) + piece)
            at = end
        }
    }
}

private struct StripErrors: Sendable {
    var error = 0.0, power = 0.0, zeroed = 0
}

/// The look at every strip by itself.
private struct StripPass: Sendable {
    let evaluator: Evaluator
    let strips: RangeLayout
    let coder: (any JointCoder)?
    let quantizers: RangeGrids?
    let errors: Slots<StripErrors>

    func run(_ context: WorkContext) throws(Cancelled) -> [StripProfile] {
        let results = Slots<StripProfile?>(strips.rangeCount, repeating: nil)
        let workers = PerWorker(context.threads) { StripWorker() }
        if strips.rangeCount < context.threads || strips.largestRange > Tiling.localLimit {
            // Few strips are read by all cores.
            for number in 0..<strips.rangeCount {
                results[number] = try profile(number, workers[0], context.silent)
                context.progress?(Double(number) / Double(strips.rangeCount))
            }
        } else {
            // Neighbours together, so that short strips cost no more than their elements, and rows are read in long runs.
            let single = WorkContext(threads: 1, cancel: context.cancel)
            let most = max(1, Tiling.chunk / max(1, strips.largestRange))
            let step = strips.isContiguous ? min(64, most) : max(16, most)
            let perBand = strips.pieces.pieces(of: step)
            try context.forEach(0..<strips.bandCount * perBand) { batch, number in
                let first = batch / perBand * strips.pieces + batch % perBand * step
                let last = min(first + step, (batch / perBand + 1) * strips.pieces)
                let worker = workers[number]
                if !strips.isContiguous { worker.gather(evaluator.tensor, strips, first..<last) }
                defer { worker.forget() }
                for strip in first..<last {
                    // What is cancelled here is cancelled outside.
                    guard let profile = try? profile(strip, worker, single) else { return }
                    results[strip] = profile
                }
            }
        }
        let all = results.all.compactMap { $0 }
        guard all.count == strips.rangeCount else { throw Cancelled() }
        return all
    }

    private func profile(
        _ number: Int, _ worker: StripWorker, _ context: WorkContext
    ) throws(Cancelled) -> StripProfile {
        let runs = strips.runs(ofRange: number), ranges = ranges(touchedBy: runs)
        var first: Quantizer?, limits = ClipRange(low: 0, high: 0), step = 0.0
        for range in ranges.prefix(Self.mostRanges) {
            let quantizer = try quantizer(ofRange: range, worker, context), own = quantizer.range
            limits = first == nil ? own : ClipRange(low: min(limits.low, own.low), high: max(limits.high, own.high))
            step = max(step, quantizer.step)
            first = first ?? quantizer
        }
        guard let first else { throw Cancelled() }
        let shape = try worker.shape(
            ofStrip: number, RangeReader(evaluator.tensor, runs),
            codedBy: coder == nil && ranges.count == 1 ? first : nil, rounding: evaluator.recipe.rounding,
            context: context)
        let sums = errors[number]
        return StripProfile(
            number: number, count: shape.count, minimum: shape.minimum, lowPercentile: shape.low,
            median: shape.median, highPercentile: shape.high, maximum: shape.maximum, mean: shape.mean,
            deviation: shape.deviation, limits: limits, step: step, range: ranges[0], hasOneRange: ranges.count == 1,
            squaredError: sums.error, squaredOriginal: sums.power,
            zeroedFraction: shape.count > 0 ? Double(sums.zeroed) / Double(shape.count) : 0,
            usedLevels: shape.usedLevels, levelCount: first.levelCount)
    }

    private func quantizer(
        ofRange range: Int, _ worker: StripWorker, _ context: WorkContext
    ) throws(Cancelled) -> Quantizer {
        if let kept = quantizers?.quantizer(range) { return kept }
        if let known = worker.known, known.range == range { return known.quantizer }
        let quantizer: Quantizer
        if let coder {
            quantizer = JointState(evaluator: evaluator, coder: coder).quantizer(ofRange: range, context)
        } else {
            quantizer = try evaluator.quantizer(ofRange: range, context: context)
        }
        worker.known = (range, quantizer)
        return quantizer
    }

    /// Of more ranges in one strip the first ones stand for all.
    private static let mostRanges = 1_024

    /// The ranges that a strip has elements in, ascending; at most one more than are looked at.
    private func ranges(touchedBy runs: RangeRuns) -> [Int] {
        var found: Set<Int> = []
        for row in runs.rows where found.count <= Self.mostRanges {
            evaluator.layout.forEachRun(runs.run(inRow: row)) { _, range in
                if found.count <= Self.mostRanges { found.insert(range) }
            }
        }
        return found.sorted()
    }
}

/// How the values of a strip lie.
private struct StripShape {
    var count = 0
    var minimum: Float = 0, low: Float = 0, median: Float = 0, high: Float = 0, maximum: Float = 0
    var mean = 0.0, deviation = 0.0
    var usedLevels: Int?
}

/// Memory of one worker that looks at strips.
private final class StripWorker {
    private let scratch = Scratch(), gathered = Scratch(), spare = Scratch()
    /// The quantizer that was used last.
    var known: (range: Int, quantizer: Quantizer)?
    private var isUsed: [Bool] = []

    /// Strips that were read together: the first one's number, and where each begins in `batch`.
    private var gatheredStrips: (strips: Range<Int>, starts: [Int])?
    private let batch = Scratch()

    /// Reads some neighbouring strips of one band row by row.
    func gather(_ tensor: TensorView, _ layout: RangeLayout, _ strips: Range<Int>) {
        let all = strips.map { layout.runs(ofRange: $0) }
        guard let first = all.first, let last = all.last else { return }
        var starts = [0]
        for runs in all { starts.append(starts[starts.count - 1] + runs.count) }
        let output = batch.floats(starts[all.count])
        let columns = first.columns.lowerBound..<last.columns.upperBound
        for (place, row) in first.rows.enumerated() {
            let begin = row * layout.rowLength + columns.lowerBound
            tensor.withValues(begin..<begin + columns.count, scratch: scratch.floats(columns.count)) { values in
                for (number, runs) in all.enumerated() {
                    let width = runs.columns.count
                    (output + starts[number] + place * width).update(
                        from: values + (runs.columns.lowerBound - columns.lowerBound), count: width)
                }
            }
        }
        gatheredStrips = (strips, starts)
    }

    func forget() { gatheredStrips = nil }

    /// - Parameter quantizer: of the only range; codes are not counted without it.
    func shape(
        ofStrip number: Int, _ reader: RangeReader, codedBy quantizer: Quantizer?, rounding: Rounding,
        context: WorkContext
    ) throws(Cancelled) -> StripShape {
        let fractions = [StripProfile.lowFraction, 0.5, StripProfile.highFraction]
        if reader.count > Tiling.localLimit {
            let evidence = try StreamedEvidence(reader, context: context)
            guard let evidence else { return StripShape() }
            let (mean, deviation) = evidence.meanAndDeviation()
            let quantiles = try evidence.quantiles(fractions, ofMagnitudes: false).map { Float($0) }
            return StripShape(
                count: evidence.count, minimum: evidence.minimum, low: quantiles[0], median: quantiles[1],
                high: quantiles[2], maximum: evidence.maximum, mean: mean, deviation: deviation)
        }
        let values = gathered.floats(reader.count)
        var filled = 0
        let hasCodes = quantizer.map { $0.isScalar && $0.levelCount <= 1 << 16 } ?? false
        if let quantizer, hasCodes {
            isUsed.removeAll(keepingCapacity: true)
            isUsed.append(contentsOf: repeatElement(false, count: quantizer.levelCount))
        }
        func take(_ part: UnsafePointer<Float>, _ count: Int, element: (Int) -> Int) {
            for i in 0..<count where part[i].isFinite {
                values[filled] = part[i]
                filled += 1
                if let quantizer, hasCodes {
                    let code = quantizer.code(of: part[i], rounding: rounding, index: element(i))
                    isUsed[code - quantizer.lowestCode] = true
                }
            }
        }
        if let gatheredStrips, gatheredStrips.strips.contains(number) {
            let start = gatheredStrips.starts[number - gatheredStrips.strips.lowerBound]
            let runs = reader.runs, width = runs.columns.count
            take(UnsafePointer(batch.floats(0)) + start, runs.count) { position in
                runs.run(inRow: runs.rows.lowerBound + position / width).lowerBound + position % width
            }
        } else {
            for chunk in 0..<reader.chunkCount {
                if context.cancel.isCancelled { throw Cancelled() }
                reader.withChunk(chunk, scratch) { part, count in
                    take(part, count) { reader.element(chunk, $0) }
                }
            }
        }
        guard filled > 0 else {
            return StripShape(usedLevels: hasCodes ? 0 : nil)
        }
        let look = Kernel.set.extremes(values, filled)
        let evidence = ValuesEvidence(
            UnsafePointer(values), filled, minimum: look.minimum, maximum: look.maximum, scanLength: 1)
        let (mean, deviation) = evidence.meanAndDeviation()
        let quantiles = evidence.quantiles(fractions, ofMagnitudes: false).map { Float($0) }
        return StripShape(
            count: filled, minimum: look.minimum, low: quantiles[0], median: quantiles[1], high: quantiles[2],
            maximum: look.maximum, mean: mean, deviation: deviation,
            usedLevels: hasCodes ? isUsed.count { $0 } : nil)
    }
}
