import Basics
import KernelTypes

/// Binary codes: x̂ = ±α₁ ± α₂ … ± α_b, so that a product is a few signed sums (survey III-F, IV-E).
///
/// Greedy first, α_k = mean|residual| and b_k = sign(residual) (Network Sketching, Guo et al. 2017); then in turn the best α for the
/// codes, which is a linear least squares problem, and the nearest of the 2^b sums for every value (Alternating Multi-bit
/// Quantization, Xu et al. 2018; LQ-Nets), as long as the error falls. The α are stored.
public struct BinaryCodeFormat: FittedFormat, Hashable {
    public let bits: Int
    public var name: String { "bcq\(bits)" }
    public var codeCount: Int { 1 << bits }
    public var traits: FormatTraits {
        .fitted("its α follow from the values in turn with the codes", scales: false, study: .planes)
    }
    public var formula: String { "r̂ = Σ ±α" }
    var sharedCodec: KernelCodec? { nil }
    static let possibleBits = 1...8

    public func storedBits(_ size: StoredParts) -> Double {
        Double(size.elements * bits) + Double(size.ranges) * Double(bits * 32)
    }

    func fitted(to evidence: any RangeEvidence, scaleType: ScaleType) throws(Cancelled) -> Quantizer {
        let fit = BinaryCodeFit(
            try evidence.cells(), planes: bits, isThorough: evidence.isThorough, isQuick: evidence.isQuick)
        return .book(BookQuantizer(fit.book))
    }

    public static let family = FormatFamily.byBits(
        "bcq", possibleBits, summary: "±α₁ ± α₂ … ± α_b: bit planes that add up; products are signed sums",
        source: "Guo et al. 2017; Xu et al. 2018; LQ-Nets, Zhang et al. 2018", usual: Array(possibleBits)
    ) { BinaryCodeFormat(bits: $0) }
}
