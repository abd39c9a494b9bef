import Basics
import Tensors

extension DoubleQuantization {
    /// The quantizer of one range; where scales are stored in blocks, with those of its neighbours known.
    static func quantizer(
        ofRange range: Int, of count: Int, isUsed: Bool, _ raw: (Int) throws(Cancelled) -> Quantizer
    ) throws(Cancelled) -> Quantizer {
        let own = try raw(range)
        guard isUsed else { return own }
        let first = range / blockSize * blockSize
        var scales: [Float] = []
        for neighbour in first..<min(first + blockSize, count) {
            scales.append(neighbour == range ? own.scale : try raw(neighbour).scale)
        }
        scales.withUnsafeMutableBufferPointer { store($0) }
        return own.with(scale: scales[range - first])
    }
}

/// Calibrates ranges of one tensor under one recipe.
struct RangeCalibration {
    let tensor: TensorView
    let layout: RangeLayout
    let recipe: Recipe
    /// Of the whole tensor, where its first pass is done.
    let summary: TensorSummary?
    /// The extremes to assume where the tensor is a sample that is one range.
    let knownExtremes: (low: Float, high: Float)?
    /// Candidates that searches may try.
    private let scanLength: Int
    private let calibrator: any Calibrator
    let target: CalibrationTarget
    /// How quantizers come about.
    let rule: Rule
    let needs: CalibratorNeeds
    let schedule: EvaluationSchedule
    /// Ranges are calibrated in memory, whoever asks: a range has one quantizer.
    private let gathers: Bool
    private let isEstimate: Bool
    private let quantizerRule: QuantizerRule
    let mapping: Mapping
    let scaleType: ScaleType

    enum Rule {
        /// The range is given.
        case given(Quantizer)
        /// Integers, whose quantizers are made in place: short ranges come in millions.
        case integer(bits: Int)
        /// Scales for fixed levels, likewise.
        case scaled(ScaleRule)
        /// From a clipping range.
        case ranged
        /// From the values.
        case fitted(any FittedFormat)
    }

    init(
        _ tensor: TensorView, _ layout: RangeLayout, _ recipe: Recipe, summary: TensorSummary?,
        knownExtremes: (low: Float, high: Float)?, tensorLargest: Float = 0, isEstimate: Bool
    ) {
        self.tensor = tensor
        // An estimate must be there within a frame, also where each of thousands of short ranges is searched.
        scanLength = isEstimate && layout.rangeCount > 1 ? 48 : ScanDensity.candidates(tensorCount: tensor.count)
        self.layout = layout
        self.recipe = recipe
        self.summary = summary
        self.knownExtremes = layout.rangeCount == 1 ? knownExtremes : nil
        quantizerRule = QuantizerRule(recipe, tensorLargest: tensorLargest)
        self.isEstimate = isEstimate
        calibrator = recipe.clipping.calibrator
        target = CalibrationTarget(recipe)
        mapping = recipe.mapping
        scaleType = recipe.scaleType
        gathers = EvaluationSchedule(layout).kind != .longRuns && layout.largestRange <= Tiling.localLimit
        schedule = EvaluationSchedule(layout)
        switch recipe.format.coding.kind {
        case .fitted(let format): (rule, needs) = (.fitted(format), .values)
        case _ where calibrator is ManualCalibrator:
            let range = (calibrator as? ManualCalibrator)?.given ?? ClipRange(low: 0, high: 0)
            (rule, needs) = (.given(quantizerRule.quantizer(for: range)), .nothing)
        case .scaled(let format):
            rule = .scaled(format.scaleRule(scaleType, tensorLargest: tensorLargest))
            needs = calibrator.needs
        case .uniform(let format) where recipe.convention == nil:
            (rule, needs) = (.integer(bits: format.bits), calibrator.needs)
        case .uniform, .joint: (rule, needs) = (.ranged, calibrator.needs)
        }
    }

    // MARK: Quantizers

    /// Scales follow from those of their neighbours.
    var isDoubleQuantized: Bool { scaleType == .doubleQuantized }

    /// Sets the grid of a range of whose values only the extremes matter; without any value, of the zero range.
    @inline(__always)
    func set(_ range: Int, low: Float, high: Float, in grids: RangeGrids) {
        if low <= high, knownExtremes == nil {
            switch rule {
            case .integer(let bits):
                let clip = ClipRange(low: low, high: high)
                return grids.set(
                    range, AffineQuantizer(range: clip, bits: bits, mapping: mapping, scaleType: scaleType))
            case .scaled(let scaleRule) where !grids.keeps(range):
                return grids.set(range, scale: scaleRule.scale(of: max(abs(low), abs(high))))
            default: break
            }
        }
        if case .given(let quantizer) = rule { return grids.set(range, quantizer) }
        grids.set(range, quantizer(for: self.range(low: low, high: high)))
    }

