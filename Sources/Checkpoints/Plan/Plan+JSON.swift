import Basics
import Hardware
import Quantization
import Tensors

extension Plan {
    /// `plan --json`: what was decided, and everything that it follows from.
    ///
    /// - Parameters:
    ///   - file: the path of the checkpoint.
    ///   - sink: takes pieces of the text; the rest is returned.
    public func jsonText(
        file: String, candidates: PlanCandidates, activations: String? = nil, importance: String? = nil,
        sink: ((String) -> Void)? = nil
    ) -> String {
        var object = JSONObjectText(sink: sink)
        object.add("file", .string(file))
        object.add("rows", each: rows) { $0.json }
        object.add("kept", each: kept) { .object($0.json) }
        object.add("misfits", each: misfits) {
            .object([("name", .string($0.name)), ("recipe", .string($0.recipe)), ("reason", .string($0.reason))])
        }
        object.add(
            "total",
            .object([
                ("tensors", .int(rows.count)), ("kept", .int(kept.count)), ("elements", .int(total.elements)),
                (MetricID.bitsPerWeight.name, .number(total.bitsPerWeight)),
                (MetricID.bytes.name, .number(total.bytes)),
                ("source_bytes", .int(total.sourceBytes)), ("kept_bytes", .int(total.keptBytes)),
                ("file_bytes", .number(total.fileBytes)), (MetricID.mse.name, .number(total.mse)),
                (MetricID.sqnr.name, .number(total.sqnr)), ("error", .number(total.error)),
                ("ms", .number(total.seconds.map { $0 * 1e3 })),
            ]))
        object.add("gap", .number(gap))
        object.add("least_possible_error", .number(leastPossible))
        object.add("uniform", each: uniform) { uniform in
            .object([
                ("recipe", .string(uniform.treatment.description)), ("tensors", .int(uniform.weights)),
                (
                    MetricID.bitsPerWeight.name,
                    .number(total.elements > 0 ? uniform.bits / Double(total.elements) : nil)
                ), (MetricID.bytes.name, .number(uniform.bytes)), ("error", .number(uniform.error)),
                ("ms", .number(uniform.seconds.map { $0 * 1e3 })),
            ])
        }
        object.add("settings", settings.json(activations: activations, importance: importance))
        for (name, value) in candidates.json {
            object.add(name, each: value.array ?? []) { $0 }
        }
        return object.text
    }
}

extension Plan.Row {
    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(name)), ("shape", RecordJSON.shape(shape)), ("recipe", .string(treatment.description)),
            ("metrics", RecordJSON.metrics(metrics.entries)), ("error", .number(error)),
        ]
        if let time {
            members += [("ms", .number(time.total * 1e3)), ("bound_by", .string(time.side.rawValue))]
        }
        members += [
            ("group", .int(group)), ("pinned", .bool(isPinned)),
            ("next_recipe", next.map { .string($0.treatment.description) } ?? .null),
            ("gain_per_bit", .number(next?.gainPerBit)),
        ]
        return .object(members)
    }
}
