/// How long products of square matrices take on one thread: of signs, by counting bits, and of float32.
struct ProductTiming {
    let size: Int
    /// Seconds: the medians of runs that took turns.
    let float: Double
    let signs: Double
    /// With the left side packed from float32 before each product, as inputs are; weights are packed once.
    let packed: Double

    var speed: Double { float / signs }

    init(size: Int, seed: UInt64, pass: () throws(LabFailure) -> Void) throws(LabFailure) {
        self.size = size
        var random = RandomSource(seed: seed, stream: "products")
        func matrix() -> [Float] { (0..<size * size).map { _ in random.next() & 1 == 0 ? 1 : -1 } }
        let (a, b) = (matrix(), matrix())
        var product = [Float](repeating: 0, count: size * size), counts = [Int32](repeating: 0, count: size * size)
        func rows() -> SignRows { SignRows(a, rows: size, columns: size) }
        let packedA = rows(), packedB = SignColumns(rows: size, columns: size) { b[$0 * size + $1] < 0 }
        let medians = try TurnTiming.medians(3, pass: pass) { work in
            switch work {
            case 0: MatrixProduct.multiply(a, b, rows: size, columns: size, inner: size, into: &product)
            case 1: SignProduct.multiply(packedA, packedB, into: &counts)
            default: SignProduct.multiply(rows(), packedB, into: &counts)
            }
        }
        (float, signs, packed) = (medians[0], medians[1], medians[2])
    }
}
