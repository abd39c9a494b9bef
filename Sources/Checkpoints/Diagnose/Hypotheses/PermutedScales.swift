/// Scales are right as a whole, but each belongs to another part.
enum PermutedScales: Hypothesis {
    static let cause = "permuted-scales"
    static let view = DiagnosisCase.View.tall

    static func test(_ subject: DiagnosisCase) -> Finding? {
        for fit in FactorFit.good(subject) {
            guard fit.factors.count >= 3, fit.factors.allSatisfy({ $0 > 0 }) else { continue }
            let known = fit.known
            let hasSameSteps =
                known.count * 10 >= fit.factors.count * 8
                && FactorFit.areSame(known.map { $0.step }, known.map { $0.factor * $0.step })
            // Where rounding hides the grid: scales go with what the original's parts span.
            let isPermuted =
                hasSameSteps
                || [false, true].contains { isSpan in
                    let wanted = spans(subject, fit.layout, isSpan: isSpan)
                    return FactorFit.areSame(zip(wanted, fit.factors).map { $0 / $1 }, wanted)
                }
            guard isPermuted else { continue }
            let moved = fit.factors.count { abs($0 - 1) > 0.02 }
            guard moved > 1 else { continue }
            return Finding(
                cause: cause, sentence: "scales are permuted: \(fit.layout.partition.words) has the scale of another",
                evidence:
                    "\(moved) of \(fit.factors.count) need another scale, and the wanted ones are those given in another order",
                squaredError: fit.error, corrected: fit.corrected(subject))
        }
        return nil
    }

    /// The largest magnitude of each part of the original, or the distance of its extremes.
    private static func spans(_ subject: DiagnosisCase, _ layout: PartitionLayout, isSpan: Bool) -> [Double] {
        (0..<layout.count).map { part in
            var low = 0.0, high = 0.0
            for element in layout.elements(part) {
                low = min(low, Double(subject.original[element]))
                high = max(high, Double(subject.original[element]))
            }
            return max(isSpan ? high - low : max(high, -low), .leastNormalMagnitude)
        }
    }
}
