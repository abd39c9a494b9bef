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
    /// The quantizer of every range, where the range is given.
    private let given: AffineQuantizer?
    /// Of integer formats, whose quantizers are made in place: short ranges come in millions.
    private let integerBits: Int?
    let needs: CalibratorNeeds
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
        integerBits = (recipe.format as? IntegerFormat)?.bits
        gathers = EvaluationSchedule(layout).kind != .longRuns && layout.largestRange <= Tiling.localLimit
        given = (calibrator as? ManualCalibrator).map { recipe.quantizer(for: $0.given) }
    }

    /// The quantizer for values of which only the extremes matter; without any value, of the zero range.
    @inline(__always)
    func quantizer(low: Float, high: Float) -> AffineQuantizer {
        if let given { return given }
        if low > high { return recipe.quantizer(for: ClipRange(low: 0, high: 0)) }
        guard let knownExtremes else {
            let range = ClipRange(low: low, high: high)
            guard let bits = integerBits else { return recipe.quantizer(for: range) }
            return AffineQuantizer(range: range, bits: bits, mapping: recipe.mapping, scaleType: recipe.scaleType)
        }
        return recipe.quantizer(
            for: ClipRange(low: min(low, knownExtremes.low), high: max(high, knownExtremes.high)))
    }

    /// The quantizer for values in memory.
    func quantizer(
        for values: UnsafePointer<Float>, _ count: Int, _ spare: Scratch
    ) -> AffineQuantizer {
        FiniteValues.with(values, count, spare) { finite, finiteCount, look in
            guard needs == .values, finiteCount > 0 else { return quantizer(low: look.minimum, high: look.maximum) }
            let known = knownExtremes ?? (look.minimum, look.maximum)
            let evidence = ValuesEvidence(
                finite, finiteCount, minimum: min(look.minimum, known.low), maximum: max(look.maximum, known.high),
                scanLength: scanLength)
            // Values in memory are never cancelled.
            return (try? quantizer(from: evidence)) ?? quantizer(low: look.minimum, high: look.maximum)
        }
    }

    func quantizer(from evidence: any RangeEvidence) throws(Cancelled) -> AffineQuantizer {
        let range = try calibrator.range(
            of: evidence, mapping: recipe.mapping, bits: recipe.format.bits, quantizer: recipe.quantizer)
        return recipe.quantizer(for: range)
    }

    /// The quantizer of one range, however large.
    func quantizer(ofRange range: Int, context: WorkContext) throws(Cancelled) -> AffineQuantizer {
        if needs == .nothing { return quantizer(low: 0, high: 0) }
        let reader = RangeReader(tensor, layout.runs(ofRange: range))
        if layout.rangeCount == 1, let summary {
            if summary.statistics.finiteCount == 0 || needs == .extremes {
                return quantizer(low: summary.minimum, high: summary.maximum)
            }
            if reader.count > Tiling.chunk {
                return try quantizer(from: StreamedEvidence(reader, summary: summary, context: context))
            }
        }
        if gathers || reader.count <= Tiling.chunk {
            return quantizer(gathering: reader, Scratch(), Scratch(), Scratch())
        }
        if needs == .extremes {
            let (low, high) = try extremes(of: reader, context: context)
            return quantizer(low: low, high: high)
        }
        guard let evidence = try StreamedEvidence(reader, context: context) else { return quantizer(low: 1, high: 0) }
        return try quantizer(from: evidence)
    }

    /// The quantizer of a range that is copied together first.
    func quantizer(
        gathering reader: RangeReader, _ scratch: Scratch, _ gathered: Scratch, _ spare: Scratch
    ) -> AffineQuantizer {
        if reader.chunkCount == 1 {
            return reader.withChunk(0, scratch) { values, count in quantizer(for: values, count, spare) }
        }
        let values = gathered.floats(reader.count)
        var filled = 0
        for chunk in 0..<reader.chunkCount {
            reader.withChunk(chunk, scratch) { part, count in
                (values + filled).update(from: part, count: count)
                filled += count
            }
        }
        return quantizer(for: values, filled, spare)
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
