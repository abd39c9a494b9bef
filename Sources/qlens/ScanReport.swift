import Basics
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

    /// - Parameter sink: takes pieces; the rest is returned.
    func text(isJSON: Bool, isCSV: Bool, sink: ((String) -> Void)? = nil) -> String {
        isJSON
            ? result.jsonText(file: file, order: order, sink: sink)
            : isCSV ? Self.joined(csv, sink) : Self.joined(table, sink)
    }

    private static func joined(_ lines: some Sequence<String>, _ sink: ((String) -> Void)?) -> String {
        var text = "", isFirst = true
        for line in lines {
            if !isFirst { text += "\n" }
            isFirst = false
            text += line
            if let sink, text.utf8.count > 1 << 16 {
                sink(text)
                text = ""
            }
        }
        return text
    }

    /// A header, and a line a tensor; undefined values are empty.
    private var csv: some Sequence<String> {
        let names = Metrics.names + (hasOutputs ? [MetricID.outputError.name] : [])
        let lines = result.places(by: order).lazy.map { place in
            let row = result.rows[place]
            let values = Dictionary(row.metrics.entries.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            return
                ([row.name, row.shape.description, row.recipe].map(CSV.quoted)
                + names.map { name in CSV.number(values[name].flatMap { $0 }) }).joined(separator: ",")
        }
        let head = (["name", "shape", "recipe"] + names).joined(separator: ",")
        return [AnySequence([head]), AnySequence(lines)].lazy.joined()
    }

    private var hasOutputs: Bool { result.rows.contains { $0.metrics.outputError != nil } }

    /// The same for people.
    private var table: some Sequence<String> {
        // Once for all rows: it looks at every one of them.
        let total = result.total, hasOutputs = hasOutputs
        let rows = result.places(by: order).lazy.map { place in
            let row = result.rows[place]
            return [
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
        let last = [
            [
                "total", "\(NumberText.grouped(total.elements)) elements",
                total.sqnr.map { NumberText.fixed($0, places: 2) } ?? "–",
                total.mse.map { NumberText.significant($0) } ?? "–", "",
                total.bitsPerWeight.map { NumberText.fixed($0, places: 3) } ?? "–",
                NumberText.grouped(Int(total.bytes)),
            ] + (hasOutputs ? [""] : [])
        ]
        let table = TextTable.lines(heads, [AnySequence(rows), AnySequence(last)].joined(), leading: 2)
        var end: [String] = []
        if total.notFinite.tensors > 0 {
            let bad = result.rows.lazy.filter { $0.notFiniteCount(result.rangeMode) > 0 }.prefix(3).map {
                Printable.text($0.name)
            }
            end += [
                "",
                "! \(NumberText.grouped(total.notFinite.elements)) NaN or ∞ in \(total.notFinite.tensors) "
                    + "\(total.notFinite.tensors == 1 ? "tensor" : "tensors"), left out of every number: \(bad.joined(separator: ", "))"
                    + (total.notFinite.tensors > 3 ? " …" : ""),
            ]
        }
        if !result.kept.isEmpty {
            end.append("")
            end.append(
                "\(result.kept.count) left unquantized, \(NumberText.grouped(total.keptBytes)) bytes; "
                    + "all together \(total.compressionRatio.map { NumberText.significant($0) } ?? "–") times smaller")
            let reasons = Dictionary(grouping: result.kept) { $0.reason }.sorted {
                ($1.value.count, $0.key) < ($0.value.count, $1.key)
            }
            for (reason, all) in reasons {
                let some = all.prefix(2).map { Printable.text($0.name) }.joined(separator: ", ")
                end.append("  \(all.count) · \(reason): \(some)\(all.count > 2 ? " …" : "")")
            }
        }
        let start = ["\(Printable.text(file))  \(result.recipe)", ""]
        return [AnySequence(start), AnySequence(table), AnySequence(end)].lazy.joined()
    }
}
