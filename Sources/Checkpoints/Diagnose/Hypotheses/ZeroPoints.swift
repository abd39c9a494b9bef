/// An offset that all elements of a part share, in steps of the export's grid.
struct OffsetFit {
    let partition: Partition
    let error: Double
    /// In steps, by part; nil where values lie on no grid.
    let steps: [Double?]
    let offsets: [Double]

    /// The coarsest division that explains nearly as much as the best one.
    static func best(_ subject: DiagnosisCase) -> OffsetFit? {
        let fits = subject.partitions.map { partition -> (Partition, [PartSums], Double) in
            let sums = subject.sums(subject.layout(partition))
            return (partition, sums, sums.reduce(0) { $0 + $1.errorWithoutOffset })
        }
        guard let least = fits.map({ $0.2 }).min(), let chosen = fits.first(where: { $0.2 <= 1.3 * least }) else {
            return nil
        }
        let layout = subject.layout(chosen.0)
        let offsets = chosen.1.map { $0.offset }
        // A grid belongs to a part that has one scale, which may be smaller than the part that shares an offset.
        let own = subject.steps(layout)
        return OffsetFit(
            partition: chosen.0, error: chosen.2,
            steps: zip(offsets, own).map { offset, step in step.map { offset / $0 } },
            offsets: offsets)
    }

    /// The whole number of steps that nearly all parts share.
    var common: Int? {
        let known = steps.compactMap { $0 }
        guard !known.isEmpty, known.count * 2 >= steps.count else { return nil }
        let middle = known.sorted()[known.count / 2].rounded()
        let alike = known.count { abs($0 - middle) < 0.35 }
        return Double(alike) >= 0.8 * Double(known.count) ? Int(middle) : nil
    }
}

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
                squaredError: fit.error)
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
            squaredError: fit.error)
    }
}

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
        guard largest > 0 else { return nil }
        let span = known.isEmpty ? nil : (known.min() ?? 0, known.max() ?? 0)
        // Without subtraction codes of one sign remain.
        let low = subject.export.min() ?? 0, high = subject.export.max() ?? 0
        guard low >= 0 || high <= 0 || Double(whole) >= 0.7 * Double(max(1, known.count)) else { return nil }
        let evidence =
            span.map { "values lie \(Number.text($0.0)) to \(Number.text($0.1)) steps from the original's" }
            ?? "values lie up to \(Number.text(largest)) from the original's"
        return Finding(
            cause: cause, sentence: "zero-points are missing: \(fit.partition.words) is off by its own",
            evidence: "\(evidence)\(low >= 0 ? ", none below zero" : "")", squaredError: fit.error)
    }
}
