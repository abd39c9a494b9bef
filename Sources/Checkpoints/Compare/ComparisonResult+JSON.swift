public import Basics
import Quantization
import TensorFiles
import Tensors

/// `compare --json`, whole or a part of it.
extension ComparisonResult {
    public func json(a: String, b: String, order: ScanResult.Order) -> JSONValue {
        .object([
            ("a", .string(a)), ("b", .string(b)),
            ("rows", .array(sorted(by: order).map { .object($0.json) })),
            ("only_a", .array(onlyA.map(JSONValue.string))), ("only_b", .array(onlyB.map(JSONValue.string))),
            ("ambiguous", doubtsJSON),
        ])
    }

    private var doubtsJSON: JSONValue {
        .array(
            doubts.map { doubt in
                .object([
                    (doubt.isOfA ? "a" : "b", .string(doubt.name)),
                    (doubt.isOfA ? "b" : "a", .array(doubt.others.map(JSONValue.string))),
                ])
            })
    }

    /// - Parameter count: pairs of all parts together.
    public func partJSON(a: String, b: String, order: ScanResult.Order, shard: Shard, count: Int) -> JSONValue {
        .object([
            ("command", .string("compare")), ("shard", .string(shard.description)), ("a", .string(a)),
            ("b", .string(b)),
            ("sort", .string(order.word)), ("options", .string("")), ("count", .int(count)),
            ("rows", .array(sorted(by: order).map { $0.wholeJSON })),
            ("only_a", .array(onlyA.map(JSONValue.string))), ("only_b", .array(onlyB.map(JSONValue.string))),
            ("ambiguous", doubtsJSON),
        ])
    }

    init?(part: JSONValue) {
        guard let rows = part["rows"]?.array, let onlyA = part["only_a"]?.array, let onlyB = part["only_b"]?.array
        else { return nil }
        let read = rows.compactMap { Comparison.Row($0) }
        guard read.count == rows.count else { return nil }
        let doubts = (part["ambiguous"]?.array ?? []).compactMap { doubt -> TensorMatch.Doubt? in
            let isOfA = doubt["a"]?.string != nil
            guard let name = doubt[isOfA ? "a" : "b"]?.string, let others = doubt[isOfA ? "b" : "a"]?.array else {
                return nil
            }
            return TensorMatch.Doubt(isOfA: isOfA, name: name, others: others.compactMap { $0.string })
        }
        self.init(
            rows: read, onlyA: onlyA.compactMap { $0.string }, onlyB: onlyB.compactMap { $0.string }, doubts: doubts)
    }
}

extension Comparison.Row {
    fileprivate var json: [(String, JSONValue)] {
        var members: [(String, JSONValue)] = [("a", .string(a)), ("b", .string(b))]
        if let expert { members.append(("expert", .int(expert))) }
        if let part { members.append(("part", .string(part))) }
        members.append(("matched_by", .string(matchedBy)))
        if let matchNote { members.append(("match_note", .string(matchNote))) }
        members += [
            ("shape", RecordJSON.shape(shape)), ("dtype_a", .string(typeA)), ("dtype_b", .string(typeB)),
        ]
        if let arrangement { members.append(("arrangement", .string(arrangement))) }
        members.append(("metrics", metrics == nil ? .null : RecordJSON.metrics(entries)))
        members.append(("non_finite_mismatches", .int(mismatched)))
        if let problem { members.append(("problem", .string(problem))) }
        return members
    }

    fileprivate var wholeJSON: JSONValue {
        .object(
            json + [
                ("position", .int(position)), ("sums", RecordJSON.sums(sums)),
                ("size", metrics.map { RecordJSON.size($0.size) } ?? .null),
            ])
    }

    fileprivate init?(_ value: JSONValue) {
        guard let a = value["a"]?.string, let b = value["b"]?.string, let shape = RecordJSON.shape(value["shape"]),
            let typeA = value["dtype_a"]?.string, let typeB = value["dtype_b"]?.string,
            let position = value["position"]?.int, let sums = RecordJSON.sums(value["sums"]),
            let mismatched = value["non_finite_mismatches"]?.int
        else { return nil }
        var metrics: Metrics?
        if case .object? = value["size"] {
            guard let size = RecordJSON.size(value["size"], of: shape), sums.count <= shape.count else { return nil }
            // All of them follow from the sums.
            metrics = Metrics(sums: sums, codeCounts: [], levelsTotal: 0, size: size)
        }
        self.init(
            position: position, a: a, b: b, expert: value["expert"]?.int, part: value["part"]?.string,
            matchedBy: value["matched_by"]?.string ?? PairingMethod.name.word,
            matchNote: value["match_note"]?.string, shape: shape, typeA: typeA, typeB: typeB,
            arrangement: value["arrangement"]?.string, metrics: metrics, sums: sums, mismatched: mismatched,
            problem: value["problem"]?.string)
    }
}
