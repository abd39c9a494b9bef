import Quantization

/// Something that a user chooses before an experiment runs, as text.
public struct LabSetting: Sendable {
    public enum Kind: Sendable {
        /// A recipe, or `float` for none.
        case recipe
        case integer(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case choice([String])
        /// Some of these, separated by commas, in that order.
        case list([String])
        /// A path; empty for none.
        case file
    }

    public let name: String
    /// In a line.
    public let summary: String
    public let kind: Kind
    public let value: String
    /// Other values for models that need them, by name.
    let byModel: [String: String]
    /// What a key steps through.
    public let usual: [String]

    public init(
        _ name: String, _ summary: String, _ kind: Kind, _ value: String, byModel: [String: String] = [:],
        usual: [String] = []
    ) {
        (self.name, self.summary, self.kind, self.value, self.byModel) = (name, summary, kind, value, byModel)
        if case .choice(let names) = kind, usual.isEmpty { self.usual = names } else { self.usual = usual }
    }

    /// What it is where nobody chooses it.
    public func value(for model: String) -> String { byModel[model] ?? value }

    /// What is wrong with a value: found and expected; nil where it is right.
    public func problem(with text: String) -> String? {
        func found(_ expected: String) -> String {
            "--\(name): found \(text.isEmpty ? "nothing" : text), expected \(expected)"
        }
        switch kind {
        case .recipe:
            guard text != Self.float else { return nil }
            do throws(RecipeError) { _ = try Recipe(text) } catch { return "--\(name): \(error)" }
            return nil
        case .integer(let range):
            guard let number = Int(text), range.contains(number) else {
                return found("\(range.lowerBound) to \(range.upperBound)")
            }
            return nil
        case .number(let range):
            guard let number = Double(text), range.contains(number) else {
                return found("\(range.lowerBound) to \(range.upperBound)")
            }
            return nil
        case .choice(let names): return names.contains(text) ? nil : found(names.joined(separator: ", "))
        case .list(let names):
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let isRight = parts.allSatisfy(names.contains) && Set(parts).count == parts.count
            return isRight ? nil : found("some of \(names.joined(separator: ","))")
        case .file: return nil
        }
    }

    /// The word for no quantization.
    public static let float = "float"
}

extension LabSetting {
    /// What every experiment has.
    public static let common: [LabSetting] = [.seed, .model, .data, .samples]

    static let seed = LabSetting(
        "seed", "what all random numbers follow from", .integer(0...1_000_000_000), "1",
        usual: ["1", "2", "3", "4", "5"])
    static let model = LabSetting(
        "model", ModelCatalog.all.map { "\($0.name): \($0.summary)" }.joined(separator: "; "),
        .choice(ModelCatalog.all.map { $0.name }), ModelCatalog.all[0].name)
    static let data = LabSetting(
        "data", "own samples: an npz file with images and labels, or an IDX file of images", .file, "")

    static let samples = LabSetting(
        "samples", "training samples to take of own data; a quarter as many are tested on", .integer(10...1_000_000),
        "8000", usual: ["1000", "4000", "8000", "16000", "60000"])

    /// Every experiment has it, `capture` does not.
    public static let seeds = LabSetting(
        "seeds", "seeds to run, from --seed on: results are means, with their spread", .integer(1...100), "1",
        usual: ["1", "5"])

    static func weights(_ value: String) -> LabSetting {
        LabSetting(
            "weights", "the recipe of weights, or float", .recipe, value,
            usual: ["float", "int8 sym channel:0", "int4 sym channel:0", "int3 sym channel:0", "int2 sym channel:0"])
    }

    static func activations(_ value: String) -> LabSetting {
        LabSetting(
            "activations", "the recipe of what layers are given, or float; range:dynamic computes ranges at run time",
            .recipe, value,
            usual: [
                "float", "int8 asym tensor", "int4 asym tensor", "int2 asym tensor", "int8 asym tensor range:dynamic",
                "int4 asym tensor range:dynamic",
            ])
    }

    static func epochs(_ value: Int, _ summary: String, byModel: [String: String] = [:]) -> LabSetting {
        LabSetting(
            "epochs", summary, .integer(0...10_000), String(value), byModel: byModel,
            usual: ["1", "2", "4", "8", "16", "32"])
    }

    static func rate(
        _ value: String, _ summary: String = "learning rate of retraining", byModel: [String: String] = [:]
    )
        -> LabSetting
    {
        LabSetting(
            "rate", summary, .number(0...10), value, byModel: byModel, usual: ["0.005", "0.01", "0.02", "0.05"])
    }

    static let calibration = LabSetting(
        "calibration", "training samples that static ranges of activations are chosen on", .integer(1...100_000),
        "256", usual: ["1", "4", "16", "64", "256", "1024"])
}

/// Chosen values, one for each setting of an experiment, all of them checked.
public struct LabSettings: Sendable {
    public private(set) var values: [(name: String, value: String)]

    /// - Parameter chosen: by name; the others keep the experiment's own.
    public init(_ experiment: any Experiment, _ chosen: [(name: String, value: String)] = []) throws(LabFailure) {
        try self.init(experiment.allSettings, of: experiment.name, chosen)
    }

    /// - Parameter owner: what the settings belong to, for messages.
    public init(
        _ settings: [LabSetting], of owner: String, _ chosen: [(name: String, value: String)] = []
    ) throws(LabFailure) {
        let model = chosen.last { $0.name == "model" }?.value ?? ""
        values = settings.map { ($0.name, $0.value(for: model)) }
        for (name, value) in chosen {
            guard let place = settings.firstIndex(where: { $0.name == name }) else {
                let names = settings.map { $0.name }.joined(separator: ", ")
                throw .usage("--\(name): \(owner) has no such setting, expected \(names)")
            }
            if let problem = settings[place].problem(with: value) { throw .usage(problem) }
            values[place].value = value
        }
    }

    public subscript(name: String) -> String { values.first { $0.name == name }?.value ?? "" }

    func integer(_ name: String) -> Int { Int(self[name]) ?? 0 }
    func number(_ name: String) -> Double { Double(self[name]) ?? 0 }
    func list(_ name: String) -> [String] { self[name].split(separator: ",").map(String.init) }

    /// nil for float.
    func recipe(_ name: String) -> Recipe? {
        let text = self[name]
        return text == LabSetting.float ? nil : try? Recipe(text)
    }

    public internal(set) var seed: UInt64 {
        get { UInt64(self["seed"]) ?? 1 }
        set {
            guard let place = values.firstIndex(where: { $0.name == "seed" }) else { return }
            values[place].value = String(newValue)
        }
    }
}
