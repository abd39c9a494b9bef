/// The range that the user gives, the same for every range of the tensor.
struct ManualCalibrator: Calibrator {
    let low: Double
    let high: Double

    var needs: CalibratorNeeds { .nothing }

    func range(
        of evidence: any RangeEvidence, for target: CalibrationTarget
    ) -> ClipRange {
        given
    }

    var given: ClipRange { ClipRange(low: Float(low), high: Float(high)) }

    static let entry = CalibratorEntry(
        name: "manual", summary: "the limits that you give", parameters: "LO,HI", usual: [],
        check: {
            let most = Double(Float.greatestFiniteMagnitude)
            return $0.count == 2 && $0[0] <= $0[1] && $0[0] >= -most && $0[1] <= most
                ? nil : "two numbers LO,HI with LO not above HI"
        },
        make: { ManualCalibrator(low: $0[0], high: $0[1]) })
}
