import Tensors

/// Some values of a tensor at fixed positions, to tell whether another one holds the same.
struct ValueSample {
    private static let runs = 16, length = 64
    /// Fewer say nothing.
    private static let least = 8

    let values: [Float]

    /// - Parameters:
    ///   - extents: of the tensor that positions are counted in, without extents of one.
    ///   - isTransposed: `tensor` is that one's transpose.
    init(_ tensor: TensorView, extents: [Int], isTransposed: Bool = false) {
        let rows = extents.count > 1 ? extents[0] : 1
        let columns = max(1, tensor.count / max(1, rows))
        let length = min(Self.length, columns)
        var values: [Float] = []
        for run in 0..<min(Self.runs, max(1, tensor.count / length)) {
            let row = rows > 1 ? run * rows / Self.runs : 0
            // Spread over the columns too.
            let column = run * 7_919 % (columns - length + 1)
            if isTransposed {
                for offset in 0..<length {
                    let element = (column + offset) * rows + row
                    values += tensor.values(element..<element + 1)
                }
            } else {
                let start = row * columns + column
                values += tensor.values(start..<start + length)
            }
        }
        self.values = values
    }

    init(_ values: [Float]) { self.values = values }

    /// Pearson's correlation over what is finite in both; nil where there is too little, or one does not vary.
    func correlation(with other: ValueSample) -> Double? {
        var n = 0.0, sums = (x: 0.0, y: 0.0), squares = (x: 0.0, y: 0.0), product = 0.0
        for (x, y) in zip(values, other.values) where x.isFinite && y.isFinite {
            let (x, y) = (Double(x), Double(y))
            n += 1
            sums = (sums.x + x, sums.y + y)
            squares = (squares.x + x * x, squares.y + y * y)
            product += x * y
        }
        guard n >= Double(Self.least) else { return nil }
        let x = squares.x - sums.x * sums.x / n, y = squares.y - sums.y * sums.y / n
        guard x > 1e-12 * squares.x, y > 1e-12 * squares.y else { return nil }
        return (product - sums.x * sums.y / n) / (x * y).squareRoot()
    }
}
