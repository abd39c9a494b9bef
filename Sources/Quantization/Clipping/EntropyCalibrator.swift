/// The limit whose quantized histogram is nearest to the histogram itself in the sense of Kullback and Leibler (survey III-C:
/// Migacz 2017; the rule is that of NVIDIA's pytorch-quantization).
///
/// 2,048 bins of |x| over [0, max|x|]; 2^(b-1) levels, 2^b where no value is negative. See `DivergenceSearch`; TensorRT's convention
/// groups bins exactly as NVIDIA's code does.
struct EntropyCalibrator: Calibrator {
    static let bins = 2_048

    var needs: CalibratorNeeds { .values }

    func range(of evidence: any RangeEvidence, for target: CalibrationTarget) throws(Cancelled) -> ClipRange {
        let whole = ClipRange(low: evidence.minimum, high: evidence.maximum)
        guard evidence.largest > 0 else { return whole }
        let search = DivergenceSearch(
            try evidence.magnitudes(bins: Self.bins), levels: Self.levels(bits: target.bits, evidence),
            grouping: Self.grouping(target.convention))
        let limit = Double(evidence.largest) * Double(search.best) / Double(Self.bins)
        return target.range(ofLimit: limit, within: evidence)
    }

    static func levels(bits: Int, _ evidence: any RangeEvidence) -> Int {
        1 << (evidence.minimum >= 0 ? bits : bits - 1)
    }

    static func grouping(_ convention: Convention?) -> DivergenceSearch.Grouping {
        convention == .tensorrt ? .lowerEdge : .centre
    }

    static let entry = CalibratorEntry(
        name: "entropy",
        summary: "the limit that changes the distribution least: KL divergence over 2,048 bins (III-C)",
        parameters: "", usual: [[]], check: { $0.isEmpty ? nil : "no number" }, make: { _ in EntropyCalibrator() })
}
