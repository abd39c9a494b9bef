/// The export holds codes: no scale was multiplied by.
enum ScaleNotApplied: Hypothesis {
    static let cause = "scale-not-applied"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let largest = subject.export.reduce(Float(0)) { max($0, abs($1)) }
        guard largest >= 2, largest <= 65_536, subject.export.allSatisfy({ abs($0 - $0.rounded()) < 1e-3 }) else {
            return nil
        }
        // The coarsest division that leaves nearly as little as the best.
        let fits = subject.partitions.map { partition in
            (
                partition,
                subject.sums(subject.layout(partition)).map { $0.affine }
            )
        }
        let errors = fits.map { $0.1.reduce(0) { $0 + $1.error } }
        guard let least = errors.min(), let chosen = errors.firstIndex(where: { $0 <= 1.3 * least }) else { return nil }
        let factors = fits[chosen].1.map { $0.factor }.sorted()
        let layout = subject.layout(fits[chosen].0), parts = fits[chosen].1, export = subject.export
        return Finding(
            cause: cause, sentence: "scales were not applied: the export holds codes",
            evidence:
                "all values are whole numbers up to \(Int(largest)); \(fits[chosen].0.words) fits with a scale of its own, "
                + "such as \(Number.text(factors[factors.count / 2]))",
            squaredError: errors[chosen],
            corrected: { element in
                let fit = parts[layout.part(element)]
                return fit.factor * Double(export[element]) + fit.offset
            })
    }
}
