public import Hardware
public import Quantization

/// What a plan may keep to.
public enum PlanBudget: Hashable, Sendable {
    /// Bits a weight, on average over all weights that are planned.
    case bits(Double)
    /// Bytes of all tensors of the file, those that stay unquantized included.
    case bytes(Int)
    /// Milliseconds for all weights on a profile of hardware.
    case milliseconds(Double)

    /// What is counted.
    public enum Unit: String, CaseIterable, Sendable { case bits, bytes, ms }

    public var unit: Unit {
        switch self {
        case .bits: .bits
        case .bytes: .bytes
        case .milliseconds: .ms
        }
    }

    public var amount: Double {
        switch self {
        case .bits(let amount), .milliseconds(let amount): amount
        case .bytes(let amount): Double(amount)
        }
    }

    public init(_ amount: Double, _ unit: Unit) {
        switch unit {
        case .bits: self = .bits(amount)
        case .bytes: self = .bytes(Int(amount))
        case .ms: self = .milliseconds(amount)
        }
    }
}

/// What errors of weights count, so that they may be added up over tensors.
public enum PlanMeasure: Hashable, Sendable {
    /// Σe², all weights alike.
    case squaredError
    /// Σe²/Σx²: each tensor by its own size.
    case relativeL2
    /// ‖(Ŵ - W)X‖² over measured inputs.
    case output
    /// Σe² times a number a tensor, such as the mean of its Hessian's diagonal (HAWQ-V2).
    case sensitivity(Sensitivities)

    /// The word of the option, or of what is measured.
    public var word: String {
        switch self {
        case .squaredError: "mse"
        case .relativeL2: "relative_l2"
        case .output: "output"
        case .sensitivity: "sensitivity"
        }
    }

    /// Those that need nothing beside the weights, or the recorded inputs.
    public static let named: [PlanMeasure] = [.squaredError, .relativeL2, .output]
}

/// Everything that a plan follows from besides the weights.
public struct PlanSettings: Hashable, Sendable {
    public struct Pin: Hashable, Sendable {
        public let pattern: NamePattern
        public let treatment: WeightTreatment

        public init(pattern: NamePattern, treatment: WeightTreatment) {
            (self.pattern, self.treatment) = (pattern, treatment)
        }
    }

    /// What every weight may be given.
    public var treatments: [WeightTreatment]
    public var include: [NamePattern] = []
    public var exclude: [NamePattern] = []
    /// Weights whose treatment is decided; of several that match, the last one counts.
    public var pins: [Pin] = []
    /// Weights that get one treatment together.
    public var ties: [NamePattern] = []
    /// So do those that runtimes compute as one matrix.
    public var tiesFused = true
    public var measure = PlanMeasure.squaredError
    public var hardware: HardwareProfile?
    public var budget: PlanBudget?

    public init(treatments: [WeightTreatment] = PlanSettings.usualTreatments) { self.treatments = treatments }

    /// Two to eight bits in groups of 64, the low ones with a search for the best clipping: what weights lose by rare large values
    /// alone matters there.
    public static let usualTreatments: [WeightTreatment] = [
        "int2 sym group:64 clip:mse scale:f16", "int3 sym group:64 clip:mse scale:f16",
        "int4 sym group:64 clip:mse scale:f16", "int5 sym group:64 scale:f16", "int6 sym group:64 scale:f16",
        "int8 sym group:64 scale:f16",
    ].compactMap { try? WeightTreatment($0) }

    public func pin(of name: String) -> Pin? { pins.last { $0.pattern.matches(name) } }

    /// Whether one planner serves both: they differ in the budget at most.
    public func differsInBudgetAlone(from other: PlanSettings) -> Bool {
        var same = other
        same.budget = budget
        return self == same
    }

    /// What a weight may be given.
    public func treatments(of name: String) -> [WeightTreatment] { pin(of: name).map { [$0.treatment] } ?? treatments }

    /// All recipes that some weight may be given, each once.
    public var recipes: [Recipe] {
        var seen: Set<Recipe> = []
        return (treatments + pins.map { $0.treatment }).compactMap { $0.recipe }.filter { seen.insert($0).inserted }
    }
}
