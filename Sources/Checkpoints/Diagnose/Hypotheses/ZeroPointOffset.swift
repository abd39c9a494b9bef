/// Every zero-point is off by the same number of steps.
enum ZeroPointOffset: Hypothesis {
    static let cause = "zero-point-offset"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        guard let fit = OffsetFit.best(subject) else { return nil }
        if let steps = fit.common {
            guard steps != 0, steps.magnitude == 1 || steps.magnitude & (steps.magnitude - 1) == 0 else { return nil }
            let bits = steps.magnitude.trailingZeroBitCount + 1
            let sentence =
                steps.magnitude == 1
                ? "every zero-point is off by one, as between two versions of GPTQ's packing"
                : "every zero-point is off by \(steps > 0 ? "+" : "−")2^\(bits - 1) = \(steps), half the codes of \(bits) bits"
            return Finding(
                cause: cause, sentence: sentence,
                evidence: "values lie \(steps) steps from the original's, by \(fit.partition.words)",
                squaredError: fit.error, corrected: fit.corrected(subject))
        }
        // Without a grid to count on: half of what the values span.
        guard fit.steps.allSatisfy({ $0 == nil }), fit.partition == .tensor, let offset = fit.offsets.first,
            let low = subject.export.min(), let high = subject.export.max(), high > low
        else { return nil }
        let share = abs(offset) / Double(high - low)
        guard (0.4...0.6).contains(share) else { return nil }
        return Finding(
            cause: cause, sentence: "the zero-point is off by half the codes",
            evidence: "all values lie \(Number.text(offset)) from the original's, half of what they span",
            squaredError: fit.error, corrected: fit.corrected(subject))
    }
}
