/// How long products of square matrices take on one thread: of signs, by counting bits, and of float32.
struct ProductTiming {
    let size: Int
    /// Seconds: the medians of runs that took turns.
    let float: Double
    let signs: Double
    /// With the left side packed from float32 before each product, as inputs are; weights are packed once.
    let packed: Double

    var speed: Double { float / signs }

    static let runs = 5

    init(size: Int, seed: UInt64, pass: () throws(LabFailure) -> Void) throws(LabFailure) {
        self.size = size
        var random = RandomSource(seed: seed, stream: "products")
        func matrix() -> [Float] { (0..<size * size).map { _ in random.next() & 1 == 0 ? 1 : -1 } }
        let (a, b) = (matrix(), matrix())
        var product = [Float](repeating: 0, count: size * size), counts = [Int32](repeating: 0, count: size * size)
        func rows() -> SignRows { SignRows(a, rows: size, columns: size) }
        let packedA = rows(), packedB = SignColumns(rows: size, columns: size) { b[$0 * size + $1] < 0 }
        let clock = ContinuousClock()
        var times: (float: [Double], signs: [Double], packed: [Double]) = ([], [], [])
        func time(_ body: () -> Void) -> Double { clock.measure(body) / .seconds(1) }
        // The first run of each pays for pages and caches.
        for run in 0...Self.runs {
            try pass()
            let float = time { MatrixProduct.multiply(a, b, rows: size, columns: size, inner: size, into: &product) }
            let signs = time { SignProduct.multiply(packedA, packedB, into: &counts) }
            let packed = time { SignProduct.multiply(rows(), packedB, into: &counts) }
            guard run > 0 else { continue }
            times.float.append(float)
            times.signs.append(signs)
            times.packed.append(packed)
        }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        (float, signs, packed) = (median(times.float), median(times.signs), median(times.packed))
    }
}
