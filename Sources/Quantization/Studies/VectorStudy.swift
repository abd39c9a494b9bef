import Basics
import Tensors

/// Pairs of neighbouring values and the centroids that they become, as a plane; of longer vectors the first two values.
public struct VectorStudy: Sendable {
    public let dimension: Int
    /// The first two coordinates of every centroid; the second is 0 where vectors are single values.
    public let centroids: [(x: Double, y: Double)]
    /// How often each is taken.
    public let counts: [UInt64]
    /// Pairs in equal bins over ±`limit`, row after row from the lowest second value on.
    public let density: [UInt32]
    public let bins: Int
    public let limit: Double
    /// What is left of the correlation between neighbours, -1 to 1: what vectors can save beyond single values.
    public let correlation: Double?

    /// The nearest centroid to a point of the plane, by the shown coordinates.
    public func nearest(x: Double, y: Double) -> Int {
        centroids.indices.min {
            let a = centroids[$0], b = centroids[$1]
            return (a.x - x) * (a.x - x) + (a.y - y) * (a.y - y) < (b.x - x) * (b.x - x) + (b.y - y) * (b.y - y)
        } ?? 0
    }
}

extension Evaluator {
    /// By evenly spread vectors where they are many.
    func vectorStudy(bins: Int, _ context: WorkContext) throws(Cancelled) -> VectorStudy? {
        guard let coder = try jointCoder(context), let book = coder.vectors?.book else { return nil }
        let finder = NearestCentroid(book), dimension = coder.valuesPerCode
        let vectors = tensor.vectors(of: dimension, most: 1 << 15), count = vectors.count / dimension
        guard count > 0 else { return nil }
        if context.cancel.isCancelled { throw Cancelled() }
        let limit = max(Double(vectors.reduce(0) { max($0, abs($1)) }), Double(Float.leastNormalMagnitude))
        var density = [UInt32](repeating: 0, count: bins * bins), counts = [UInt64](repeating: 0, count: book.count)
        var products = 0.0, squares = (0.0, 0.0)
        func bin(_ value: Double) -> Int { max(0, min(bins - 1, Int((value / limit + 1) / 2 * Double(bins)))) }
        let codes = vectors.withUnsafeBufferPointer { finder.nearest($0.baseAddress!, count).codes }
        for number in 0..<count {
            let x = Double(vectors[number * dimension])
            let y = dimension > 1 ? Double(vectors[number * dimension + 1]) : 0
            density[bin(y) * bins + bin(x)] += 1
            counts[codes[number]] += 1
            products += x * y
            squares.0 += x * x
            squares.1 += y * y
        }
        let norm = (squares.0 * squares.1).squareRoot()
        return VectorStudy(
            dimension: dimension,
            centroids: (0..<book.count).map { code in
                (
                    Double(book.centroids[code * dimension]),
                    dimension > 1 ? Double(book.centroids[code * dimension + 1]) : 0
                )
            },
            counts: counts, density: density, bins: bins, limit: limit,
            correlation: dimension > 1 && norm > 0 ? products / norm : nil)
    }
}
