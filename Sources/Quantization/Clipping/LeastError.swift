import Basics
import Platform

/// The search behind `mse` and `mae`.
///
/// A scan over clipping limits proposes; then the best of them are refined, for the squared error by fitting the step to the
/// values' assignment to levels and assigning anew (S = Σxr/Σr², which never raises the error), for the absolute one by
/// narrowing steps; an exact pass decides between those that might be best, with the extremes among the candidates. Steps are
/// judged as they will be stored: every one that a coarse scale type has, else those to both sides of the best. The objective
/// has many small valleys, so this finds the best of a dense scan or better, not a proven optimum.
enum LeastError {
    private static let manyCodes = 512

    static func range(
        of evidence: any RangeEvidence, for target: CalibrationTarget, _ measure: ErrorMeasure
    ) throws(Cancelled) -> ClipRange {
        let whole = ClipRange(low: evidence.minimum, high: evidence.maximum)
        guard evidence.largest > 0 else { return whole }
        guard target.hasEqualSteps else { return try rangeOfLevels(evidence, target, measure) }
        guard let proposal = try proposal(for: evidence, target, measure) else { return whole }
        if proposal.isDecided { return proposal.candidates[0] }
        return proposal.best(try evidence.errors(proposal.candidates.map { target.quantizer(for: $0) }, measure))
    }

    /// The ranges that the search leaves to an exact look; nil where there is nothing to search for.
    static func proposal(
        for evidence: any RangeEvidence, _ target: CalibrationTarget, _ measure: ErrorMeasure
    ) throws(Cancelled) -> CalibrationProposal? {
        guard evidence.largest > 0, target.hasEqualSteps else { return nil }
        let whole = ClipRange(low: evidence.minimum, high: evidence.maximum)
        let search = GridSearch(
            try evidence.objective(), measure, scanLength: evidence.scanLength, budget: evidence.searchBudget,
            // Judging exactly is a pass over the values.
            kept: evidence.count > 65_536 ? 2 : 4, cancel: evidence.cancel)
        let codes = target.codes
        var candidates: [ClipRange] = [], grids: [StepGrid] = []
        switch target.mapping {
        case .symmetric, .symmetricFull:
            let outermost = min(target.reach.below, target.reach.above)
            let steps = search.symmetricSteps(
                codes, largest: Double(evidence.largest), outermost: outermost, stored: target.scaleType)
            grids = search.open(
                steps.map { StepGrid(step: $0, low: codes.lowerBound, high: codes.upperBound) }, count: evidence.count)
            candidates = grids.map { target.range(ofStep: $0.step) }
        case .asymmetric:
            grids = search.open(
                search.asymmetricGrids(
                    levels: codes.count, low: Double(min(0, evidence.minimum)), high: Double(max(0, evidence.maximum)),
                    stored: target.scaleType),
                count: evidence.count)
            candidates = grids.map {
                ClipRange(low: Float(Double($0.low) * $0.step), high: Float(Double($0.high) * $0.step))
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
            let plainError = search.error(target.quantizer(for: whole))
            let least = grids.first.map { search.error($0) } ?? .infinity
            if plainError < 1.02 * least, search.canBeLess(plainError, than: least, count: evidence.count) {
                candidates.append(whole)
            }
        }
        candidates = candidates.filter { $0.low.isFinite && $0.high.isFinite && $0.high > $0.low }
        return candidates.isEmpty ? nil : CalibrationProposal(candidates: candidates, measure: measure)
    }

    /// The same for levels that are not equally spaced: a scan over limits, the best of which are narrowed down, then judged by the
    /// values.
    private static func rangeOfLevels(
        _ evidence: any RangeEvidence, _ target: CalibrationTarget, _ measure: ErrorMeasure
    ) throws(Cancelled) -> ClipRange {
        let largest = Double(evidence.largest)
        let sketch = evidence.count > 8_192 ? try evidence.weighted().evidence : nil
        func errors(_ limits: [Double]) throws(Cancelled) -> [Double] {
            if evidence.isCancelled { throw Cancelled() }
            let quantizers = limits.map { target.quantizer(for: ClipRange(low: Float(-$0), high: Float($0))) }
            return try (sketch ?? evidence).errors(quantizers, measure)
        }
        // A floating-point grid repeats itself from octave to octave, so that a limit beyond the values may suit them better: ten
        // octaves from twice the largest value down, evenly in ratio, and equal steps up to it.
        let count = max(24, min(evidence.scanLength, 400)), ratio = pow(2.0, -10 / Double(count))
        let most = min(2 * largest, Double(Float.greatestFiniteMagnitude))
        var limits = (0..<count).map { most * pow(ratio, Double($0)) }
        limits += (1..<count).map { most * Double($0) / Double(count) }
        var found = zip(try errors(limits), limits).map { (error: $0.0, limit: $0.1) }
        found.sort { $0.error < $1.error }
        var candidates = Array(found.prefix(4))
        var width = 1 / ratio - 1
        for _ in 0..<(evidence.scanLength < 100 ? 1 : 4) {
            var near: [Double] = []
            for best in candidates {
                for step in -4...4 {
                    let limit = best.limit * (1 + width * Double(step) / 4)
                    if limit > 0, limit <= most { near.append(limit) }
                }
            }
            let more = zip(try errors(near), near).map { (error: $0.0, limit: $0.1) }
            candidates = Array((candidates + more).sorted { $0.error < $1.error }.prefix(4))
            width /= 4
        }
        let final = candidates.map { $0.limit } + [largest]
        let quantizers = final.map { target.quantizer(for: ClipRange(low: Float(-$0), high: Float($0))) }
        let exact = try evidence.errors(quantizers, measure)
        let best = exact.indices.min { exact[$0] < exact[$1] } ?? 0
        return ClipRange(low: Float(-final[best]), high: Float(final[best]))
    }
}
