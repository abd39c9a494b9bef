/// Codes were divided by the scale.
enum ScaleInverted: Hypothesis {
    static let cause = "scale-inverted"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        for fit in [FactorFit(subject, .tensor)] + FactorFit.good(subject) where fit.explains(subject) {
            let known = fit.known
            guard known.count * 2 >= fit.factors.count else { continue }
            // The export's step is 1/S where the original's is S.
            let products = known.map { $0.factor * $0.step * $0.step }
            guard FactorFit.shareNearOne(products, within: 0.15) >= 0.8 else { continue }
            guard known.contains(where: { abs($0.factor - 1) > 0.2 }) else { continue }
            return Finding(
                cause: cause, sentence: "scales are inverted: codes were divided by them",
                evidence: "levels of \(fit.layout.partition.words) lie 1/S apart where S fits, such as "
                    + "\(Number.text(known[0].step)) for \(Number.text(1 / known[0].step))",
                squaredError: fit.error, corrected: fit.corrected(subject))
        }
        return nil
    }
}
