import Basics
import Tensors

/// Learns centroids of vectors: Lloyd's iteration from spread-out starts.
///
/// Starts follow greedy k-means++ (Arthur and Vassilvitskii 2007) with random numbers of a fixed seed, so that the same vectors give the same
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
        let starts = isQuick ? 1 : max(1, min(40, (1 << 27) / max(1, work)))
        let rounds = isQuick ? 6 : max(12, min(100, (1 << 30) / max(1, work * starts)))
        let results = Slots<(error: Double, centroids: [Float])?>(starts, repeating: nil)
        let pool = pool(wanted)
        try context.silent.forEach(0..<starts) { start, _ in
            results[start] = learn(min(wanted, count), rounds, pool, seed: UInt64(start + 1), context.cancel)
        }
        if context.cancel.isCancelled { throw Cancelled() }
        let best = results.all.compactMap { $0 }.min { $0.error < $1.error }
        let centroids = best?.centroids ?? [Float](repeating: 0, count: dimension)
        return VectorBook(dimension: dimension, centroids: centroids.map { $0 / factor })
    }

    private func learn(
        _ wanted: Int, _ rounds: Int, _ pool: [Int], seed: UInt64, _ cancel: CancelFlag
    ) -> (error: Double, centroids: [Float]) {
        var centroids = start(wanted, pool, seed, cancel)
        var least = Double.infinity, best = centroids
        for _ in 0..<rounds {
            if cancel.isCancelled { break }
            // The vectors are scaled already: a factor of each book's own would make errors of different rounds incomparable.
            let finder = NearestCentroid(VectorBook(dimension: dimension, centroids: centroids), factor: 1)
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
        var lost: [Int] = []
        if members.contains(0) {
            lost = distances.indices.filter { distances[$0] > 0 }.sorted { distances[$0] < distances[$1] }
        }
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

    /// Vectors that starts are drawn from, at most; those farthest out are always among them.
    private static let pool = 1 << 14

    private func pool(_ wanted: Int) -> [Int] {
        let most = isQuick ? max(2_048, 4 * wanted) : max(Self.pool, 4 * wanted)
        guard count > most else { return Array(0..<count) }
        var numbers = Set(stride(from: 0, to: count, by: count.pieces(of: most)))
        let sizes = (0..<count).map { number in
            vectors[number * dimension..<(number + 1) * dimension].reduce(Float(0)) { max($0, abs($1)) }
        }
        numbers.formUnion((0..<count).sorted { sizes[$0] > sizes[$1] }.prefix(max(wanted, 256)))
        return numbers.sorted()
    }

    /// Vectors far from each other: each next one is the best of a few that are drawn with a probability in proportion to their
    /// squared distance (greedy k-means++).
    private func start(_ wanted: Int, _ pool: [Int], _ seed: UInt64, _ cancel: CancelFlag) -> [Float] {
        var state = seed
        func uniform() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15  // SplitMix64
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return Double((z ^ z >> 31) >> 11) * 0x1p-53
        }
        let size = pool.count, trials = isQuick ? 1 : 2 + (Int.bitWidth - wanted.leadingZeroBitCount) / 2
        // Axis after axis, so that distances to one vector are sums of whole columns.
        var columns = [Float](repeating: 0, count: size * dimension)
        for (place, number) in pool.enumerated() {
            for axis in 0..<dimension { columns[axis * size + place] = vectors[number * dimension + axis] }
        }
        var result: [Float] = [], distances = [Float](repeating: .infinity, count: size),
            sums = [Double](repeating: 0, count: size)
        /// The distances that are left when the vector at a position is taken too.
        func reduced(by place: Int) -> [Float] {
            var next = [Float](repeating: 0, count: size)
            next.withUnsafeMutableBufferPointer { next in
                columns.withUnsafeBufferPointer { columns in
                    for axis in 0..<dimension {
                        let centre = columns[axis * size + place], column = axis * size
                        for i in 0..<size {
                            let d = columns[column &+ i] - centre
                            next[i] += d * d
                        }
                    }
                    distances.withUnsafeBufferPointer { before in
                        for i in 0..<size where before[i] < next[i] { next[i] = before[i] }
                    }
                }
            }
            return next
        }
        for number in 0..<max(1, wanted) {
            // A large book takes as long to start as several rounds.
            if cancel.isCancelled { break }
            var best: (distances: [Float], total: Double, place: Int)?
            for _ in 0..<(number == 0 ? 1 : trials) {
                var place = Int(uniform() * Double(size))
                if number > 0 {
                    let drawn = uniform() * (sums.last ?? 0)
                    var from = 0, to = size - 1
                    while from < to {
                        let middle = (from + to) >> 1
                        if sums[middle] <= drawn { from = middle + 1 } else { to = middle }
                    }
                    place = from
                }
                let next = reduced(by: place), total = next.reduce(0.0) { $0 + Double($1) }
                if best.map({ total < $0.total }) ?? true { best = (next, total, place) }
            }
            guard let best else { break }
            distances = best.distances
            var sum = 0.0
            for i in 0..<size {
                sum += Double(distances[i])
                sums[i] = sum
            }
            let chosen = pool[best.place]
            result += vectors[chosen * dimension..<(chosen + 1) * dimension]
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

    /// - Parameter factor: what vectors and centroids are multiplied by, so that squares of distances stay within Float32; squared
    ///   distances are in its units.
    init(_ book: VectorBook, factor: Float) {
        self.book = book
        dimension = book.dimension
        count = book.count
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

    init(_ book: VectorBook) { self.init(book, factor: book.factor) }

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
