import Tensors

/// The export holds the matrix with rows and columns exchanged.
enum TransposedMatrix: Hypothesis {
    static let cause = "transposed"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns
        guard rows > 1, columns > 1, rows * columns == subject.pair.a.count else { return nil }
        let export = subject.export
        let error = subject.error { Double(export[$0 % columns * rows + $0 / columns]) }
        return Finding(
            cause: cause, sentence: "the matrix is transposed: rows and columns are exchanged",
            evidence: "read as \(columns)×\(rows) and transposed it fits", squaredError: error)
    }
}
