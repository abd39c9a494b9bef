/// Centroids of vectors of neighbouring values (survey IV-F).
public struct VectorBook: Hashable, Sendable {
    public let dimension: Int
    /// Centroid after centroid, `dimension` coordinates each.
    public let centroids: [Float]

    public var count: Int { centroids.count / dimension }

    /// The power of two that keeps squares of distances within Float32.
    var factor: Float { centroids.reduce(Float(0)) { max($0, abs($1)) }.normalizingFactor }

    /// The centroid nearest to the vector at `x`, in squared distance; the first of several.
    func nearest(to x: UnsafePointer<Float>) -> Int {
        var best = 0, least = Float.infinity
        let factor = factor
        centroids.withUnsafeBufferPointer { all in
            for code in 0..<count {
                var distance: Float = 0
                for axis in 0..<dimension {
                    let d = x[axis] * factor - all[code * dimension + axis] * factor
                    distance += d * d
                }
                if distance < least { (best, least) = (code, distance) }
            }
        }
        return best
    }
}

/// Vectors of neighbours become their nearest centroid.
public struct VectorQuantizer: Hashable, Sendable {
    public let book: VectorBook

    /// The code of a vector whose values are all alike: what can be said of one value.
    func code(ofRepeated value: Float) -> Int {
        [Float](repeating: value, count: book.dimension).withUnsafeBufferPointer { book.nearest(to: $0.baseAddress!) }
    }

    /// Every coordinate that occurs, ascending.
    public var levels: [Float] { Set(book.centroids).sorted() }

    var range: ClipRange { ClipRange(low: book.centroids.min() ?? 0, high: book.centroids.max() ?? 0) }

    var meanGap: Double {
        let width = Double(range.high) - Double(range.low)
        return width > 0 && book.count > 1 ? width / Double(book.count - 1) : 1
    }
}
