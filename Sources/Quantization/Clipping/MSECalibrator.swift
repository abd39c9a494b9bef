import Basics

/// The range of the least squared error (survey III-C: Sung 2015, Shin 2016, OMSE).
struct MSECalibrator: Calibrator {
    var needs: CalibratorNeeds { .values }

    func range(of evidence: any RangeEvidence, for target: CalibrationTarget) throws(Cancelled) -> ClipRange {
        try LeastError.range(of: evidence, for: target, .squared)
    }

    func proposal(
        for evidence: any RangeEvidence, _ target: CalibrationTarget
    ) throws(Cancelled) -> CalibrationProposal? {
        try LeastError.proposal(for: evidence, target, .squared)
    }

    static let entry = CalibratorEntry(
        name: "mse", summary: "the range of the least squared error: clipping against rounding (III-C)",
        parameters: "", usual: [[]], check: { $0.isEmpty ? nil : "no number" }, make: { _ in MSECalibrator() })
}
