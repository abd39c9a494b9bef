public import Basics
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

    /// Prepares a tensor to be quantized by a recipe.
    ///
    /// - Parameters:
    ///   - tensor: read when it is evaluated, never copied whole.
    ///   - recipe: what it is quantized by.
    ///   - summary: of the tensor's first pass, which saves work where it is known.
    /// - Throws: where the recipe does not fit the tensor's shape.
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
        let ready = try prepared(context) ?? self
        // What is learnt first is a part of the work.
        let learning = recipe.format.joint?.learningShare ?? 0
        let state = try ready.state(context.part(0, learning))
        return ready.evaluation(of: try state.result(context.part(learning, 1)))
    }

    func evaluation(of result: RawResult) -> Evaluation {
        evaluation(
            sums: result.sums, codeCounts: result.codeCounts, quantizers: result.quantizers,
            worstRange: result.worstRange, layout: layout, tensor: tensor, isExact: true)
    }

    /// The quantizer of one range.
    public func quantizer(
        ofRange range: Int, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> Quantizer {
        let ready = try prepared(context) ?? self
        return try ready.state(context).quantizer(ofRange: range, context)
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

    /// Ranges are chosen while their chunk is in memory.
    var isCalibratedByChunk: Bool {
        ahead == nil && !calibration.isDoubleQuantized
            && (schedule.kind == .localRuns || schedule.kind == .localBands)
    }

    func allGrids(_ context: WorkContext) throws(Cancelled) -> RangeGrids {
        if let ahead { return try ahead.allGrids(context) }
        return try calibration.calibrateAll(context)
    }
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
