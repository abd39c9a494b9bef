import Basics

/// The P-th percentile of |x| for symmetric mappings; (100 - P)/2 percent cut from each tail for the asymmetric one, with
/// linear interpolation between order statistics (survey III-C; McKinstry et al. 2018).
struct PercentileCalibrator: Calibrator {
    let percent: Double

    var needs: CalibratorNeeds { .values }

    func range(
        of evidence: any RangeEvidence, for target: CalibrationTarget
    ) throws(Cancelled) -> ClipRange {
        let tail = (100 - percent) / 200
        if target.convention?.cutsWholeTails == true {
            return try tails(2 * tail, of: evidence)
        }
        switch target.mapping {
        case .symmetric, .symmetricFull:
            let limit = Float(try evidence.quantiles([percent / 100], ofMagnitudes: true)[0])
            return ClipRange(low: -limit, high: limit)
        case .asymmetric: return try tails(tail, of: evidence)
        }
    }

    private func tails(_ share: Double, of evidence: any RangeEvidence) throws(Cancelled) -> ClipRange {
        let ends = try evidence.quantiles([share, max(share, 1 - share)], ofMagnitudes: false)
        return ClipRange(low: Float(ends[0]), high: Float(ends[1]))
    }

    static let entry = CalibratorEntry(
        name: "percentile", summary: "the P-th percentile: a fixed share of the values is clipped (III-C)",
        parameters: "P", usual: [[99], [99.9], [99.99]],
        check: { $0.count == 1 && $0[0] > 0 && $0[0] <= 100 ? nil : "a percentage above 0 and up to 100" },
        make: { PercentileCalibrator(percent: $0[0]) })
}