    func quantizer(for range: ClipRange) -> Quantizer { quantizerRule.quantizer(for: range) }

    /// The quantizer for values in memory.
    func quantizer(
        for values: UnsafePointer<Float>, _ count: Int, _ spare: Scratch, _ cancel: CancelFlag?
    ) -> Quantizer {
        guard case .fitted(let format) = rule else { return quantizer(for: range(for: values, count, spare, cancel)) }
        return FiniteValues.with(values, count, spare) { finite, finiteCount, look in
            guard finiteCount > 0 else { return Self.fittedToNothing(format, scaleType) }
            // Where the work is cancelled it does not matter what the quantizer is.
            return (try? format.fitted(to: evidence(finite, finiteCount, look, cancel), scaleType: scaleType))
                ?? Self.fittedToNothing(format, scaleType)
        }
    }

    /// What a format makes of a single zero.
    private static func fittedToNothing(_ format: any FittedFormat, _ scaleType: ScaleType) -> Quantizer {
        withUnsafePointer(to: Float(0)) { zero in
            let evidence = ValuesEvidence(zero, 1, minimum: 0, maximum: 0, scanLength: 1)
            return (try? format.fitted(to: evidence, scaleType: scaleType))
                ?? .ternary(TernaryQuantizer(scale: 1, threshold: 0))
        }
    }

    /// The quantizer of one range, however large.
    func quantizer(ofRange range: Int, context: WorkContext) throws(Cancelled) -> Quantizer {
        try DoubleQuantization.quantizer(ofRange: range, of: layout.rangeCount, isUsed: isDoubleQuantized) {
            number throws(Cancelled) in try rawQuantizer(ofRange: number, context: context)
        }
    }

    /// The same before scales are stored in blocks.
    func rawQuantizer(ofRange range: Int, context: WorkContext) throws(Cancelled) -> Quantizer {
        switch rule {
        case .given(let quantizer): return quantizer
        case .fitted(let format):
            return try withEvidence(ofRange: range, context: context) { evidence throws(Cancelled) -> Quantizer in
                guard let evidence else { return Self.fittedToNothing(format, scaleType) }
                return try format.fitted(to: evidence, scaleType: scaleType)
            }
        case .integer, .scaled, .ranged:
            return quantizer(for: try self.range(ofRange: range, context: context))
        }
    }

    // MARK: Clipping ranges

    /// The range of values of which only the extremes matter; zero without any value.
    func range(low: Float, high: Float) -> ClipRange {
        if let manual = calibrator as? ManualCalibrator { return manual.given }
        if low > high { return ClipRange(low: 0, high: 0) }
        return ClipRange(
            low: min(low, knownExtremes?.low ?? low), high: max(high, knownExtremes?.high ?? high))
    }

    /// Where the work is cancelled it does not matter what the range is.
    func range(
        for values: UnsafePointer<Float>, _ count: Int, _ spare: Scratch, _ cancel: CancelFlag?
    ) -> ClipRange {
        FiniteValues.with(values, count, spare) { finite, finiteCount, look in
            guard needs == .values, finiteCount > 0 else { return range(low: look.minimum, high: look.maximum) }
            return (try? range(from: evidence(finite, finiteCount, look, cancel)))
                ?? range(low: look.minimum, high: look.maximum)
        }
    }

    func quantizer(from evidence: any RangeEvidence) throws(Cancelled) -> Quantizer {
        if case .given(let quantizer) = rule { return quantizer }
        return quantizer(for: try range(from: evidence))
    }

    func range(from evidence: any RangeEvidence) throws(Cancelled) -> ClipRange {
        try calibrator.range(of: evidence, for: target)
    }

    /// The range of one range of the tensor, however large; zero where none of its values is finite.
    func range(ofRange number: Int, context: WorkContext) throws(Cancelled) -> ClipRange {
        try knownRange(ofRange: number, context: context) ?? range(low: 1, high: 0)
    }

    /// The same; nil where none of its values is finite.
    func knownRange(ofRange number: Int, context: WorkContext) throws(Cancelled) -> ClipRange? {
        if needs == .nothing { return range(low: 0, high: 0) }
        if needs == .extremes, let (low, high) = wholeExtremes { return low > high ? nil : range(low: low, high: high) }
        let reader = RangeReader(tensor, layout.runs(ofRange: number))
        if needs == .extremes, !isGathered(reader) {
            let (low, high) = try extremes(of: reader, context: context)
            return low > high ? nil : range(low: low, high: high)
        }
        return try withEvidence(ofRange: number, context: context) { evidence throws(Cancelled) -> ClipRange? in
            guard let evidence else { return nil }
            return needs == .extremes
                ? range(low: evidence.minimum, high: evidence.maximum) : try range(from: evidence)
        }
    }

