import Basics

/// The limit in closed form for values of a Laplace distribution (ACIQ, Banner et al. 2018): mean ± α·b with b = mean|x - mean|
/// (±α·b for symmetric mappings), and [0, α·b] with the α of one bit more where no value is negative. Not capped by the extremes.
struct ACIQLaplaceCalibrator: Calibrator {
    var needs: CalibratorNeeds { .values }

    func range(of evidence: any RangeEvidence, for target: CalibrationTarget) throws(Cancelled) -> ClipRange {
        let mean = try evidence.meanAndDeviation().mean
        let spread = try evidence.meanDistance(from: mean)
        return AnalyticClip.range(SourceModel.laplace, mean: mean, spread: spread, target, evidence)
    }

    static let entry = CalibratorEntry(
        name: "aciq-laplace", summary: "the best limit if values were Laplacian, from their mean distance (ACIQ)",
        parameters: "", usual: [[]], assumesEqualSteps: true, check: { $0.isEmpty ? nil : "no number" },
        make: { _ in ACIQLaplaceCalibrator() }
    )
}
