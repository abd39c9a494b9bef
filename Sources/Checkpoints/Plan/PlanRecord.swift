public import Basics
public import TensorFiles
import Quantization
import Tensors

/// A plan's JSON: what it decided, from which candidates, and by which settings, so that it can be read back and changed.
public struct PlanRecord: Sendable {
    /// The path of the checkpoint.
    public let file: String
    public var settings: PlanSettings
    public var candidates: PlanCandidates
    /// What it decided: names and treatments, in the order of the file.
    public let rows: [(name: String, treatment: WeightTreatment)]
    /// Where inputs and weights of columns were read from.
    public let activations: String?
    public let importance: String?

    /// Candidates that are not planned yet.
    public init(
        file: String, settings: PlanSettings, candidates: PlanCandidates, activations: String? = nil,
        importance: String? = nil
    ) {
        self.file = file
        self.settings = settings
        self.candidates = candidates
        self.activations = activations
        self.importance = importance
        rows = []
    }

    /// The best plan of a budget.
    public func plan(_ budget: PlanBudget) throws(PlanError) -> Plan {
        var settings = settings
        settings.budget = budget
        return try Planner(candidates, settings, unit: budget.unit).plan(budget)
    }

    public static func open(path: String) throws(FileError) -> PlanRecord {
        try PlanRecord(JSONValue(AtomicFile.read(path, limit: 1 << 30, anyKind: true), path: path), path: path)
    }

    public init(_ value: JSONValue, path: String) throws(FileError) {
        guard let rows = value["rows"]?.array else { throw Self.wrong("no rows", path) }
        guard let candidates = PlanCandidates(value) else { throw Self.wrong("candidates that lack something", path) }
        try self.init(
            value, path: path, candidates,
            rows: rows.map { row throws(FileError) in
                guard let name = row["name"]?.string, let text = row["recipe"]?.string,
                    let treatment = try? WeightTreatment(text)
                else { throw Self.wrong("a row without name and recipe", path) }
                return (name, treatment)
            })
    }

    /// Candidates of several parts, of which one is given for its settings.
    init(undecided value: JSONValue, path: String, _ candidates: PlanCandidates) throws(FileError) {
        try self.init(value, path: path, candidates, rows: [])
    }

    private init(
        _ value: JSONValue, path: String, _ candidates: PlanCandidates,
        rows: [(name: String, treatment: WeightTreatment)]
    ) throws(FileError) {
        guard let file = value["file"]?.string, let settings = value["settings"] else {
            throw Self.wrong("no file and settings", path)
        }
        self.file = file
        self.settings = try PlanSettings(settings, path: path)
        activations = settings["activations"]?.string
        importance = settings["importance"]?.string
        self.candidates = candidates
        self.rows = rows
    }

    private static func wrong(_ what: String, _ path: String) -> FileError {
        FileError(path: path, found: what, expected: "what plan --json printed")
    }
}

extension PlanCandidates {
    /// Members of the plan's object.
    var json: [(String, JSONValue)] {
        [
            (
                "candidates",
                .array(
                    weights.map { weight in
                        let outcomes = weight.outcomes.sorted { $0.key < $1.key }
                        return .object([
                            ("name", .string(weight.name)), ("position", .int(weight.position)),
                            ("shape", RecordJSON.shape(weight.shape)), ("dtype", .string(weight.type)),
                            ("bytes", .int(weight.bytes)),
                            (
                                "rows",
                                .array(
                                    outcomes.compactMap { _, outcome in
                                        if case .row(let row) = outcome { row.wholeJSON } else { nil }
                                    })
                            ),
                            (
                                "misfits",
                                .array(
                                    outcomes.compactMap { recipe, outcome in
                                        guard case .misfit(let reason) = outcome else { return nil }
                                        return .array([.string(recipe), .string(reason)])
                                    })
                            ),
                        ])
                    })
            ), ("tensors_kept", .array(kept.map { $0.wholeJSON })),
        ]
    }

    init?(_ value: JSONValue) {
        guard let items = value["candidates"]?.array, let keptItems = value["tensors_kept"]?.array else { return nil }
        var weights: [Weight] = [], positions: Set<Int> = []
        for item in items {
            guard let name = item["name"]?.string, let position = item["position"]?.int,
                let shape = RecordJSON.shape(item["shape"]), let type = item["dtype"]?.string,
                let bytes = item["bytes"]?.int, (0...RecordJSON.most).contains(bytes), shape.count > 0,
                shape.count <= RecordJSON.most, let rows = item["rows"]?.array, let misfits = item["misfits"]?.array,
                positions.insert(position).inserted
            else { return nil }
            var weight = Weight(position: position, name: name, shape: shape, type: type, bytes: bytes)
            for value in rows {
                guard let row = Scan.Row(value), row.shape == shape else { return nil }
                weight.outcomes[row.recipe] = .row(row)
            }
            for pair in misfits {
                guard let words = pair.array, words.count == 2, let recipe = words[0].string,
                    let reason = words[1].string
                else { return nil }
                weight.outcomes[recipe] = .misfit(reason)
            }
            weights.append(weight)
        }
        let kept = keptItems.compactMap { Scan.Kept($0) }
        guard kept.count == keptItems.count else { return nil }
        self.init(weights: weights, kept: kept)
    }
}
