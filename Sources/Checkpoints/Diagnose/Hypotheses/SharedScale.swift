/// One scale was taken for all rows, or for all groups, where each has its own.
enum SharedScale: Hypothesis {
    static let cause = "shared-scale"
    static let view = DiagnosisCase.View.tall

    static func test(_ subject: DiagnosisCase) -> Finding? {
        for fit in FactorFit.good(subject) where fit.layout.partition != .columns {
            let known = fit.known
            guard known.count * 10 >= fit.factors.count * 8, known.count > 1 else { continue }
            let steps = known.map { $0.step }.sorted(), middle = steps[steps.count / 2]
            guard FactorFit.shareNearOne(known.map { $0.step / middle }, within: 0.03) >= 0.9 else { continue }
            // One factor for all is another cause, and so are the factors of a batch norm.
            let factors = known.map { $0.factor }, mean = factors.reduce(0, +) / Double(factors.count)
            guard FactorFit.shareNearOne(factors.map { $0 / mean }, within: 0.05) < 0.8,
                fit.layout.partition != .rows || FoldedBatchNorm.norm(of: fit, in: subject) == nil
            else { continue }
            return Finding(
                cause: cause, sentence: "one scale was taken for all, where \(fit.layout.partition.words) has its own",
                evidence: "all parts of the export have the step \(Number.text(middle)); the original wants from "
                    + "\(Number.text((factors.min() ?? 0) * middle)) to \(Number.text((factors.max() ?? 0) * middle))",
                squaredError: fit.error, corrected: fit.corrected(subject))
        }
        return nil
    }
}
