import Tensors

/// Learns centroids of vectors: Lloyd's iteration from spread-out starts.
///
/// Starts follow k-means++ (Arthur and Vassilvitskii 2007) with random numbers of a fixed seed, so that the same vectors give the same
/// book; the best of several is kept. A centroid that loses its last vector moves to the vector that is worst off.
struct VectorLearner {
    /// Vectors to learn from, and for an estimate.
    static let sample = 1 << 16
    static let quickSample = 1 << 11

    /// Multiplied by `factor`, which keeps squares within Float32.
    private let vectors: [Float]
    private let factor: Float
    private let dimension: Int
    private let isQuick: Bool
    private var count: Int { vectors.count / dimension }

    init(_ vectors: [Float], dimension: Int, isQuick: Bool) {
        let factor = vectors.reduce(Float(0)) { max($0, abs($1)) }.normalizingFactor
        self.factor = factor
        self.vectors = vectors.map { $0 * factor }
        self.dimension = dimension
        self.isQuick = isQuick
    }

    func book(_ wanted: Int, _ context: WorkContext) throws(Cancelled) -> VectorBook {
        guard count > 0 else {
            return VectorBook(dimension: dimension, centroids: [Float](repeating: 0, count: dimension))
        }
        // As many starts and rounds as an amount of work allows.
        let work = count * wanted * dimension
        let starts = isQuick ? 1 : max(1, min(10, (1 << 27) / max(1, work)))
        let rounds = isQuick ? 6 : max(12, min(100, (1 << 30) / max(1, work * starts)))
        let results = Slots<(error: Double, centroids: [Float])?>(starts, repeating: nil)
        try context.silent.forEach(0..<starts) { start, _ in
            results[start] = learn(min(wanted, count), rounds, seed: UInt64(start + 1), context.cancel)
        }
        if context.cancel.isCancelled { throw Cancelled() }
        let best = results.all.compactMap { $0 }.min { $0.error < $1.error }
        let centroids = best?.centroids ?? [Float](repeating: 0, count: dimension)
        return VectorBook(dimension: dimension, centroids: centroids.map { $0 / factor })
    }

    private func learn(
        _ wanted: Int, _ rounds: Int, seed: UInt64, _ cancel: CancelFlag
    ) -> (error: Double, centroids: [Float]) {
        var centroids = start(wanted, seed)
        var least = Double.infinity, best = centroids
        for _ in 0..<rounds {
            if cancel.isCancelled { break }
            let finder = NearestCentroid(VectorBook(dimension: dimension, centroids: centroids))
            let (codes, distances) = vectors.withUnsafeBufferPointer { finder.nearest($0.baseAddress!, count) }
            let error = distances.reduce(0) { $0 + Double($1) }
            let isBetter = error < least * (1 - 1e-5)
            if error < least { (least, best) = (error, centroids) }
            guard isBetter else { break }
            centroids = means(codes, distances, centroids.count / dimension)
        }
        return (least, best)
    }

    private func means(_ codes: [Int], _ distances: [Float], _ wanted: Int) -> [Float] {
        var sums = [Double](repeating: 0, count: wanted * dimension), members = [Double](repeating: 0, count: wanted)
        for (number, code) in codes.enumerated() {
            members[code] += 1
            for axis in 0..<dimension { sums[code * dimension + axis] += Double(vectors[number * dimension + axis]) }
        }
        var result = [Float](repeating: 0, count: wanted * dimension)
        var lost = distances.indices.lazy.filter { distances[$0] > 0 }.sorted { distances[$0] < distances[$1] }
        for code in 0..<wanted {
            if members[code] > 0 {
                for axis in 0..<dimension {
                    result[code * dimension + axis] = Float(sums[code * dimension + axis] / members[code])
                }
            } else {
                let far = lost.popLast() ?? 0
                for axis in 0..<dimension { result[code * dimension + axis] = vectors[far * dimension + axis] }
            }
        }
        return result
    }

