import Tensors

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
    /// The quantizer of every range, where the range is given.
    private let given: AffineQuantizer?
    /// Of integer formats, whose quantizers are made in place: short ranges come in millions.
    private let integerBits: Int?
    let needs: CalibratorNeeds
    let schedule: EvaluationSchedule
    /// Ranges are calibrated in memory, whoever asks: a range has one quantizer.
    private let gathers: Bool

    init(
        _ tensor: TensorView, _ layout: RangeLayout, _ recipe: Recipe, summary: TensorSummary?,
        knownExtremes: (low: Float, high: Float)?, isEstimate: Bool
    ) {
        self.tensor = tensor
        // An estimate must be there within a frame, also where each of thousands of short ranges is searched.
        scanLength = isEstimate && layout.rangeCount > 1 ? 48 : ScanDensity.candidates(tensorCount: tensor.count)
        self.layout = layout
        self.recipe = recipe
        self.summary = summary
        self.knownExtremes = layout.rangeCount == 1 ? knownExtremes : nil
        calibrator = recipe.clipping.calibrator
        needs = calibrator.needs
        target = CalibrationTarget(recipe)
        integerBits = recipe.convention == nil ? (recipe.format as? IntegerFormat)?.bits : nil
        gathers = EvaluationSchedule(layout).kind != .longRuns && layout.largestRange <= Tiling.localLimit
        given = (calibrator as? ManualCalibrator).map { recipe.quantizer(for: $0.given) }
        schedule = EvaluationSchedule(layout)
    }

    /// The quantizer for values of which only the extremes matter; without any value, of the zero range.
    @inline(__always)
    func quantizer(low: Float, high: Float) -> AffineQuantizer {
        if let given { return given }
        if low <= high, knownExtremes == nil, let bits = integerBits {
            let range = ClipRange(low: low, high: high)
            return AffineQuantizer(range: range, bits: bits, mapping: recipe.mapping, scaleType: recipe.scaleType)
        }
        return recipe.quantizer(for: range(low: low, high: high))
    }

    /// The quantizer for values in memory.
    func quantizer(
        for values: UnsafePointer<Float>, _ count: Int, _ spare: Scratch, _ cancel: CancelFlag?
    ) -> AffineQuantizer {
        recipe.quantizer(for: range(for: values, count, spare, cancel))
    }

    /// The quantizer of one range, however large.
    func quantizer(ofRange range: Int, context: WorkContext) throws(Cancelled) -> AffineQuantizer {
        if let given { return given }
        return recipe.quantizer(for: try self.range(ofRange: range, context: context))
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

    func quantizer(from evidence: any RangeEvidence) throws(Cancelled) -> AffineQuantizer {
        if let given { return given }
        return recipe.quantizer(for: try range(from: evidence))
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

    // MARK: Evidence

    private func evidence(
        _ values: UnsafePointer<Float>, _ count: Int, _ look: KernelLook, _ cancel: CancelFlag?
    ) -> ValuesEvidence {
        let known = knownExtremes ?? (look.minimum, look.maximum)
        return ValuesEvidence(
            values, count, minimum: min(look.minimum, known.low), maximum: max(look.maximum, known.high),
            scanLength: scanLength, cancel: cancel)
    }

    /// The extremes of the tensor's only range, where the first pass knows them.
    private var wholeExtremes: (low: Float, high: Float)? {
        guard layout.rangeCount == 1, let summary else { return nil }
        return (summary.minimum, summary.maximum)
    }

    /// Whether a range is copied together, so that its values are in memory.
    private func isGathered(_ reader: RangeReader) -> Bool { gathers || reader.count <= Tiling.chunk }

    /// Lends what is known of one range; nil where none of its values is finite.
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
    ) -> AffineQuantizer {
        recipe.quantizer(for: range(gathering: reader, scratch, gathered, spare, cancel))
    }

    func range(
        gathering reader: RangeReader, _ scratch: Scratch, _ gathered: Scratch, _ spare: Scratch, _ cancel: CancelFlag?
    ) -> ClipRange {
        withGathered(reader, scratch, gathered) { values, count in range(for: values, count, spare, cancel) }
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
