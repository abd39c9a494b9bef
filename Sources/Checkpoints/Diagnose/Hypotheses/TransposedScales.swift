import Tensors

/// Scales of groups were read with rows and groups exchanged.
enum TransposedScales: Hypothesis {
    static let cause = "transposed-scales"

    /// Of larger matrices the whole table is not looked at.
    private static let mostElements = 1 << 25

    static func test(_ subject: DiagnosisCase) -> Finding? {
        for seen in FactorFit.good(subject) {
            guard case .runs = seen.layout.partition else { continue }
            // The table is one of all rows.
            guard
                let whole = subject.isWhole
                    ? subject
                    : subject.pair.a.count <= mostElements
                        ? DiagnosisCase(
                            subject.pair, heads: subject.heads, originalFile: subject.originalFile, most: mostElements)
                        : nil
            else { return nil }
            let fit = subject.isWhole ? seen : FactorFit(whole, seen.layout.partition)
            let rows = whole.rows, groups = fit.layout.perRow
            let known = fit.known
            guard known.count * 10 >= fit.factors.count * 8, groups > 1, rows > 1 else { continue }
            var given = [Double](repeating: 0, count: fit.factors.count), wanted = given
            for (part, factor, step) in known { (given[part], wanted[part]) = (step, factor * step) }
            // The table [rows, groups] was filled from one of [groups, rows], or the other way round.
            let ways: [(Int) -> Int] = [
                { $0 % rows * groups + $0 / rows }, { $0 % groups * rows + $0 / groups },
            ]
            for way in ways {
                let ratios = given.indices.compactMap { part -> Double? in
                    let other = way(part)
                    return given[part] > 0 && wanted[other] > 0 ? given[part] / wanted[other] : nil
                }
                guard FactorFit.shareNearOne(ratios) >= 0.8, ratios.count * 2 >= given.count else { continue }
                return Finding(
                    cause: cause, sentence: "the table of scales is transposed: rows and groups are exchanged",
                    evidence:
                        "read as \(groups)×\(rows) instead of \(rows)×\(groups) the scales of \(fit.layout.partition.words) fit",
                    squaredError: fit.error / whole.squaredError * subject.squaredError,
                    corrected: seen.corrected(subject))
            }
        }
        return nil
    }
}
