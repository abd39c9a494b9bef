import Basics
import Checkpoints
import Explorer
import Hardware
import Quantization
import Tensors

/// What `plan` prints.
struct PlanReport {
    let record: PlanRecord
    let plan: Plan

    /// - Parameter sink: takes pieces of JSON; the rest is returned.
    func text(isJSON: Bool, isCSV: Bool, sink: ((String) -> Void)? = nil) -> String {
        isJSON
            ? plan.jsonText(
                file: record.file, candidates: record.candidates, activations: record.activations,
                importance: record.importance, sink: sink)
            : isCSV ? csv : table
    }

    private var csv: String {
        let heads = [
            "name", "shape", "recipe", "bits_per_weight", "bytes", "mse", "sqnr_db", "error", "ms", "bound_by", "group",
            "pinned",
        ]
        let lines = plan.rows.map { row in
            [
                CSV.quoted(row.name), CSV.quoted(row.shape.description), CSV.quoted(row.treatment.description),
                CSV.number(row.metrics.size.bitsPerWeight), CSV.number(row.metrics.size.bytes),
                CSV.number(row.metrics.mse), CSV.number(row.metrics.sqnr), CSV.number(row.error),
                CSV.number(row.time.map { $0.total * 1e3 }), row.time?.side.rawValue ?? "", String(row.group),
                row.isPinned ? "1" : "0",
            ].joined(separator: ",")
        }
        return ([heads.joined(separator: ",")] + lines).joined(separator: "\n")
    }

    private var table: String {
        let hasTime = plan.total.seconds != nil, whole = plan.total.error
        let rows = plan.rows.map { row in
            [
                Printable.text(row.name) + (row.isPinned ? " (pinned)" : ""), row.shape.description,
                row.treatment.description, NumberText.fixed(row.metrics.size.bitsPerWeight, places: 3),
                row.metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? (row.error == 0 ? "exact" : "–"),
                whole > 0 ? NumberText.percent(row.error / whole, digits: 2) : "–",
            ]
                + (hasTime
                    ? [
                        row.time.map { NumberText.significant($0.total * 1e3, digits: 3) } ?? "–",
                        row.time?.side.rawValue ?? "–",
                    ] : [])
        }
        let heads =
            ["name", "shape", "recipe", "bits/weight", "SQNR dB", "of the error"]
            + (hasTime ? ["ms", "bound by"] : [])
        let total = plan.total
        let last =
            [
                "total", "\(NumberText.grouped(total.elements)) elements", "",
                total.bitsPerWeight.map { NumberText.fixed($0, places: 3) } ?? "–",
                total.sqnr.map { NumberText.fixed($0, places: 2) } ?? (total.error == 0 ? "exact" : "–"), "100 %",
            ] + (hasTime ? [total.seconds.map { NumberText.significant($0 * 1e3, digits: 3) } ?? "–", ""] : [])
        let lines = TextTable.lines(heads, rows + [last], leading: 3)
        return (["\(Printable.text(record.file))  at most \(plan.budget.words)", ""] + lines + end).joined(
            separator: "\n")
    }

    /// What the plan is worth, and what it leaves out.
    private var end: [String] {
        let total = plan.total
        var lines = [
            "",
            "\(NumberText.grouped(Int(total.bytes))) bytes of weights, \(NumberText.grouped(Int(total.fileBytes))) of all tensors; "
                + (plan.gap == 0
                    ? "no plan within the budget has less error"
                    : "the least error possible is at most \(NumberText.percent(plan.gap, digits: 2)) less"),
            "error: \(measure) \(NumberText.significant(total.error))",
        ]
        for uniform in plan.uniform {
            let size = NumberText.fixed(uniform.bits / Double(max(1, total.elements)), places: 3)
            let ratio =
                total.error > 0
                ? "\(NumberText.significant(uniform.error / total.error, digits: 3)) × this error"
                : "error \(NumberText.significant(uniform.error))"
            lines.append(
                "  \(uniform.treatment) everywhere: \(size) bits/weight, \(ratio)"
                    + (uniform.weights < plan.rows.count ? " (it fits \(uniform.weights) of \(plan.rows.count))" : ""))
        }
        if let profile = plan.settings.hardware { lines += ["", plan.bounds(profile)] }
        if !plan.kept.isEmpty {
            lines += ["", "\(plan.kept.count) left unquantized, \(NumberText.grouped(total.keptBytes)) bytes"]
            lines += Self.grouped(plan.kept.map { ($0.reason, $0.name) })
        }
        if !plan.misfits.isEmpty {
            lines += ["", "recipes that some weights cannot have"]
            lines += Self.grouped(plan.misfits.map { ("\($0.recipe): \($0.reason)", $0.name) })
        }
        return lines
    }

    private var measure: String { PlanWords.of(plan.settings.measure) }

    /// Reasons with their numbers, the most frequent first.
    private static func grouped(_ items: [(reason: String, name: String)]) -> [String] {
        Dictionary(grouping: items) { $0.reason }.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map {
            let some = $0.value.prefix(2).map { Printable.text($0.name) }.joined(separator: ", ")
            return "  \($0.value.count) · \($0.key): \(some)\($0.value.count > 2 ? " …" : "")"
        }
    }
}
