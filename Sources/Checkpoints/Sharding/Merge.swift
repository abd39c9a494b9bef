public import Basics
public import TensorFiles

/// Joins what processes of one work printed into the very result of a single one.
public enum Merge {
    public enum Result: Sendable {
        case scan(ScanResult, file: String, order: ScanResult.Order)
        case comparison(ComparisonResult, a: String, b: String, order: ScanResult.Order)
        case plan(PlanRecord)
    }

    /// What parts of a command have in common besides its options.
    private static let own = [
        "scan": ["sort", "file", "recipe"], "compare": ["sort", "a", "b"], "plan": ["file"],
    ]

    /// - Parameter parts: each with the path that it was read from, in any order.
    public static func result(of parts: [(path: String, value: JSONValue)]) throws(FileError) -> Result {
        guard let first = parts.first else {
            throw FileError(path: "merge", found: "no part", expected: "at least one")
        }
        let command = try text("command", first)
        guard let own = own[command] else {
            throw FileError(
                path: first.path, found: "a part of \(Printable.quoted(command))",
                expected: "one of scan, compare or plan")
        }
        // What all parts must agree on.
        let common = ["command", "options"] + own
        var byIndex: [Int: (path: String, value: JSONValue)] = [:], count = 0
        for part in parts {
            for key in common {
                let own = try text(key, part), others = try text(key, first)
                guard own == others else {
                    throw FileError(
                        path: part.path, found: "\(key) \(Printable.quoted(own))",
                        expected: "\(Printable.quoted(others)), as in \(Printable.text(first.path))")
                }
            }
            guard part.value["count"]?.int == first.value["count"]?.int else {
                throw FileError(
                    path: part.path, found: "a checkpoint of other tensors",
                    expected: "that of \(Printable.text(first.path))")
            }
            guard let shard = Shard(try text("shard", part)) else {
                throw FileError(path: part.path, found: "a shard that is none", expected: "I/N")
            }
            if count == 0 { count = shard.count }
            guard shard.count == count else {
                throw FileError(
                    path: part.path, found: "a part of \(shard.count)",
                    expected: "one of \(count), as in \(Printable.text(first.path))")
            }
            if let other = byIndex[shard.index] {
                throw FileError(
                    path: part.path, found: "part \(shard) for the second time",
                    expected: "each part once; \(Printable.text(other.path)) has it")
            }
            byIndex[shard.index] = part
        }
        let missing = (0..<count).filter { byIndex[$0] == nil }
        guard missing.isEmpty else {
            let some = missing.prefix(5).map { "\($0)/\(count)" }.joined(separator: ", ")
            throw FileError(
                path: first.path, found: "\(byIndex.count) of \(count) parts",
                expected: "\(some)\(missing.count > 5 ? " …" : "") too")
        }
        let all = (0..<count).compactMap { byIndex[$0] }
        if command == "plan" { return .plan(try plan(of: all)) }
        guard let order = ScanResult.Order(try text("sort", first)) else {
            throw FileError(path: first.path, found: "an unknown order", expected: "a metric")
        }
        if command == "scan" {
            var rows: [Scan.Row] = [], kept: [Scan.Kept] = []
            for part in all {
                guard let result = ScanResult(part: part.value) else { throw damaged(part.path) }
                rows += result.rows
                kept += result.kept
            }
            try check(rows.map { $0.position } + kept.map { $0.position }, first)
            return .scan(
                ScanResult(recipe: try text("recipe", first), rows: rows, kept: kept), file: try text("file", first),
                order: order)
        }
        var rows: [Comparison.Row] = [], onlyA: [String] = [], onlyB: [String] = [], doubts: [TensorMatch.Doubt] = []
        for part in all {
            guard let result = ComparisonResult(part: part.value) else { throw damaged(part.path) }
            rows += result.rows
            (onlyA, onlyB) = (onlyA + result.onlyA, onlyB + result.onlyB)
            doubts += result.doubts
        }
        try check(rows.map { $0.position }, first)
        return .comparison(
            ComparisonResult(rows: rows, onlyA: onlyA, onlyB: onlyB, doubts: doubts), a: try text("a", first),
            b: try text("b", first),
            order: order)
    }

    /// Every part of a file: one JSON object, or several one after the other.
    public static func parts(_ path: String) throws(FileError) -> [(path: String, value: JSONValue)] {
        let values = try JSONValue.values(AtomicFile.read(path, limit: 1 << 30, anyKind: true), path: path)
        guard !values.isEmpty else {
            throw FileError(path: path, found: "nothing", expected: "what --shard printed with --json")
        }
        return values.map { (path, $0) }
    }

    /// The candidates of all parts, to be planned.
    private static func plan(of parts: [(path: String, value: JSONValue)]) throws(FileError) -> PlanRecord {
        var weights: [PlanCandidates.Weight] = [], kept: [Scan.Kept] = []
        for part in parts {
            guard let candidates = PlanCandidates(part.value) else { throw damaged(part.path) }
            weights += candidates.weights
            kept += candidates.kept
        }
        try check(weights.map { $0.position } + kept.map { $0.position }, parts[0])
        return try PlanRecord(
            undecided: parts[0].value, path: parts[0].path,
            PlanCandidates(
                weights: weights.sorted { $0.position < $1.position },
                kept: kept.sorted { $0.position < $1.position }))
    }

    private static func text(_ key: String, _ part: (path: String, value: JSONValue)) throws(FileError) -> String {
        guard let text = part.value[key]?.string else {
            throw FileError(
                path: part.path, found: "no \(key)",
                expected: "what scan, compare or plan printed with --json --shard I/N")
        }
        return text
    }

    /// Every tensor once.
    private static func check(_ positions: [Int], _ first: (path: String, value: JSONValue)) throws(FileError) {
        let count = first.value["count"]?.int ?? -1
        guard positions.count == count, Set(positions).count == count else {
            throw FileError(
                path: first.path, found: "\(Set(positions).count) tensors in all parts", expected: "\(count), each once"
            )
        }
    }

    private static func damaged(_ path: String) -> FileError {
        FileError(path: path, found: "rows that lack something", expected: "a whole part")
    }
}
