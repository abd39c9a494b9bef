import Basics
import Tensors

/// Vectors of D neighbouring values in a row become the nearest of K centroids (survey IV-F, eq. 13).
///
/// Lloyd's iteration from several spread-out starts (k-means++ with a fixed seed), the best kept; large tensors are learnt from
/// evenly spread vectors. What is left at the end of a row is a vector padded with zeros. The centroids are stored.
public struct ProductFormat: JointFormat, Hashable {
    public let dimension: Int
    public let centroids: Int
    public var name: String { "pq\(dimension)x\(centroids)" }
    /// Of the code of a vector.
    public var bits: Int { Int.bitWidth - (centroids - 1).leadingZeroBitCount }
    public var codeCount: Int { centroids }
    public var valuesPerCode: Int { dimension }
    public var traits: FormatTraits {
        var traits = FormatTraits.fitted(
            "its centroids are those of the least squared error", scales: false, study: .vectors)
        traits.granularity = .fixed(.tensor, "one book of vectors serves the tensor")
        return traits
    }

    public var formula: String { "\(dimension) neighbours → the nearest of \(centroids) centroids" }

    var learningShare: Double { 0.3 }

    func coder(for tensor: TensorView, isEstimate: Bool, _ context: WorkContext) throws(Cancelled) -> any JointCoder {
        VectorCoder(try learnt(from: tensor, isEstimate: isEstimate, context), self)
    }

    func sample(of tensor: TensorView, _ layout: RangeLayout) -> TensorSample {
        TensorSample(tensor, vectorsOf: dimension)
    }

    static let dimensions = 1...16
    static let counts = 2...4_096

    public func storedBits(_ size: StoredParts) -> Double {
        Double(size.rows * size.rowLength.pieces(of: dimension)) * Double(bits) + Double(centroids * dimension * 32)
    }

    private static let pattern = "pqDxK (D 1…16, K 2…4096)"

    public static let family = FormatFamily(
        prefix: "pq", pattern: pattern,
        summary: "D neighbouring values together become one of K centroids: what neighbours have in common is saved",
        source: "Gong et al. 2014; Stock et al. 2020; survey IV-F",
        choices: [FormatChoice("pqDxK", ["D", "K"], defaults: ["2", "16"])],
        usual: ["pq2x16", "pq2x64", "pq2x256", "pq4x16", "pq4x256", "pq8x256"],
        parse: { token in
            let parts = token.dropFirst(2).split(separator: "x", omittingEmptySubsequences: false)
            guard parts.count == 2, let d = Int(parts[0]), let k = Int(parts[1]), dimensions.contains(d),
                counts.contains(k), token == "pq\(d)x\(k)"
            else { return .failure(FormatError(expected: pattern)) }
            return .success(ProductFormat(dimension: d, centroids: k))
        })
}
