import Tensors

/// Groups of a row, or its columns, are in another order than their scales.
enum WrongGroupOrder: Hypothesis {
    static let cause = "wrong-group-order"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let found = [scalesWithinRows(subject), columnsElsewhere(subject), groupsOfColumns(subject)].compactMap { $0 }
        return found.min { $0.squaredError < $1.squaredError }
    }

    /// Every row has its own scales, but at other groups, the same ones in all rows.
    private static func scalesWithinRows(_ subject: DiagnosisCase) -> Finding? {
        for fit in FactorFit.good(subject) {
            guard case .runs = fit.layout.partition, fit.layout.perRow > 1 else { continue }
            let groups = fit.layout.perRow, rows = subject.rows
            var given = [Double?](repeating: nil, count: fit.factors.count), wanted = given
            for (part, factor, step) in fit.known { (given[part], wanted[part]) = (step, factor * step) }
            // For every group the one whose wanted scales it was given.
            var order: [Int] = []
            for group in 0..<groups {
                let off = (0..<groups).map { other -> Double in
                    let differences = (0..<rows).compactMap { row -> Double? in
                        guard let own = given[row * groups + group], let its = wanted[row * groups + other] else {
                            return nil
                        }
                        return abs(own - its) / max(own, its)
                    }
                    return differences.isEmpty ? .infinity : differences.sorted()[differences.count / 2]
                }
                guard let best = off.indices.min(by: { off[$0] < off[$1] }), off[best] < 0.05 else { break }
                order.append(best)
            }
            guard order.count == groups, Set(order).count == groups, order != Array(0..<groups) else { continue }
            return Finding(
                cause: cause, sentence: "groups are in the wrong order: scales belong to other groups of their row",
                evidence: "group 0 has the scales of group \(order[0]), by \(fit.layout.partition.words)",
                squaredError: fit.error, corrected: fit.corrected(subject))
        }
        return nil
    }

    /// Columns were sorted for quantizing and not brought back.
    private static func columnsElsewhere(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns, export = subject.export
        guard columns == subject.allColumns,
            let order = LineMatching.order(
                of: subject.original, in: export, lines: columns, length: rows, lineStride: 1, elementStride: columns)
        else { return nil }
        let moved = order.enumerated().count { $0.offset != $0.element }
        guard moved > 1 else { return nil }
        let corrected: Finding.Corrected = { Double(export[$0 / columns * columns + order[$0 % columns]]) }
        let error = subject.error(corrected)
        return Finding(
            cause: cause, sentence: "columns are in another order, as after sorting them for quantization (act-order)",
            evidence: "\(moved) of \(columns) columns are elsewhere", squaredError: error, corrected: corrected)
    }

    /// The export with each column's elements in the steps of another group of their row.
    private static func rescaled(
        _ subject: DiagnosisCase, _ steps: [Double?], groups: Int, size: Int, _ chosen: [Int]
    ) -> Finding.Corrected {
        let export = subject.export, columns = subject.columns
        return { element in
            let row = element / columns, column = element % columns
            guard let given = steps[row * groups + column / size], let other = steps[row * groups + chosen[column]]
            else { return Double(export[element]) }
            return Double(export[element]) / given * other
        }
    }

    /// Columns have the scales of groups that they do not belong to.
    private static func groupsOfColumns(_ subject: DiagnosisCase) -> Finding? {
        let columns = subject.columns, rows = min(subject.rows, 256)
        var best: Finding?
        for partition in subject.partitions {
            guard case .runs(let size) = partition, columns / size <= 64, columns <= 4_096 else { continue }
            let layout = subject.layout(partition), groups = layout.perRow
            let steps = subject.steps(layout)
            guard steps.prefix(rows * groups).count(where: { $0 != nil }) * 10 >= rows * groups * 8 else { continue }
            var chosen = [Int](repeating: 0, count: columns), error = 0.0, before = 0.0
            for column in 0..<columns {
                let own = column / size
                var least = Double.infinity
                for group in 0..<groups {
                    var sum = 0.0
                    for row in 0..<rows {
                        guard let given = steps[row * groups + own], let other = steps[row * groups + group] else {
                            continue
                        }
                        let i = row * columns + column
                        let e = Double(subject.export[i]) / given * other - Double(subject.original[i])
                        sum += e * e
                    }
                    if group == own { before += sum }
                    if sum < least { (least, chosen[column]) = (sum, group) }
                }
                error += least
            }
            let moved = chosen.enumerated().count { $0.element != $0.offset / size }
            guard before > 0, error < 0.5 * before, moved * 4 >= columns else { continue }
            let whole = subject.squaredError * error / before
            if whole < best?.squaredError ?? .infinity {
                best = Finding(
                    cause: cause,
                    sentence:
                        "columns have the scales of other groups, as where the order of groups (g_idx) is ignored",
                    evidence: "\(moved) of \(columns) columns fit another group of \(size)", squaredError: whole,
                    corrected: rescaled(subject, steps, groups: groups, size: size, chosen))
            }
        }
        return best
    }
}
