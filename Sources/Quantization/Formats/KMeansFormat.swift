import Basics
import KernelTypes

/// The 2^b levels of the least squared error, each the mean of the values that are nearest to it: k-means in one dimension, which is
/// the Lloyd–Max quantizer of the values at hand (survey III-F; Gong et al. 2014, Deep Compression).
///
/// The optimum is found by dynamic programming (`OptimalPartition`), not from a lucky start. The book is stored.
public struct KMeansFormat: FittedFormat, Hashable {
    public let bits: Int
    public var name: String { "kmeans\(bits)" }
    public var codeCount: Int { 1 << bits }
    public var traits: FormatTraits { .fitted("its levels are those of the least squared error", scales: false) }
    public var formula: String { "levels = means of their cells" }
    var sharedCodec: KernelCodec? { nil }
    static let possibleBits = 1...8

    public func storedBits(_ size: StoredParts) -> Double {
        Double(size.elements * bits) + Double(size.ranges) * Double(codeCount * 32)
    }

    func fitted(to evidence: any RangeEvidence, scaleType: ScaleType) throws(Cancelled) -> Quantizer {
        let cells = try evidence.cells()
        return .book(
            BookQuantizer(
                try OptimalPartition.book(
                    of: cells, levels: codeCount, isQuick: evidence.isQuick, cancel: evidence.cancel)))
    }

    public static let family = FormatFamily.byBits(
        "kmeans", possibleBits,
        summary: "the levels of the least squared error (Lloyd–Max of the values), stored as a book",
        source: "Lloyd 1982, Max 1960; Gong et al. 2014; Deep Compression, Han et al. 2016", usual: Array(possibleBits)
    ) { KMeansFormat(bits: $0) }
}
