import Basics
import Explorer
import Quantization
import TensorFiles
import Tensors

/// What `sweep` prints.
struct SweepReport {
    let file: String
    let tensor: TensorView
    let result: SweepResult

    /// A header, and a line a recipe; undefined values are empty.
    var csv: String {
        let names = Metrics.names
        let lines = result.rows.map { row in
            let values = Dictionary(row.point.metrics.entries.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            return
                ([CSV.quoted(row.point.name)] + names.map { CSV.number(values[$0].flatMap { $0 }) }
                + [row.isOnFrontier ? "1" : "0"]).joined(separator: ",")
        }
        return ([(["recipe"] + names + ["pareto"]).joined(separator: ",")] + lines).joined(separator: "\n")
    }

    /// The same for people: a star on the frontier, else what the recipe loses against it.
    var table: String {
        let rows = result.rows.map { row in
            [
                row.point.name, NumberText.fixed(row.point.metrics.size.bitsPerWeight, places: 3),
                row.point.metrics.sqnr.map { NumberText.fixed($0, places: 2) }
                    ?? (row.point.metrics.mse == 0 ? "exact" : "–"),
                NumberText.significant(row.point.metrics.mse), NumberText.significant(row.point.metrics.maxAbsError),
                NumberText.grouped(Int(row.point.metrics.size.bytes)),
                row.isOnFrontier ? "★" : row.gap.map { "-" + NumberText.fixed($0, places: 2) } ?? "",
            ]
        }
        let heads = ["recipe", "bits/weight", "SQNR dB", "MSE", "max |e|", "bytes", "frontier dB"]
        return
            (["\(Printable.text(file))  \(Printable.text(tensor.name))", ""] + TextTable.lines(heads, rows, leading: 1))
            .joined(separator: "\n")
    }
}
