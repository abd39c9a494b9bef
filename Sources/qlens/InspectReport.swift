import Basics
import Checkpoints
import Explorer
import Quantization
import TensorFiles
import Tensors

/// What `inspect` prints for people.
struct InspectReport {
    let inspection: Inspection

    private var file: String { inspection.file }
    private var tensor: TensorView { inspection.tensor }
    private var evaluation: Evaluation { inspection.evaluation }
    private var statistics: TensorStatistics { inspection.summary.statistics }
    private var stored: (form: StoredForm, head: [StoredValue])? { inspection.stored }
    private var importance: String? { inspection.importance }
    private var valuesHead: [Float] { inspection.valuesHead }
    private var reconstructionHead: [Float] { inspection.reconstructionHead }
    private var histogram: Histogram? { inspection.histogram }

    var table: String {
        var lines = [
            "\(Printable.text(file)) ▸ \(Printable.text(tensor.name))  \(tensor.typeName) \(tensor.shape)"
        ]
        lines.append("recipe  \(evaluation.recipe)")
        if let importance { lines.append("note    columns are weighed by \(Printable.text(importance))") }
        if let (form, _) = stored {
            lines.append(
                "stored  \(form.method), \(inspection.storedRecipe(form).map { "recipe \($0)" } ?? "no recipe says it")"
            )
        }
        if tensor.isRoundedOnReading {
            lines.append("note    \(tensor.elementType.rawValue) values are rounded to Float32 on reading")
        }
        let entries = evaluation.recipe.rangeMode.calibrationEntries
        if entries > 0 {
            lines.append(
                "note    entries 0 … \(entries - 1) of axis 0 are calibrated on; errors are those of the others")
        }
        lines.append("")
        lines += inspection.statisticEntries.filter { $0.0 != "percentiles" }.map { row($0.0, $0.1.text) }
        if let percentiles = statistics.percentiles {
            for (point, value) in zip(TensorStatistics.percentilePoints, percentiles) {
                lines.append(row("percentile \(Inspection.short(point))", JSONValue.number(value).text))
            }
        }
        lines.append("")
        lines.append(row("ranges", NumberText.grouped(evaluation.rangeCount)))
        if let first = evaluation.quantizers.first {
            let which = evaluation.rangeCount > 1 ? " (first range)" : ""
            lines.append(row("scale" + which, JSONValue.single(first.scale).text))
            lines.append(row("zero-point" + which, String(first.zeroPoint)))
            lines.append(row("clip" + which, "\(first.limits.low) … \(first.limits.high)"))
        }
        lines.append("")
        for (name, value) in evaluation.metrics.entries {
            let isExact = value == nil && MetricCatalog.metric(named: name)?.rank(evaluation.metrics) == .infinity
            lines.append(row(name, isExact ? "exact" : JSONValue.number(value).text))
        }
        if !valuesHead.isEmpty {
            lines.append("")
            let heads = stored == nil ? "" : "stored code (level) × scale"
            lines.append(row("value", stored == nil ? "reconstruction" : cell("reconstruction") + heads))
            for (index, (value, reconstruction)) in zip(valuesHead, reconstructionHead).enumerated() {
                let back = reconstruction.isNaN ? "-" : String(reconstruction)
                guard let stored = stored?.head[index] else {
                    lines.append(row(String(value), back))
                    continue
                }
                let level = Float(stored.code) == stored.level ? "" : " (\(stored.level))"
                let zero = stored.zeroPoint.map { " z \($0)" } ?? stored.offset.map { " + \($0)" } ?? ""
                lines.append(row(String(value), cell(back) + "\(stored.code)\(level)\(zero) × \(stored.scale)"))
            }
        }
        if let histogram {
            lines.append("")
            lines.append(row("from", "elements"))
            for (edge, count) in zip(histogram.binning.edges, histogram.counts) {
                lines.append(row(String(edge), NumberText.grouped(Int(count))))
            }
        }
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, _ value: String) -> String { cell(name) + value }

    private func cell(_ text: String) -> String { text + String(repeating: " ", count: max(1, 24 - text.count)) }
}
