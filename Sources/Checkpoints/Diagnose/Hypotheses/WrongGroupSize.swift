/// Scales of smaller groups were read as if groups were larger: group g has the scale of group ⌊g/k⌋ of its row.
enum WrongGroupSize: Hypothesis {
    static let cause = "wrong-group-size"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        for fit in FactorFit.good(subject) {
            guard case .runs(let size) = fit.layout.partition, subject.columns == subject.allColumns else { continue }
            let groups = fit.layout.perRow
            var given = [Double?](repeating: nil, count: fit.factors.count), wanted = given
            for (part, factor, step) in fit.known { (given[part], wanted[part]) = (step, factor * step) }
            for times in [2, 4, 8] where groups >= 2 * times {
                var ratios: [Double] = [], asTheyStand: [Double] = []
                for part in given.indices {
                    let group = part % groups, source = part - group + group / times
                    guard group / times != group, let own = given[part], let its = wanted[source],
                        let mine = wanted[part]
                    else { continue }
                    ratios.append(own / its)
                    asTheyStand.append(own / mine)
                }
                guard ratios.count > 2, FactorFit.shareNearOne(ratios, within: 0.1) >= 0.8,
                    FactorFit.shareNearOne(asTheyStand, within: 0.1) < 0.6
                else { continue }
                return Finding(
                    cause: cause,
                    sentence:
                        "the group size is wrong: scales of groups of \(size) were read as those of \(size * times)",
                    evidence: "group 1 has the scale of group 0, group \(times) that of group 1, and so on",
                    squaredError: fit.error, corrected: fit.corrected(subject))
            }
        }
        return nil
    }
}
