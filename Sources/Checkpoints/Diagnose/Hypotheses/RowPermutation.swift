import Tensors

/// The rows of the export are those of the original in another order.
enum RowPermutation: Hypothesis {
    static let cause = "row-permutation"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns
        guard rows > 1 else { return nil }
        var best: Finding?
        func offer(_ order: [Int], _ sentence: String, _ evidence: String) {
            let export = subject.export
            let error = subject.error { Double(export[order[$0 / columns] * columns + $0 % columns]) }
            if error < best?.squaredError ?? .infinity {
                best = Finding(cause: cause, sentence: sentence, evidence: evidence, squaredError: error)
            }
        }
        if rows == subject.pair.a.shape.extents.first {
            // The order of the Llama family's converters.
            let usual = (1...rows).filter { rows % $0 == 0 && (8...512).contains(rows / $0) && rows / $0 % 2 == 0 }
            for heads in subject.heads.filter({ rows % $0 == 0 && rows / $0 % 2 == 0 }) + usual.prefix(64) {
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
        guard moved > 0 else { return best }
        let first = order.enumerated().first { $0.offset != $0.element }
        offer(
            order, "the rows are in another order",
            "\(moved) of \(rows) rows stand elsewhere"
                + (first.map { ", row \($0.offset) of the original at \($0.element)" } ?? ""))
        return best
    }
}

/// Finds which line of one matrix is which of another's.
enum LineMatching {
    /// More lines would take too long.
    private static let mostLines = 4_096
    private static let signature = 64

    /// For every line of the first matrix the line of the second that is most like it; nil where that is no permutation.
    static func order(
        of first: [Float], in second: [Float], lines: Int, length: Int, lineStride: Int, elementStride: Int
    ) -> [Int]? {
        guard lines > 1, lines <= mostLines, length >= 4 else { return nil }
        // Some elements of each line, without their mean and to unit length.
        let picks = (0..<min(length, signature)).map { $0 * length / min(length, signature) }
        func signatures(_ values: [Float]) -> [Float] {
            var result = [Float](repeating: 0, count: lines * picks.count)
            for line in 0..<lines {
                var mean: Float = 0
                for (place, pick) in picks.enumerated() {
                    let value = values[line * lineStride + pick * elementStride]
                    result[line * picks.count + place] = value
                    mean += value
                }
                mean /= Float(picks.count)
                var power: Float = 0
                for place in picks.indices {
                    result[line * picks.count + place] -= mean
                    power += result[line * picks.count + place] * result[line * picks.count + place]
                }
                let scale = power > 0 ? 1 / power.squareRoot() : 0
                for place in picks.indices { result[line * picks.count + place] *= scale }
            }
            return result
        }
        let a = signatures(first), b = signatures(second), width = picks.count
        var order = [Int](repeating: 0, count: lines), taken: Set<Int> = []
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                for line in 0..<lines {
                    var best = line, likeness: Float = -2
                    for other in 0..<lines {
                        var sum = SIMD8<Float>(repeating: 0), at = 0
                        while at &+ 8 <= width {
                            var x = SIMD8<Float>(), y = SIMD8<Float>()
                            for lane in 0..<8 {
                                x[lane] = a[line &* width &+ at &+ lane]
                                y[lane] = b[other &* width &+ at &+ lane]
                            }
                            sum += x * y
                            at &+= 8
                        }
                        var dot = sum.sum()
                        while at < width {
                            dot += a[line &* width &+ at] * b[other &* width &+ at]
                            at &+= 1
                        }
                        // Its own place wins among equals.
                        if dot > likeness || dot == likeness && other == line { (best, likeness) = (other, dot) }
                    }
                    order[line] = best
                    taken.insert(best)
                }
            }
        }
        return Double(taken.count) >= 0.9 * Double(lines) ? order : nil
    }
}
