import Checkpoints
import Explorer
import Quantization
import TensorFiles
import Tensors

/// What `scan` prints.
struct ScanReport {
    let file: String
    let result: ScanResult
    let order: ScanResult.Order

    /// - Parameter sink: takes pieces of JSON; the rest is returned.
    func text(isJSON: Bool, isCSV: Bool, sink: ((String) -> Void)? = nil) -> String {
        isJSON ? result.jsonText(file: file, order: order, sink: sink) : isCSV ? csv : table
    }

    /// A header, and a line a tensor; undefined values are empty.
    var csv: String {
        let names = Metrics.names + (hasOutputs ? [Metrics.outputErrorName] : [])
        let lines = result.sorted(by: order).map { row in
            let values = Dictionary(row.metrics.entries.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            return
                ([row.name, row.shape.description, row.recipe].map(CSV.quoted)
                + names.map { name in CSV.number(values[name].flatMap { $0 }) }).joined(separator: ",")
        }
        return ([(["name", "shape", "recipe"] + names).joined(separator: ",")] + lines).joined(separator: "\n")
    }

    private var hasOutputs: Bool { result.rows.contains { $0.metrics.outputError != nil } }

    /// The same for people.
    var table: String {
        let total = result.total
        var rows = result.sorted(by: order).map { row in
            [
                Printable.text(row.name), row.shape.description,
                row.metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? (row.metrics.mse == 0 ? "exact" : "–"),
                NumberText.significant(row.metrics.mse), NumberText.significant(row.metrics.maxAbsError),
                NumberText.fixed(row.metrics.size.bitsPerWeight, places: 3),
                NumberText.grouped(Int(row.metrics.size.bytes)),
            ] + (hasOutputs ? [row.metrics.outputError.map { NumberText.significant($0) } ?? "–"] : [])
        }
        let heads =
            ["name", "shape", "SQNR dB", "MSE", "max |e|", "bits/weight", "bytes"]
            + (hasOutputs ? ["output error"] : [])
        rows.append(
            [
                "total", "\(NumberText.grouped(total.elements)) elements",
                total.sqnr.map { NumberText.fixed($0, places: 2) } ?? "–",
                total.mse.map { NumberText.significant($0) } ?? "–", "",
                total.bitsPerWeight.map { NumberText.fixed($0, places: 3) } ?? "–",
                NumberText.grouped(Int(total.bytes)),
            ] + (hasOutputs ? [""] : []))
        var lines = ["\(Printable.text(file))  \(result.recipe)", ""] + TextTable.lines(heads, rows, leading: 2)
        if !result.kept.isEmpty {
            lines.append("")
            lines.append(
                "\(result.kept.count) kept as they are, \(NumberText.grouped(total.keptBytes)) bytes; "
                    + "all together \(total.compressionRatio.map { NumberText.significant($0) } ?? "–") times smaller")
            let reasons = Dictionary(grouping: result.kept) { $0.reason }.sorted {
                ($1.value.count, $0.key) < ($0.value.count, $1.key)
            }
            for (reason, all) in reasons {
                let some = all.prefix(2).map { Printable.text($0.name) }.joined(separator: ", ")
                lines.append("  \(all.count) · \(reason): \(some)\(all.count > 2 ? " …" : "")")
            }
        }
        return lines.joined(separator: "\n")
    }
}
