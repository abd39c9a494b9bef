import Basics
import Platform
import TensorFiles
import Tensors

/// Each output channel has a factor of its own: that of a batch norm that was folded in.
enum FoldedBatchNorm: Hypothesis {
    static let cause = "folded-batch-norm"
    static let view = DiagnosisCase.View.tall

    static func test(_ subject: DiagnosisCase) -> Finding? {
        guard subject.rows > 1 else { return nil }
        let fit = FactorFit(subject, .rows)
        guard fit.explains(subject), fit.factors.allSatisfy({ $0 != 0 }) else { return nil }
        let logs = fit.factors.map { log2(abs($0)) }, mean = logs.reduce(0, +) / Double(logs.count)
        // One factor for all is another cause.
        guard logs.contains(where: { abs($0 - mean) > 0.02 }) else { return nil }
        if let norm = norm(of: fit, in: subject) {
            return Finding(
                cause: cause,
                sentence: "the batch norm \(Printable.quoted(norm.name)) "
                    + (norm.isFolded ? "was folded into" : "is missing in") + " the export's weights",
                evidence: "the factors of \(fit.factors.count) output channels are its γ/√(σ² + ε)",
                squaredError: fit.error, corrected: fit.corrected(subject))
        }
        // A wild value in one channel is none.
        let scaled = fit.factors.count { abs($0 - 1) > 0.02 }
        guard fit.factors.allSatisfy({ $0 > 0 }), scaled * 4 > fit.factors.count else { return nil }
        return Finding(
            cause: cause, sentence: "each output channel has a factor of its own, as folding a batch norm leaves it",
            evidence:
                "factors from \(Number.text(fit.factors.min() ?? 0)) to \(Number.text(fit.factors.max() ?? 0)); no batch norm of the "
                + "original has just these",
            squaredError: fit.error, corrected: fit.corrected(subject))
    }

    /// The batch norm whose factors are those of the rows, and whether the export has it folded in.
    static func norm(of fit: FactorFit, in subject: DiagnosisCase) -> (name: String, isFolded: Bool)? {
        for (name, gains) in norms(of: subject) {
            let folded = zip(fit.factors, gains).map { $0 * $1 }, unfolded = zip(fit.factors, gains).map { $0 / $1 }
            for (ratios, isFolded) in [(folded, true), (unfolded, false)]
            where FactorFit.shareNearOne(ratios, within: 0.1) >= 0.8 { return (name, isFolded) }
        }
        return nil
    }

    /// γ/√(σ² + ε) of every batch norm of the original's file with as many channels; of the rows that are looked at.
    private static func norms(of subject: DiagnosisCase) -> [(String, [Double])] {
        let file = subject.originalFile
        return file.tensors.compactMap { BatchNormGains(of: $0, in: file) }
            .filter { $0.count == subject.pair.a.shape.extents.first }
            .map { ($0.name, Array($0.factors().prefix(subject.rows))) }
    }
}
