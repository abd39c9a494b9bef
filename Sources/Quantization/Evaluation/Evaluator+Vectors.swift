import Basics
import Tensors

extension TensorView {
    /// Rows of which vectors are cut.
    var vectorRows: (count: Int, length: Int) {
        let rows = shape.rank > 1 ? max(1, shape.extents[0]) : 1
        return (rows, shape.count / rows)
    }

    /// Evenly spread vectors, at most about so many, with finite values alone; what is left of a row is padded with zeros.
    func vectors(of dimension: Int, most: Int) -> [Float] {
        let rows = vectorRows
        let perRow = rows.length.pieces(of: dimension), total = rows.count * perRow
        let count = min(total, most)
        var vectors: [Float] = []
        vectors.reserveCapacity(count * dimension)
        for place in 0..<count {
            // By the golden ratio: evenly, but in step with nothing that rows may repeat.
            let number =
                count == total
                ? place : Int((UInt64(place) &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: UInt64(total)).high)
            let start = number / perRow * rows.length + number % perRow * dimension
            let end = min(start + dimension, (number / perRow + 1) * rows.length)
            var values = self.values(start..<end)
            guard values.allSatisfy({ $0.isFinite }) else { continue }
            values += [Float](repeating: 0, count: dimension - values.count)
            vectors += values
        }
        return vectors
    }
}

extension ProductFormat {
    /// Centroids of vectors of neighbouring values.
    func learnt(
        from tensor: TensorView, isEstimate: Bool, _ context: WorkContext
    ) throws(Cancelled) -> VectorQuantizer {
        let wanted = isEstimate ? VectorLearner.quickSample : VectorLearner.sample
        let vectors = tensor.vectors(of: dimension, most: max(wanted, 16 * centroids))
        let learner = VectorLearner(vectors, dimension: dimension, isQuick: isEstimate)
        return VectorQuantizer(book: try learner.book(centroids, context))
    }
}

/// Gives every vector its nearest centroid.
struct VectorCoder: JointCoder {
    private let quantizer: VectorQuantizer
    var vectors: VectorQuantizer? { quantizer }
    private let finder: NearestCentroid
    let unit: Int
    let codeCount: Int
    var valuesPerCode: Int { unit }

    init(_ quantizer: VectorQuantizer, _ format: ProductFormat) {
        self.quantizer = quantizer
        finder = NearestCentroid(quantizer.book)
        unit = format.dimension
        codeCount = format.centroids
    }

    func code(_ x: UnsafePointer<Float>, _ count: Int, element: Int, into output: JointOutput) {
        for (i, code) in finder.codes(x, count / unit, into: output.reconstruction).enumerated() {
            output.codes[i] = UInt16(code)
        }
    }

    func quantizer(ofValuesAt first: Int, in output: JointOutput) -> Quantizer { .vector(quantizer) }
}
