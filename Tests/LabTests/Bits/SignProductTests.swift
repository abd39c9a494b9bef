import Testing

@testable import Lab

/// Products that count bits against products of ±1.
struct SignProductTests {
    init() throws { try MatrixProduct.prepare() }

    /// Sizes around words, panels and blocks of rows.
    static let sizes = [
        (1, 1, 1), (3, 7, 63), (8, 8, 64), (9, 17, 65), (16, 10, 72), (5, 33, 2_100), (40, 24, 1_024),
    ]

    @Test(arguments: sizes) func countsEqualTheProductOfSigns(rows: Int, columns: Int, inner: Int) {
        var random = RandomSource(seed: 3, stream: "\(rows) \(columns) \(inner)")
        func signs(_ count: Int) -> [Int32] { (0..<count).map { _ in random.next() & 1 == 0 ? 1 : -1 } }
        let a = signs(rows * inner), b = signs(inner * columns)
        let left = SignRows(a.map(Float.init), rows: rows, columns: inner)
        #expect(left.words == SignRows(rows: rows, columns: inner) { a[$0 * inner + $1] < 0 }.words)
        let right = SignColumns(rows: inner, columns: columns) { b[$0 * columns + $1] < 0 }
        var wanted = [Int32](repeating: 0, count: rows * columns)
        for i in 0..<rows {
            for k in 0..<inner {
                let sign = a[i * inner + k]
                for j in 0..<columns { wanted[i * columns + j] += sign * b[k * columns + j] }
            }
        }
        #expect(!SignProduct.Kernel.available.isEmpty)
        for kernel in SignProduct.Kernel.available {
            var found = [Int32](repeating: .max, count: rows * columns)
            SignProduct.multiply(left, right, kernel: kernel, into: &found)
            #expect(found == wanted, "\(kernel.name)")
        }
    }

    /// As large as what is timed: float32 adds whole numbers up exactly.
    @Test func countsEqualTheFloatProduct() {
        let size = 1_024
        var random = RandomSource(seed: 4)
        func signs() -> [Float] { (0..<size * size).map { _ in random.next() & 1 == 0 ? 1 : -1 } }
        let a = signs(), b = signs()
        var wanted = [Float](repeating: 0, count: size * size)
        MatrixProduct.multiply(a, b, rows: size, columns: size, inner: size, into: &wanted)
        let left = SignRows(a, rows: size, columns: size)
        let right = SignColumns(rows: size, columns: size) { b[$0 * size + $1] < 0 }
        for kernel in SignProduct.Kernel.available {
            var found = [Int32](repeating: .max, count: size * size)
            SignProduct.multiply(left, right, kernel: kernel, into: &found)
            #expect(found == wanted.map { Int32($0) }, "\(kernel.name)")
        }
    }

    /// 2·popcount(xnor) - n of the words that the survey's lesson has: five of eight bits agree.
    @Test func eightBitsByHand() {
        let a: [Float] = [1, -1, 1, 1, -1, -1, 1, -1], c: [Float] = [1, 1, -1, 1, -1, 1, 1, -1]
        var product: [Int32] = [0]
        SignProduct.multiply(
            SignRows(a, rows: 1, columns: 8), SignColumns(rows: 8, columns: 1) { row, _ in c[row] < 0 }, into: &product)
        #expect(product == [2])
    }

    @Test func zeroIsPositive() {
        #expect(SignRows([0, -0.0, 1, -1], rows: 1, columns: 4).words == [0b1000])
    }

    /// A layer by counts equals the layer by products, padding's zeros included.
    @Test(arguments: [
        (WeightedLayer.Kind.dense, [70]), (.dense, [4, 70]), (.convolution(padding: 1), [3, 6, 5]),
        (.convolution(padding: 0), [3, 6, 5]),
    ])
    func layersEqualTheirProducts(kind: WeightedLayer.Kind, inputShape: [Int]) {
        var random = RandomSource(seed: 11)
        let isDense = kind == .dense
        let layer = WeightedLayer(
            "layer", kind, shape: isDense ? [5, 70] : [5, 3, 3, 3], hasBias: isDense, random: &random)
        // Powers of two: sums in float are exact in any order.
        let weights = layer.weight.array.enumerated().map { element, value -> Float in
            let scale = Float(1 << (element / layer.rowLength)) / 8
            return value < 0 ? -scale : scale
        }
        layer.weight.set(weights)
        let count = inputShape.reduce(1, *)
        let signs = (0..<11 * count).map { _ in random.next() & 1 == 0 ? Float(1) : -1 }
        let tape = Tape(threads: 2)
        let x = tape.constant(signs, [11] + inputShape)
        let wanted = layer.apply(x, weight: tape.leaf(layer.weight), on: tape)
        let found = SignLayer(layer, weights: weights, inputShape: inputShape).apply(x, on: tape)
        #expect(found.shape == wanted.shape)
        #expect(found.data.array == wanted.data.array)
    }
}
