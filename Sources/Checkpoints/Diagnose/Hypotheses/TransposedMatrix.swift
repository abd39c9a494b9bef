import Basics
import Quantization
import Tensors

/// The export holds the matrix with rows and columns exchanged.
enum TransposedMatrix: Hypothesis {
    static let cause = "transposed"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns
        guard subject.allRows > 1, subject.allColumns > 1 else { return nil }
        guard subject.isWhole else { return ofLarge(subject) }
        let export = subject.export
        let corrected: Finding.Corrected = { Double(export[$0 % columns * rows + $0 / columns]) }
        let error = subject.error(corrected)
        return Finding(
            cause: cause, sentence: "the matrix is transposed: rows and columns are exchanged",
            evidence: "read as \(columns)×\(rows) and transposed it fits", squaredError: error,
            corrected: corrected)
    }

    /// Of a large matrix some tiles tell.
    private static func ofLarge(_ subject: DiagnosisCase) -> Finding? {
        let pair = subject.pair, context = WorkContext(threads: 1)
        guard let sides = SideBySide(pair.a, pair.b, .transposed) else { return nil }
        let tiles = sides.rows.pieces(of: sides.rowsPerTile)
        guard let sums = try? sides.sums(everyTile: max(1, tiles / 8), context: context).errors,
            sums.squaredOriginal > 0
        else { return nil }
        return Finding(
            cause: cause, sentence: "the matrix is transposed: rows and columns are exchanged",
            evidence: "read as \(subject.allColumns)×\(subject.allRows) and transposed it fits",
            squaredError: sums.squaredError / sums.squaredOriginal * subject.squaredOriginal)
    }
}
