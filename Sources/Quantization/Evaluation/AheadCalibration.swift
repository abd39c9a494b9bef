import Basics
import Tensors

/// Ranges chosen from the first entries of a tensor, to be applied to the others (survey III-D: static quantization).
struct AheadCalibration {
    private let calibration: RangeCalibration
    /// The same with all entries taken together, for pictures of what is calibrated on.
    let shared: RangeCalibration
    /// Entries to average over, and the weight of a new one; nil takes all entries together.
    private let average: (entries: Int, weight: Double)?
    private let rangeCount: Int

    /// On all of these entries.
    init(_ entries: TensorView, _ recipe: Recipe) throws(ShapeMismatch) {
        let layout = try recipe.layout(ofJudged: entries.shape), count = entries.shape.extents[0]
        let isAverage = if case .average = recipe.rangeMode { true } else { false }
        self.init(
            entries, isAverage ? layout.split(into: count) : layout, shared: layout, recipe, ranges: layout.rangeCount,
            isEstimate: false)
    }

    /// On a sample whose ranges follow one another, entry by entry where they are averaged.
    init(sample: TensorView, _ layout: RangeLayout, _ recipe: Recipe, ranges: Int) {
        self.init(sample, layout, shared: layout, recipe, ranges: ranges, isEstimate: true)
    }

    private init(
        _ entries: TensorView, _ layout: RangeLayout, shared sharedLayout: RangeLayout, _ recipe: Recipe, ranges: Int,
        isEstimate: Bool
    ) {
        rangeCount = ranges
        if case .average(let count, let weight) = recipe.rangeMode { average = (count, weight) } else { average = nil }
        func make(_ layout: RangeLayout) -> RangeCalibration {
            RangeCalibration(entries, layout, recipe, summary: nil, knownExtremes: nil, isEstimate: isEstimate)
        }
        calibration = make(layout)
        shared = make(sharedLayout)
    }

    func quantizer(ofRange range: Int, context: WorkContext) throws(Cancelled) -> Quantizer {
        try DoubleQuantization.quantizer(
            ofRange: range, of: rangeCount, isUsed: calibration.isDoubleQuantized
        ) { number throws(Cancelled) in try rawQuantizer(ofRange: number, context: context) }
    }

    private func rawQuantizer(ofRange range: Int, context: WorkContext) throws(Cancelled) -> Quantizer {
        calibration.quantizer(for: try clipRange(ofRange: range, context: context))
    }

    private func clipRange(ofRange range: Int, context: WorkContext) throws(Cancelled) -> ClipRange {
        guard let average else { return try calibration.range(ofRange: range, context: context) }
        var low = 0.0, high = 0.0, isFirst = true
        for entry in 0..<average.entries {
            // An entry without a finite value has no range to take part with.
            guard let new = try calibration.knownRange(ofRange: entry * rangeCount + range, context: context) else {
                continue
            }
            let weight = isFirst ? 1 : average.weight
            isFirst = false
            low += weight * (Double(new.low) - low)
            high += weight * (Double(new.high) - high)
        }
        return ClipRange(low: Float(low), high: Float(high))
    }

    func allGrids(_ context: WorkContext) throws(Cancelled) -> RangeGrids {
        guard average != nil else { return try calibration.calibrateAll(context) }
        let grids = RangeGrids(calibration.recipe, keepsAll: calibration.isDoubleQuantized)
        grids.prepare(0..<rangeCount)
        // Short ranges side by side; a long one takes all cores itself.
        if calibration.layout.largestRange > Tiling.chunk {
            for range in 0..<rangeCount { grids.set(range, try rawQuantizer(ofRange: range, context: context)) }
        } else {
            let single = WorkContext(threads: 1, cancel: context.cancel)
            try context.forEach(0..<rangeCount) { range, _ in
                // What is cancelled here is cancelled outside.
                if let quantizer = try? rawQuantizer(ofRange: range, context: single) { grids.set(range, quantizer) }
            }
        }
        if calibration.isDoubleQuantized { grids.storeDoubleQuantized() }
        grids.finish()
        return grids
    }
}
