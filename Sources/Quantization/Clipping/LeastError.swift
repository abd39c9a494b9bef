/// The search behind `mse` and `mae`.
///
/// A scan over clipping limits proposes; then the best of them are refined, for the squared error by fitting the step to the
/// values' assignment to levels and assigning anew (S = Σxr/Σr², which never raises the error), for the absolute one by
/// narrowing steps; an exact pass decides, with the extremes among the candidates. The objective has many small valleys, so this
/// finds the best of a dense scan or better, not a proven optimum.
enum LeastError {
    private static let manyCodes = 512

    static func range(
        of evidence: any RangeEvidence, for target: CalibrationTarget, _ measure: ErrorMeasure
    ) throws(Cancelled) -> ClipRange {
        let whole = ClipRange(low: evidence.minimum, high: evidence.maximum)
        guard evidence.largest > 0 else { return whole }
        let search = GridSearch(
            try evidence.objective(), measure, scanLength: evidence.scanLength, budget: evidence.searchBudget,
            // Judging exactly is a pass over the values.
            kept: evidence.count > 65_536 ? 2 : 4, cancel: evidence.cancel)
        let codes = target.codes
        var candidates: [ClipRange] = [], grids: [StepGrid] = []
        switch target.mapping {
        case .symmetric, .symmetricFull:
            let outermost = min(target.reach.below, target.reach.above)
            for step in search.symmetricSteps(codes, largest: Double(evidence.largest), outermost: outermost) {
                grids.append(StepGrid(step: step, low: codes.lowerBound, high: codes.upperBound))
                candidates.append(target.range(ofStep: step))
            }
        case .asymmetric:
            grids = search.asymmetricGrids(
                levels: codes.count, low: Double(min(0, evidence.minimum)), high: Double(max(0, evidence.maximum)))
            for grid in grids {
                candidates.append(
                    ClipRange(low: Float(Double(grid.low) * grid.step), high: Float(Double(grid.high) * grid.step)))
            }
        }
        if evidence.isCancelled { throw Cancelled() }
        if codes.count >= Self.manyCodes, measure == .squared, evidence.searchBudget == ScanDensity.budget {
            // Scans of wide grids are coarse: what all other rules choose is judged as well, unless this is but a proposal.
            for entry in CalibratorCatalog.entries where entry.name != "mse" {
                for numbers in entry.usual {
                    candidates.append(try entry.make(numbers).range(of: evidence, for: target))
                }
            }
        } else {
            // The extremes are judged too, unless the search is sure that they are worse.
            let plainError = search.error(StepGrid(target.quantizer(whole)))
            if grids.first.map({ plainError < 1.02 * search.error($0) }) ?? true { candidates.append(whole) }
        }
        candidates = candidates.filter { $0.low.isFinite && $0.high.isFinite && $0.high > $0.low }
        guard !candidates.isEmpty else { return whole }
        let errors = try evidence.errors(candidates.map(target.quantizer), measure)
        var best = 0
        for number in candidates.indices where errors[number] < errors[best] { best = number }
        return candidates[best]
    }
}
