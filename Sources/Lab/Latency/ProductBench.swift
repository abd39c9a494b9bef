import Integers

/// Operands of a product of `rows` inputs by weights [columns, inner], in all the forms that they can have.
final class ProductBench {
    let rows: Int
    let columns: Int
    let inner: Int
    private var floats: [Float], floatWeights: [Float], floatResults: [Float]
    private let bytes: [UInt8], byteWeights: [Int8], nibbleWeights: [UInt8]
    private var unpacked: [Int8], results: [Int32]
    private let signs: SignRows, signWeights: SignColumns

    init(rows: Int, columns: Int, inner: Int) {
        (self.rows, self.columns, self.inner) = (rows, columns, inner)
        var random = RandomSource(seed: 1, stream: "bench")
        bytes = (0..<rows * inner).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        byteWeights = (0..<columns * inner).map { _ in Int8(truncatingIfNeeded: random.next()) }
        nibbleWeights = (0..<(columns * inner + 1) / 2).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        floats = bytes.map { Float($0) / 255 }
        floatWeights = byteWeights.map { Float($0) / 127 }
        floatResults = [Float](repeating: 0, count: rows * columns)
        unpacked = byteWeights
        results = [Int32](repeating: 0, count: rows * columns)
        signs = SignRows(floats.map { $0 - 0.5 }, rows: rows, columns: inner)
        let weights = byteWeights
        signWeights = SignColumns(rows: inner, columns: columns) { weights[$1 * inner + $0] < 0 }
    }

    func run(_ kind: ProductKind) {
        switch kind {
        case .float: multiplyFloats()
        case .bytesInFloat:
            widenBytes(byteWeights)
            multiplyFloats()
        case .nibblesInFloat:
            unpackNibbles()
            widenBytes(unpacked)
            multiplyFloats()
        case .bytes: multiplyBytes(byteWeights)
        case .nibbles:
            unpackNibbles()
            multiplyBytes(unpacked)
        case .signs: SignProduct.multiply(signs, signWeights, into: &results)
        }
    }

    private func multiplyFloats() {
        floatResults.withUnsafeMutableBufferPointer { output in
            guard let output = output.baseAddress else { return }
            MatrixProduct.multiply(
                floats, floatWeights, isBTransposed: true, rows: rows, columns: columns, inner: inner, into: output)
        }
    }

    private func multiplyBytes(_ weights: [Int8]) {
        results.withUnsafeMutableBufferPointer { output in
            guard let output = output.baseAddress else { return }
            ByteProduct.multiply(
                bytes, weights, rows: rows, columns: columns, inner: inner, kernel: ByteProduct.best, into: output)
        }
    }

    private func widenBytes(_ weights: [Int8]) {
        floatWeights.withUnsafeMutableBufferPointer { output in
            weights.withUnsafeBufferPointer { weights in
                for i in weights.indices { output[i] = Float(weights[i]) * 0.0078125 }
            }
        }
    }

    /// Two weights a byte, the low half first, each from -8 to 7.
    private func unpackNibbles() {
        unpacked.withUnsafeMutableBufferPointer { output in
            nibbleWeights.withUnsafeBufferPointer { packed in
                for i in 0..<output.count / 2 {
                    let pair = packed[i]
                    output[2 * i] = Int8(truncatingIfNeeded: pair & 15) &- 8
                    output[2 * i + 1] = Int8(truncatingIfNeeded: pair >> 4) &- 8
                }
            }
        }
    }

    /// Seconds of a product, the mean of so many that the clock's own steps do not show.
    ///
    /// - Parameter isFirst: it has not run before: pages and caches are paid for by a run that does not count.
    func seconds(_ kind: ProductKind, isFirst: Bool) -> Double {
        let clock = ContinuousClock()
        if isFirst { run(kind) }
        let once = clock.measure { run(kind) } / .seconds(1)
        let repeats = Int(5e-4 / max(once, 1e-9))
        guard repeats > 1 else { return once }
        return clock.measure { for _ in 0..<repeats { run(kind) } } / .seconds(1) / Double(repeats)
    }
}
