/// Magnitudes alone were stored: what should be negative is positive, or the other way round.
enum LostSigns: Hypothesis {
    static let cause = "lost-signs"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let negative = subject.original.count { $0 < 0 }, positive = subject.original.count { $0 > 0 }
        guard min(negative, positive) * 20 >= subject.original.count,
            let low = subject.export.min(), let high = subject.export.max(), low >= 0 || high <= 0, low < high
        else { return nil }
        let (original, export) = (subject.original, subject.export)
        let corrected: Finding.Corrected = { i in
            let magnitude = Double(abs(export[i]))
            return original[i] < 0 ? -magnitude : magnitude
        }
        let error = subject.error(corrected)
        return Finding(
            cause: cause, sentence: "signs are lost: the export holds magnitudes alone",
            evidence: "\(low >= 0 ? "no value is negative" : "no value is positive"), where the original has "
                + "\(negative) negative and \(positive) positive ones",
            squaredError: error, corrected: corrected)
    }
}
