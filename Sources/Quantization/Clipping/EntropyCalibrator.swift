import Basics

/// The limit whose quantized histogram is nearest to the histogram itself in the sense of Kullback and Leibler (survey III-C:
/// Migacz 2017; the rule is that of NVIDIA's pytorch-quantization).
///
/// 2,048 bins of |x| over [0, max|x|]; 2^(b-1) levels, 2^b where no value is negative. See `DivergenceSearch`; TensorRT's convention
/// groups bins exactly as NVIDIA's code does, and like it lets a limit clip whatever the divergence does not see.
struct EntropyCalibrator: Calibrator {
    static let bins = 2_048
    /// Bell-shaped and heavy-tailed values are clipped by less than a tenth even at two bits; more means that the divergence is blind.
    static let mostClipped = 0.25

    var needs: CalibratorNeeds { .values }

    func range(of evidence: any RangeEvidence, for target: CalibrationTarget) throws(Cancelled) -> ClipRange {
        let whole = ClipRange(low: evidence.minimum, high: evidence.maximum)
        guard evidence.largest > 0 else { return whole }
        let search = try Self.search(evidence, target)
        let limit = Double(evidence.largest) * Double(search.best) / Double(Self.bins)
        return target.range(ofLimit: limit, within: evidence)
    }

    /// NVIDIA's code looks at 128 bins or more, whatever the bits.
    static func search(_ evidence: any RangeEvidence, _ target: CalibrationTarget) throws(Cancelled) -> DivergenceSearch
    {
        let isNVIDIAs = target.convention?.joinsBinsByLowerEdges == true
        return DivergenceSearch(
            try evidence.magnitudes(bins: bins), levels: 1 << (evidence.minimum >= 0 ? target.bits : target.bits - 1),
            start: isNVIDIAs ? 128 : nil, grouping: isNVIDIAs ? .lowerEdge : .centre,
            mostClipped: isNVIDIAs ? 1 : mostClipped)
    }

    static let entry = CalibratorEntry(
        name: "entropy",
        summary:
            "the limit that changes the distribution least: KL divergence over 2,048 bins, for thousands of values (III-C)",
        parameters: "", usual: [[]], assumesEqualSteps: true, check: { $0.isEmpty ? nil : "no number" },
        make: { _ in EntropyCalibrator() })
}
