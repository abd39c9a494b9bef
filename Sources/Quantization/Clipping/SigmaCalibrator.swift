import Basics

/// mean ± K population standard deviations, not capped by the extremes.
struct SigmaCalibrator: Calibrator {
    let multiple: Double

    var needs: CalibratorNeeds { .values }

    func range(
        of evidence: any RangeEvidence, for target: CalibrationTarget
    ) throws(Cancelled) -> ClipRange {
        let (mean, deviation) = try evidence.meanAndDeviation()
        let greatest = Double(Float.greatestFiniteMagnitude)
        func limited(_ value: Double) -> Float { Float(max(-greatest, min(greatest, value))) }
        return ClipRange(low: limited(mean - multiple * deviation), high: limited(mean + multiple * deviation))
    }

    static let entry = CalibratorEntry(
        name: "sigma", summary: "mean ± K standard deviations, whatever the extremes are",
        parameters: "K", usual: [[2], [3], [4]],
        check: { $0.count == 1 && $0[0] > 0 && $0[0] <= 1e6 ? nil : "a number above 0, such as 3" },
        make: { SigmaCalibrator(multiple: $0[0]) })
}
