/// Everything is off by one factor.
enum ConstantFactor: Hypothesis {
    static let cause = "constant-factor"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let fit = FactorFit(subject, .tensor), factor = fit.factors[0]
        guard factor != 0, abs(factor - 1) > 0.005, fit.error < 0.6 * subject.squaredOriginal else { return nil }
        return Finding(
            cause: cause,
            sentence: "all values are off by one factor: the export is \(Number.text(1 / factor)) times the original",
            evidence: factor < 0 ? "its sign is reversed" : "times \(Number.text(factor)) it fits",
            squaredError: fit.error, corrected: fit.corrected(subject))
    }
}
