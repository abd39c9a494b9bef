/// Scales are right as a whole, but each belongs to another part.
enum PermutedScales: Hypothesis {
    static let cause = "permuted-scales"
    static let view = DiagnosisCase.View.tall

    static func test(_ subject: DiagnosisCase) -> Finding? {
        for fit in FactorFit.good(subject) {
            let known = fit.known
            guard known.count * 10 >= fit.factors.count * 8, known.count >= 3 else { continue }
            guard FactorFit.areSame(known.map { $0.step }, known.map { $0.factor * $0.step }) else { continue }
            let moved = known.count { abs($0.factor - 1) > 0.02 }
            return Finding(
                cause: cause, sentence: "scales are permuted: \(fit.layout.partition.words) has the scale of another",
                evidence:
                    "\(moved) of \(fit.factors.count) need another scale, and the wanted ones are those given in another order",
                squaredError: fit.error)
        }
        return nil
    }
}
