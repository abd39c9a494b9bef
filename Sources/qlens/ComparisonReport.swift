import Basics
import Checkpoints
import Explorer
import Quantization
import TensorFiles
import Tensors

/// What `compare` prints.
struct ComparisonReport {
    let a: String
    let b: String
    let result: ComparisonResult
    let order: ScanResult.Order

    func text(isJSON: Bool, isCSV: Bool) -> String {
        isJSON ? result.json(a: a, b: b, order: order).text : isCSV ? csv : table
    }

    private var csv: String {
        let names = Comparison.metricNames
        let lines = result.sorted(by: order).map { row in
            let values = Dictionary(row.entries.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            return
                ([
                    row.a, row.b, row.shape.description, row.typeA, row.typeB, row.matchedBy,
                    row.notes.joined(separator: ", "),
                ]
                .map(CSV.quoted) + names.map { CSV.number(values[$0].flatMap { $0 }) }).joined(separator: ",")
        }
        return
            ([(["a", "b", "shape", "dtype_a", "dtype_b", "matched_by", "note"] + names).joined(separator: ",")] + lines)
            .joined(separator: "\n")
    }

    private var table: String {
        let rows = result.sorted(by: order).map { row -> [String] in
            let name = Printable.text(row.a) + (row.expert.map { " [\($0)]" } ?? "")
            let mismatches = row.mismatched > 0 ? "\(row.mismatched) not finite on one side" : nil
            let notes = (row.notes + [mismatches].compactMap { $0 }).joined(separator: ", ")
            guard let metrics = row.metrics else {
                return [name, Printable.text(row.b), row.typeB, "–", "–", "–", notes]
            }
            return [
                name, Printable.text(row.b), row.typeB,
                metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? (metrics.mse == 0 ? "exact" : "–"),
                NumberText.significant(metrics.mse), NumberText.significant(metrics.maxAbsError), notes,
            ]
        }
        var lines = ["\(Printable.text(a)) against \(Printable.text(b))", ""]
        lines += TextTable.lines(
            ["a", "b", "type of b", "SQNR dB", "MSE", "max |e|", "note"], rows, leading: 3, trailing: 1)
        let total = result.total
        if let sqnr = Decibel.sqnr(total.squaredOriginal, total.squaredError) {
            lines += ["", "\(result.rows.count) pairs, \(NumberText.fixed(sqnr, places: 2)) dB over all elements"]
        } else {
            lines += [
                "", "\(result.rows.count) pairs" + (total.count > 0 && total.squaredError == 0 ? ", all exact" : ""),
            ]
        }
        for (path, names) in [(a, result.onlyA), (b, result.onlyB)] where !names.isEmpty {
            let some = names.prefix(5).map { Printable.text($0) }.joined(separator: ", ")
            lines.append("\(names.count) only in \(Printable.text(path)): \(some)\(names.count > 5 ? " …" : "")")
        }
        for doubt in result.doubts.prefix(20) {
            let others = doubt.others.prefix(4).map { Printable.text($0) }.joined(separator: ", ")
            lines.append(
                "not paired: \(Printable.text(doubt.name)) of \(Printable.text(doubt.isOfA ? a : b)) could be \(others)"
                    + "\(doubt.others.count > 4 ? ", …" : ""): --map says which")
        }
        return lines.joined(separator: "\n")
    }
}
