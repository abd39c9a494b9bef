/// The range of the least squared error (survey III-C: Sung 2015, Shin 2016, OMSE).
///
/// A scan over clipping limits proposes; then, for the best of them, the step is fitted to the values' assignment to levels and
/// the values are assigned anew (S = Σxr/Σr², which never raises the error) until nothing moves; an exact pass decides, with
/// the extremes among the candidates. The objective has many small valleys, so this finds the best of a dense scan or better,
/// not a proven optimum.
struct MSECalibrator: Calibrator {
    var needs: CalibratorNeeds { .values }

    func range(
        of evidence: any RangeEvidence, mapping: Mapping, bits: Int, quantizer: (ClipRange) -> AffineQuantizer
    ) throws(Cancelled) -> ClipRange {
        let whole = ClipRange(low: evidence.minimum, high: evidence.maximum)
        guard evidence.largest > 0 else { return whole }
        let search = GridSearch(
            try evidence.objective(), scanLength: evidence.scanLength,
            // Judging exactly is a pass over the values.
            kept: evidence.count > 65_536 ? 2 : 4)
        let codes = mapping.codes(bits: bits)
        var candidates: [ClipRange] = [], grids: [StepGrid] = []
        switch mapping {
        case .symmetric, .symmetricFull:
            let top = mapping == .symmetric ? Double(codes.upperBound) : Double((1 << bits) - 1) / 2
            let largest = Double(evidence.largest)
            for step in search.symmetricSteps(codes, largest: largest, outermost: top) {
                let limit = Float(step * top)
                grids.append(StepGrid(step: step, low: codes.lowerBound, high: codes.upperBound))
                candidates.append(ClipRange(low: -limit, high: limit))
            }
        case .asymmetric:
            grids = search.asymmetricGrids(
                levels: codes.count, low: Double(min(0, evidence.minimum)), high: Double(max(0, evidence.maximum)))
            for grid in grids {
                candidates.append(
                    ClipRange(low: Float(Double(grid.low) * grid.step), high: Float(Double(grid.high) * grid.step)))
            }
        }
        // The extremes are judged too, unless the search is sure that they are worse.
        let plain = quantizer(whole)
        let plainError = search.squaredError(
            StepGrid(
                step: Double(plain.scale), low: plain.lowestCode - plain.zeroPoint,
                high: plain.highestCode - plain.zeroPoint))
        if grids.first.map({ plainError < 1.02 * search.squaredError($0) }) ?? true { candidates.append(whole) }
        candidates = candidates.filter { $0.low.isFinite && $0.high.isFinite && $0.high > $0.low }
        guard !candidates.isEmpty else { return whole }
        let errors = try evidence.squaredErrors(candidates.map(quantizer))
        var best = 0
        for number in candidates.indices where errors[number] < errors[best] { best = number }
        return candidates[best]
    }

    static let entry = CalibratorEntry(
        name: "mse", summary: "the range of the least squared error: clipping against rounding (III-C)",
        parameters: "", usual: [[]], check: { $0.isEmpty ? nil : "no number" }, make: { _ in MSECalibrator() })
}
