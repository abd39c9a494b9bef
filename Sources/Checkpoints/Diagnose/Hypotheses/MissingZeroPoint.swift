/// Zero-points were not subtracted: each part is off by its own.
enum MissingZeroPoint: Hypothesis {
    static let cause = "missing-zero-point"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        guard let fit = OffsetFit.best(subject) else { return nil }
        let largest = fit.offsets.map { abs($0) }.max() ?? 0
        let alike = fit.common
        // The same power of two everywhere is another cause.
        if let alike, alike.magnitude & (alike.magnitude &- 1) == 0 { return nil }
        let known = fit.steps.compactMap { $0 }
        let whole = known.count { abs($0 - $0.rounded()) < 0.3 }
        guard largest > 0, known.allSatisfy({ abs($0) <= 65_536 }) else { return nil }
        let span = known.isEmpty ? nil : (known.min() ?? 0, known.max() ?? 0)
        // Without subtraction codes of one sign remain.
        let low = subject.export.min() ?? 0, high = subject.export.max() ?? 0
        guard low >= 0 || high <= 0 || Double(whole) >= 0.7 * Double(max(1, known.count)) else { return nil }
        let evidence =
            span.map { "values lie \(Number.text($0.0)) to \(Number.text($0.1)) steps from the original's" }
            ?? "values lie up to \(Number.text(largest)) from the original's"
        return Finding(
            cause: cause, sentence: "zero-points are missing: \(fit.partition.words) is off by its own",
            evidence: "\(evidence)\(low >= 0 ? ", none below zero" : "")", squaredError: fit.error,
            corrected: fit.corrected(subject))
    }
}
