import Basics

/// The limit in closed form for Gaussian values (survey III-G: ACIQ, Banner et al. 2018): mean ± α·σ (±α·σ for symmetric mappings), and [0, α·σ] with the α of
/// one bit more where no value is negative. Not capped by the extremes.
struct ACIQGaussCalibrator: Calibrator {
    var needs: CalibratorNeeds { .values }

    func range(of evidence: any RangeEvidence, for target: CalibrationTarget) throws(Cancelled) -> ClipRange {
        let (mean, deviation) = try evidence.meanAndDeviation()
        return AnalyticClip.range(SourceModel.gauss, mean: mean, spread: deviation, target, evidence)
    }

    static let entry = CalibratorEntry(
        name: "aciq-gauss",
        summary: "the best limit if values were Gaussian, from their mean and deviation alone (ACIQ)",
        parameters: "", usual: [[]], assumesEqualSteps: true, check: { $0.isEmpty ? nil : "no number" },
        make: { _ in ACIQGaussCalibrator() })
}
