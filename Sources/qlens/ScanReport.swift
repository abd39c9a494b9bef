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

    private static func json(_ metrics: Metrics) -> JSONText {
        .object(metrics.entries.map { ($0.name, .number($0.value)) })
    }

    private static func shape(_ shape: Shape) -> JSONText { .array(shape.extents.map(JSONText.int)) }

    var json: JSONText {
        let total = result.total
        return .object([
            ("file", .string(file)), ("recipe", .string(result.recipe.description)),
            (
                "rows",
                .array(
                    result.sorted(by: order).map { row in
                        .object([
                            ("name", .string(row.name)), ("shape", Self.shape(row.shape)),
                            ("recipe", .string(row.recipe)), ("metrics", Self.json(row.metrics)),
                        ])
                    })
            ),
            (
                "kept",
                .array(
                    result.kept.map { kept in
                        .object([
                            ("name", .string(kept.name)), ("dtype", .string(kept.type)),
                            ("shape", Self.shape(kept.shape)), ("bytes", .int(kept.bytes)),
                            ("reason", .string(kept.reason)),
                        ])
                    })
            ),
            (
                "total",
                .object([
                    ("tensors", .int(total.tensors)), ("kept", .int(total.kept)), ("elements", .int(total.elements)),
                    ("bytes", .number(total.bytes)), ("source_bytes", .int(total.sourceBytes)),
                    ("kept_bytes", .int(total.keptBytes)), ("bits_per_weight", .number(total.bitsPerWeight)),
                    ("compression_ratio", .number(total.compressionRatio)), ("mse", .number(total.mse)),
                    ("sqnr_db", .number(total.sqnr)), ("relative_l2", .number(total.relativeL2)),
                ])
            ),
        ])
    }

    /// A header, and a line a tensor; undefined values are empty.
    var csv: String {
        let lines = result.sorted(by: order).map { row in
            ([Self.quoted(row.name), Self.quoted(row.shape.description), Self.quoted(row.recipe)]
                + row.metrics.entries.map { $0.value.map { JSONText.number($0).text } ?? "" }).joined(separator: ",")
        }
        return
            ((["name", "shape", "recipe"] + Metrics.names).joined(separator: ",") + "\n"
            + lines.joined(separator: "\n"))
    }

    /// As RFC 4180 has it.
    private static func quoted(_ text: String) -> String {
        text.contains { ",\"\n\r".contains($0) }
            ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            : text
    }

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
            ]
        }
        let heads = ["name", "shape", "SQNR dB", "MSE", "max |e|", "bits/weight", "bytes"]
        rows.append([
            "total", "\(NumberText.grouped(total.elements)) elements",
            total.sqnr.map { NumberText.fixed($0, places: 2) } ?? "–",
            total.mse.map { NumberText.significant($0) } ?? "–", "",
            total.bitsPerWeight.map { NumberText.fixed($0, places: 3) } ?? "–", NumberText.grouped(Int(total.bytes)),
        ])
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
