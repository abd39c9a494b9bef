/// The extremes: nothing is clipped, and one outlier sets the step of all (survey III-C).
struct MinMaxCalibrator: Calibrator {
    var needs: CalibratorNeeds { .extremes }

    func range(
        of evidence: any RangeEvidence, for target: CalibrationTarget
    ) -> ClipRange {
        ClipRange(low: evidence.minimum, high: evidence.maximum)
    }

    static let entry = CalibratorEntry(
        name: "minmax", summary: "the extremes: nothing is clipped, one outlier sets the step of all (III-C)",
        parameters: "", usual: [[]], check: { $0.isEmpty ? nil : "no number" }, make: { _ in MinMaxCalibrator() })
}