    /// What the calibrator leaves to an exact look at the values of a tensor of one range, too large to hold; nil where quantizers come about
    /// otherwise.
    func proposal(_ evidence: StreamedEvidence) throws(Cancelled) -> CalibrationProposal? {
        switch rule {
        case .integer, .ranged: try calibrator.proposal(for: evidence, target)
        case .given, .scaled, .fitted: nil
        }
    }

    // MARK: Evidence

    private func evidence(
        _ values: UnsafePointer<Float>, _ count: Int, _ look: KernelLook, _ cancel: CancelFlag?
    ) -> ValuesEvidence {
        let known = knownExtremes ?? (look.minimum, look.maximum)
        return ValuesEvidence(
            values, count, minimum: min(look.minimum, known.low), maximum: max(look.maximum, known.high),
            scanLength: scanLength, isQuick: isEstimate, isThorough: layout.rangeCount <= 64, cancel: cancel)
    }

    /// The extremes of the tensor's only range, where the first pass knows them.
    private var wholeExtremes: (low: Float, high: Float)? {
        guard layout.rangeCount == 1, let summary else { return nil }
        return (summary.minimum, summary.maximum)
    }

    /// Whether a range is copied together, so that its values are in memory.
    private func isGathered(_ reader: RangeReader) -> Bool { gathers || reader.count <= Tiling.chunk }

    /// Lends the evidence of one range; nil where none of its values is finite.
    func withEvidence<Result>(
        ofRange number: Int, context: WorkContext,
        _ body: ((any RangeEvidence)?) throws(Cancelled) -> Result
    ) throws(Cancelled) -> Result {
        let reader = RangeReader(tensor, layout.runs(ofRange: number))
        if layout.rangeCount == 1, let summary {
            guard summary.statistics.finiteCount > 0 else { return try body(nil) }
            if let table = summary.table { return try body(table.evidence(context.cancel)) }
            if reader.count > Tiling.chunk {
                return try body(StreamedEvidence(reader, summary: summary, context: context))
            }
        }
        guard isGathered(reader) else { return try body(try StreamedEvidence(reader, context: context)) }
        let scratch = Scratch(), gathered = Scratch(), spare = Scratch()
        return try withGathered(reader, scratch, gathered) { values, count throws(Cancelled) in
            try FiniteValues.with(values, count, spare) { finite, finiteCount, look throws(Cancelled) in
                guard finiteCount > 0 else { return try body(nil) }
                return try body(evidence(finite, finiteCount, look, context.cancel))
            }
        }
    }

    /// The quantizer of a range that is copied together first.
    func quantizer(
        gathering reader: RangeReader, _ scratch: Scratch, _ gathered: Scratch, _ spare: Scratch, _ cancel: CancelFlag?
    ) -> Quantizer {
        withGathered(reader, scratch, gathered) { values, count in quantizer(for: values, count, spare, cancel) }
    }

    private func withGathered<Result, Failure: Error>(
        _ reader: RangeReader, _ scratch: Scratch, _ gathered: Scratch,
        _ body: (UnsafePointer<Float>, Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if reader.chunkCount == 1 { return try reader.withChunk(0, scratch, body) }
        let values = gathered.floats(reader.count)
        var filled = 0
        for chunk in 0..<reader.chunkCount {
            reader.withChunk(chunk, scratch) { part, count in
                (values + filled).update(from: part, count: count)
                filled += count
            }
        }
        return try body(UnsafePointer(values), filled)
    }

    func extremes(of reader: RangeReader, context: WorkContext) throws(Cancelled) -> (low: Float, high: Float) {
        let looks = Slots<KernelLook?>(reader.chunkCount, repeating: nil)
        let workers = PerWorker(context.threads) { (Scratch(), Scratch()) }
        try context.forEach(0..<reader.chunkCount) { chunk, worker in
            looks[chunk] = reader.withFiniteChunk(chunk, workers[worker].0, workers[worker].1) { _, _, look in look }
        }
        return looks.all.reduce((Float.infinity, -Float.infinity)) { extremes, look in
            guard let look else { return extremes }
            return (min(extremes.0, look.minimum), max(extremes.1, look.maximum))
        }
    }
}
