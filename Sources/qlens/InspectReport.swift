import Basics
import Explorer
import Quantization
import TensorFiles
import Tensors

/// What `inspect` prints, as JSON or as a table.
struct InspectReport {
    let file: String
    let tensor: TensorView
    let summary: TensorSummary
    let evaluation: Evaluation
    var valuesHead: [Float] = []
    var reconstructionHead: [Float] = []
    var histogram: Histogram?
    /// The file that columns are weighed by, where it has weights for the tensor.
    var importance: String?
    /// How a quantized tensor is stored, and its first elements.
    var stored: (form: StoredForm, head: [StoredValue])?

    private var statistics: TensorStatistics { summary.statistics }

    private var statisticEntries: [(String, JSONValue)] {
        let s = statistics
        let percentiles = s.percentiles ?? []
        return [
            ("count", .int(s.count)), ("min", .number(s.minimum)), ("max", .number(s.maximum)),
            ("mean", .number(s.mean)), ("std", .number(s.standardDeviation)), ("abs_max", .number(s.absoluteMaximum)),
            ("zero_count", .int(s.zeroCount)), ("nan_count", .int(s.nanCount)), ("inf_count", .int(s.infinityCount)),
            ("skewness", .number(s.skewness)), ("kurtosis", .number(s.kurtosis)),
            (
                "percentiles",
                .object(
                    zip(TensorStatistics.percentilePoints, percentiles).map { (Self.short($0), .number($1)) })
            ),
        ]
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }

    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("file", .string(file)), ("tensor", .string(tensor.name)), ("dtype", .string(tensor.elementType.rawValue)),
            ("shape", .array(tensor.shape.extents.map(JSONValue.int))),
            ("recipe", .string(evaluation.recipe.description)),
        ]
        if let importance { members.append(("importance", .string(importance))) }
        if let stored { members.append(("stored", storedJSON(stored.form, stored.head))) }
        // Where some entries of axis 0 are only calibrated on: those that the metrics are of.
        let first = evaluation.recipe.rangeMode.calibrationEntries
        if first > 0 {
            members.append(("evaluated_entries", .array([.int(first), .int(tensor.shape.extents[0])])))
            members.append(("evaluated_count", .int(evaluation.metrics.size.elements)))
        }
        members += [
            ("stats", .object(statisticEntries)),
            ("quantizer", quantizer),
            ("metrics", .object(evaluation.metrics.entries.map { ($0.name, .number($0.value)) })),
        ]
        if !valuesHead.isEmpty {
            members.append(("values_head", .array(valuesHead.map(JSONValue.single))))
            members.append(("dequantized_head", .array(reconstructionHead.map(JSONValue.single))))
        }
        if let histogram {
            members.append(
                (
                    "histogram",
                    .object([
                        ("edges", .array(histogram.binning.edges.map { .number($0) })),
                        ("counts", .array(histogram.counts.map { .int(Int($0)) })),
                        ("below", .int(Int(histogram.below))), ("above", .int(Int(histogram.above))),
                    ])
                ))
        }
        return .object(members)
    }

    /// The recipe by which a tensor was stored; nil where recipes have no words for it.
    private func storedRecipe(_ form: StoredForm) -> String? {
        form.recipe.flatMap { try? Recipe($0) }.map { $0.description }
    }

    private func storedJSON(_ form: StoredForm, _ head: [StoredValue]) -> JSONValue {
        .object([
            ("method", .string(form.method)),
            ("recipe", storedRecipe(form).map(JSONValue.string) ?? .null),
            ("parts", .array(form.parts.map(JSONValue.string))),
            ("codes_head", .array(head.map { .int($0.code) })),
            ("levels_head", .array(head.map { .single($0.level) })),
            ("scales_head", .array(head.map { .single($0.scale) })),
            ("zero_points_head", .array(head.map { $0.zeroPoint.map(JSONValue.int) ?? .null })),
            ("offsets_head", .array(head.map { $0.offset.map(JSONValue.single) ?? .null })),
        ])
    }

    private var quantizer: JSONValue {
        let all = evaluation.quantizers
        var members: [(String, JSONValue)] = [
            ("scales", .array(all.map { .single($0.scale) })),
            ("zero_points", .array(all.map { .int($0.zeroPoint) })),
            ("range_count", .int(evaluation.rangeCount)),
        ]
        if evaluation.recipe.format.traits.hasOffset {
            members.append(("offsets", .array(all.map { .single($0.offset ?? 0) })))
        }
        if let first = all.first {
            members.append(("clip_low", .single(first.limits.low)))
            members.append(("clip_high", .single(first.limits.high)))
            if evaluation.rangeCount == 1 && evaluation.recipe.granularity == .tensor
                && evaluation.recipe.format.bits <= 8 && first.isScalar
            {
                members.append(("levels", .array(first.levels.map(JSONValue.single))))
            }
        }
        return .object(members)
    }

    /// The same for people.
    var table: String {
        var lines = [
            "\(Printable.text(file)) ▸ \(Printable.text(tensor.name))  \(tensor.typeName) \(tensor.shape)"
        ]
        lines.append("recipe  \(evaluation.recipe)")
        if let importance { lines.append("note    columns are weighed by \(Printable.text(importance))") }
        if let (form, _) = stored {
            lines.append("stored  \(form.method), \(storedRecipe(form).map { "recipe \($0)" } ?? "no recipe says it")")
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
        lines += statisticEntries.filter { $0.0 != "percentiles" }.map { row($0.0, $0.1.text) }
        if let percentiles = statistics.percentiles {
            for (point, value) in zip(TensorStatistics.percentilePoints, percentiles) {
                lines.append(row("percentile \(Self.short(point))", JSONValue.number(value).text))
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