    /// Vectors far from each other: each next one is drawn with a probability in proportion to its squared distance.
    private func start(_ wanted: Int, _ seed: UInt64) -> [Float] {
        var state = seed
        func uniform() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15  // SplitMix64
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return Double((z ^ z >> 31) >> 11) * 0x1p-53
        }
        func vector(_ number: Int) -> ArraySlice<Float> { vectors[number * dimension..<(number + 1) * dimension] }
        // Starts are drawn from some thousands of the vectors.
        let pool = stride(from: 0, to: count, by: max(1, count / max(4_096, 4 * wanted))).map { $0 }
        var result = Array(vector(pool[Int(uniform() * Double(pool.count))]))
        var distances = [Double](repeating: .infinity, count: pool.count)
        for _ in 1..<max(1, wanted) {
            let last = Array(result.suffix(dimension))
            var total = 0.0
            for (place, number) in pool.enumerated() {
                var distance = 0.0
                for axis in 0..<dimension {
                    let d = Double(vectors[number * dimension + axis] - last[axis])
                    distance += d * d
                }
                distances[place] = min(distances[place], distance)
                total += distances[place]
            }
            var rest = uniform() * total, chosen = pool.count - 1
            for (place, distance) in distances.enumerated() {
                rest -= distance
                if rest < 0 {
                    chosen = place
                    break
                }
            }
            result += vector(pool[chosen])
        }
        return result
    }
}

/// Finds the nearest of some centroids, sixteen at a time.
struct NearestCentroid: Sendable {
    private let dimension: Int
    private let count: Int
    private let book: VectorBook
    private let factor: Float
    /// Sixteen centroids side by side, multiplied by the factor, axis after axis; what fills the last lanes is far from everything.
    private let lanes: [SIMD16<Float>]

    init(_ book: VectorBook) {
        self.book = book
        dimension = book.dimension
        count = book.count
        let factor = book.factor
        self.factor = factor
        let groups = count.pieces(of: 16)
        var lanes = [SIMD16<Float>](repeating: SIMD16(repeating: .infinity), count: groups * dimension)
        for code in 0..<count {
            for axis in 0..<dimension {
                lanes[code / 16 * dimension + axis][code % 16] = book.centroids[code * dimension + axis] * factor
            }
        }
        self.lanes = lanes
    }

    /// The codes of so many vectors and their squared distances.
    func nearest(_ x: UnsafePointer<Float>, _ vectors: Int) -> (codes: [Int], distances: [Float]) {
        var codes = [Int](repeating: 0, count: vectors), distances = [Float](repeating: 0, count: vectors)
        lanes.withUnsafeBufferPointer { lanes in
            for number in 0..<vectors {
                (codes[number], distances[number]) = nearest(x + number * dimension, lanes)
            }
        }
        return (codes, distances)
    }

    /// The same with the centroids themselves as output.
    func codes(_ x: UnsafePointer<Float>, _ vectors: Int, into output: UnsafeMutablePointer<Float>) -> [Int] {
        let codes = nearest(x, vectors).codes
        book.centroids.withUnsafeBufferPointer { centroids in
            for (number, code) in codes.enumerated() {
                for axis in 0..<dimension { output[number * dimension + axis] = centroids[code * dimension + axis] }
            }
        }
        return codes
    }

    @inline(__always)
    private func nearest(
        _ x: UnsafePointer<Float>, _ lanes: UnsafeBufferPointer<SIMD16<Float>>
    ) -> (code: Int, distance: Float) {
        var least = SIMD16<Float>(repeating: .infinity), group = SIMD16<UInt32>(repeating: 0)
        for number in 0..<count.pieces(of: 16) {
            var distance = SIMD16<Float>(repeating: 0)
            for axis in 0..<dimension {
                let d = lanes[number &* dimension &+ axis] - x[axis] * factor
                distance += d * d
            }
            let isLess = distance .< least
            least.replace(with: distance, where: isLess)
            group.replace(with: SIMD16(repeating: UInt32(truncatingIfNeeded: number)), where: isLess)
        }
        var code = 0, distance = Float.infinity
        for lane in 0..<16 where least[lane] < distance {
            distance = least[lane]
            code = Int(group[lane]) &* 16 &+ lane
        }
        return (code, distance)
    }
}
