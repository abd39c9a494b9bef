import Basics

/// The range of the least absolute error: large errors weigh less than under `mse`, so that it clips more.
struct MAECalibrator: Calibrator {
    var needs: CalibratorNeeds { .values }

    func range(of evidence: any RangeEvidence, for target: CalibrationTarget) throws(Cancelled) -> ClipRange {
        try LeastError.range(of: evidence, for: target, .absolute)
    }

    func proposal(
        for evidence: any RangeEvidence, _ target: CalibrationTarget
    ) throws(Cancelled) -> CalibrationProposal? {
        try LeastError.proposal(for: evidence, target, .absolute)
    }

    static let entry = CalibratorEntry(
        name: "mae", summary: "the range of the least absolute error: outliers weigh less than with mse",
        parameters: "", usual: [[]], check: { $0.isEmpty ? nil : "no number" }, make: { _ in MAECalibrator() })
}
