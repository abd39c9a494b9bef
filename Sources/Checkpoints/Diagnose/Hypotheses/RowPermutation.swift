import Tensors

/// The rows of the export are those of the original in another order.
enum RowPermutation: Hypothesis {
    static let cause = "row-permutation"
    static let view = DiagnosisCase.View.tall

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns
        guard rows > 1 else { return nil }
        var best: Finding?
        func offer(_ order: [Int], _ sentence: String, _ evidence: String) {
            let export = subject.export
            let corrected: Finding.Corrected = { Double(export[order[$0 / columns] * columns + $0 % columns]) }
            let error = subject.error(corrected)
            if error < best?.squaredError ?? .infinity {
                best = Finding(
                    cause: cause, sentence: sentence, evidence: evidence, squaredError: error, corrected: corrected)
            }
        }
        if rows == subject.allRows {
            // The order of the Llama family's converters.
            let usual = (8...512).filter { rows % $0 == 0 && $0 % 2 == 0 }.map { rows / $0 }
            for heads in subject.heads.filter({ rows % $0 == 0 && rows / $0 % 2 == 0 && rows / $0 > 1 })
                + usual.prefix(64)
            {
                let size = rows / heads, half = size / 2
                let paired = (0..<rows).map { $0 / size * size + $0 % half * 2 + $0 % size / half }
                let halved = (0..<rows).map { $0 / size * size + $0 % 2 * half + $0 % size / 2 }
                let words =
                    "the rows of \(heads) heads are in the other rotary order (queries and keys of the Llama family)"
                offer(paired, words, "pairs of dimensions brought to halves of \(half) fit")
                offer(halved, words, "halves of \(half) dimensions brought to pairs fit")
                if let best, best.squaredError < 0.1 * subject.squaredError { return best }
            }
        }
        guard
            let order = LineMatching.order(
                of: subject.original, in: subject.export, lines: rows, length: columns, lineStride: columns,
                elementStride: 1)
        else { return best }
        let moved = order.enumerated().count { $0.offset != $0.element }
        guard moved > 1 else { return best }
        let first = order.enumerated().first { $0.offset != $0.element }
        offer(
            order, "the rows are in another order",
            "\(moved) of \(rows) rows are elsewhere"
                + (first.map { ", row \($0.offset) of the original at \($0.element)" } ?? ""))
        return best
    }
}
