public import Basics
import Hardware
import Quantization
import TensorFiles

extension PlanSettings {
    /// - Parameters:
    ///   - activations: the path of measured inputs.
    ///   - importance: the path of what columns count.
    public func json(activations: String?, importance: String?) -> JSONValue {
        func texts(_ items: [some CustomStringConvertible]) -> JSONValue {
            .array(items.map { .string($0.description) })
        }
        var members: [(String, JSONValue)] = [
            ("formats", texts(treatments)), ("include", texts(include)), ("exclude", texts(exclude)),
            (
                "pins",
                .array(
                    pins.map {
                        .array([.string($0.pattern.description), .string($0.treatment.description)])
                    })
            ), ("ties", texts(ties)), ("fused_ties", .bool(tiesFused)), ("metric", .string(measure.word)),
            ("activations", activations.map { .string($0) } ?? .null),
            ("importance", importance.map { .string($0) } ?? .null),
        ]
        if case .sensitivity(let numbers) = measure {
            members += [
                ("sensitivity_file", .string(numbers.path)),
                (
                    "sensitivities",
                    .array(
                        numbers.numbers.sorted { $0.key < $1.key }.map {
                            .array([.string($0.key), .number($0.value)])
                        })
                ),
            ]
        }
        if let budget { members.append(("budget", .object([(budget.unit.rawValue, .number(budget.amount))]))) }
        if let hardware { members.append(("hardware", hardware.json)) }
        return .object(members)
    }

    init(_ value: JSONValue, path: String) throws(FileError) {
        func wrong(_ key: String) -> FileError {
            FileError(
                path: path, found: "settings without proper \(key)", expected: "what plan --json printed")
        }
        func texts(_ key: String) throws(FileError) -> [String] {
            guard let items = value[key]?.array else { throw wrong(key) }
            let texts = items.compactMap { $0.string }
            guard texts.count == items.count else { throw wrong(key) }
            return texts
        }
        func treatment(_ text: String, _ key: String) throws(FileError) -> WeightTreatment {
            guard let treatment = try? WeightTreatment(text) else { throw wrong(key) }
            return treatment
        }
        var settings = PlanSettings(
            treatments: try texts("formats").map { text throws(FileError) in try treatment(text, "formats") })
        settings.include = try texts("include").map { NamePattern($0) }
        settings.exclude = try texts("exclude").map { NamePattern($0) }
        settings.ties = try texts("ties").map { NamePattern($0) }
        guard case .bool(let fused)? = value["fused_ties"] else { throw wrong("fused_ties") }
        settings.tiesFused = fused
        for pair in value["pins"]?.array ?? [] {
            guard let pattern = pair.array?.first?.string, let text = pair.array?.last?.string else {
                throw wrong("pins")
            }
            settings.pins.append(Pin(pattern: NamePattern(pattern), treatment: try treatment(text, "pins")))
        }
        if let named = PlanMeasure.named.first(where: { $0.word == value["metric"]?.string }) {
            settings.measure = named
        } else {
            var numbers: [String: Double] = [:]
            for pair in value["sensitivities"]?.array ?? [] {
                guard let name = pair.array?.first?.string, let number = pair.array?.last?.double, number >= 0 else {
                    throw wrong("sensitivities")
                }
                numbers[name] = number
            }
            guard !numbers.isEmpty else { throw wrong("metric") }
            settings.measure = .sensitivity(
                Sensitivities(path: value["sensitivity_file"]?.string ?? path, numbers: numbers))
        }
        if let hardware = value["hardware"] { settings.hardware = try HardwareProfile(hardware, path: path) }
        if let budget = value["budget"]?.members?.first, let unit = PlanBudget.Unit(rawValue: budget.0),
            let amount = budget.1.double, amount.isFinite, amount >= 0, amount < 0x1p60
        {
            settings.budget = PlanBudget(amount, unit)
        }
        self = settings
    }
}
