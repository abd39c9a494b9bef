import Allocation
import Hardware
import Quantization
import Tensors

/// Plans of a checkpoint by what its weights' candidates cost and lose: made once, and asked for many budgets.
public struct Planner: Sendable {
    public let candidates: PlanCandidates
    public let settings: PlanSettings
    public let unit: PlanBudget.Unit
    let groups: [PlanGroups.Group]
    /// Weights that stay as they are, with the reason.
    let leftOut: [(place: Int, reason: String)]
    /// How many weights are not planned yet, since nothing is known of them.
    public let pendingCount: Int
    private let solver: ChoiceSolver
    /// What is spent whatever the plan, in the solver's units.
    private let fixed: Int
    /// Numbers of all planned weights.
    public let elements: Int
    /// What each recipe on every weight comes to.
    let uniform: [Plan.Uniform]

    /// - Parameter unit: what budgets are in.
    public init(_ candidates: PlanCandidates, _ settings: PlanSettings, unit: PlanBudget.Unit) throws(PlanError) {
        if unit == .ms, settings.hardware == nil { throw .noHardware }
        guard !settings.treatments.isEmpty else { throw .noFormats }
        let sorted = try PlanGroups(candidates, settings)
        self.candidates = candidates
        self.settings = settings
        self.unit = unit
        groups = sorted.groups
        pendingCount = sorted.pending.count
        var leftOut = sorted.leftOut
        if case .output = settings.measure {
            try Self.checkOutputs(candidates, sorted.groups)
        }
        if case .sensitivity(let numbers) = settings.measure {
            let without = sorted.groups.flatMap { $0.members }.map { candidates.weights[$0].name }.filter {
                numbers[$0] == nil
            }
            if let first = without.first {
                throw .noSensitivity(name: first, count: without.count, path: numbers.path)
            }
        }
        leftOut.sort { $0.place < $1.place }
        self.leftOut = leftOut
        let costs = PlanCosts(settings, unit)
        elements = sorted.groups.reduce(0) { sum, group in
            group.members.reduce(sum) { $0 + candidates.weights[$1].shape.count }
        }
        let whole =
            unit == .bits
            ? 0
            : leftOut.reduce(unit == .bytes ? candidates.kept.reduce(0) { $0 + Double($1.bytes) } : 0) {
                $0 + costs.cost(of: .kept, candidates.weights[$1.place])
            }
        guard whole <= 0x1p60 else {
            throw .tooDear(name: leftOut.first.map { candidates.weights[$0.place].name } ?? "")
        }
        fixed = Int(whole)
        let planned = sorted.groups.flatMap { $0.members }.map { candidates.weights[$0] }
        // One recipe everywhere is known once it was tried on all that is planned: kept, the others would cost no error.
        uniform = settings.treatments.compactMap { treatment in
            guard treatment.recipe != nil,
                planned.allSatisfy({ $0.row(treatment) != nil || $0.misfit(treatment) != nil }),
                sorted.pending.isEmpty || planned.contains(where: { $0.row(treatment) != nil })
            else { return nil }
            return Plan.Uniform(treatment, planned, costs)
        }
        solver = ChoiceSolver(
            try sorted.groups.map { group throws(PlanError) in
                try group.treatments.map { treatment throws(PlanError) in
                    var cost = 0.0, error = 0.0
                    for place in group.members {
                        cost += costs.cost(of: treatment, candidates.weights[place])
                        error += costs.error(of: treatment, candidates.weights[place])
                    }
                    guard cost <= Double(ChoiceOption.most) else {
                        throw .tooDear(name: candidates.weights[group.members[0]].name)
                    }
                    return ChoiceOption(cost: Int(cost), error: error)
                }
            })
    }

    /// A layer without measured inputs cannot be judged by its outputs.
    private static func checkOutputs(_ candidates: PlanCandidates, _ groups: [PlanGroups.Group]) throws(PlanError) {
        let without = groups.flatMap { group in
            group.members.filter { place in
                group.treatments.contains { treatment in
                    treatment.recipe != nil && candidates.weights[place].row(treatment)?.squaredOutputError == nil
                }
            }
        }
        if let first = without.first { throw .noInputs(name: candidates.weights[first].name, count: without.count) }
    }

    /// From the least budget that some plan keeps to up to what the plan without regard for a budget takes.
    public var budgets: ClosedRange<Double> {
        amount(solver.costs.lowerBound)...amount(solver.costs.upperBound)
    }

    /// The best plan of a budget in the planner's unit.
    ///
    /// - Parameters:
    ///   - mostStates: of the solver's search.
    ///   - isRaised: where no plan keeps to the budget, the least one that is possible takes its place.
    public func plan(
        _ budget: PlanBudget, mostStates: Int = 2_000_000, isRaised: Bool = false
    ) throws(PlanError) -> Plan {
        precondition(budget.unit == unit, "a budget in another unit")
        let cost = isRaised ? max(cost(budget), solver.costs.lowerBound) : cost(budget)
        do throws(BudgetTooSmall) {
            return Plan(self, try solver.solve(budget: cost, mostStates: mostStates), budget)
        } catch {
            // In whole bytes it is exact; averages are rounded up so that what is said is enough.
            throw .budgetTooSmall(budget, least: PlanBudget(amount(error.least), unit))
        }
    }

    /// Total error against the budget's unit at the plans that are best for what they cost.
    public var corners: [(amount: Double, error: Double)] { solver.corners.map { (amount($0.cost), $0.error) } }

    // MARK: Units

    private static let picosecondsInMillisecond = 1e9

    private func cost(_ budget: PlanBudget) -> Int {
        let whole =
            switch budget {
            case .bits(let average): average * Double(elements)
            case .bytes(let bytes): Double(bytes)
            case .milliseconds(let time): time * Self.picosecondsInMillisecond
            }
        return Int(max(-1, min(whole.rounded(.down), 0x1p62))) - fixed
    }

    private func amount(_ cost: Int) -> Double {
        switch unit {
        case .bits: elements > 0 ? Double(cost) / Double(elements) : 0
        case .bytes: Double(cost + fixed)
        case .ms: Double(cost + fixed) / Self.picosecondsInMillisecond
        }
    }
}

/// What a treatment of a weight costs and what it loses.
struct PlanCosts: Sendable {
    let settings: PlanSettings
    let unit: PlanBudget.Unit

    init(_ settings: PlanSettings, _ unit: PlanBudget.Unit) { (self.settings, self.unit) = (settings, unit) }

    /// In whole bits, bytes or picoseconds.
    func cost(of treatment: WeightTreatment, _ weight: PlanCandidates.Weight) -> Double {
        let bits = bits(of: treatment, weight)
        switch unit {
        case .bits: return bits.rounded(.up)
        case .bytes: return (bits / 8).rounded(.up)
        case .ms: return ((time(of: treatment, weight)?.total ?? 0) * 1e12).rounded(.up)
        }
    }

    /// As stored, scales included.
    func bits(of treatment: WeightTreatment, _ weight: PlanCandidates.Weight) -> Double {
        weight.row(treatment)?.metrics.size.bits ?? 8 * Double(weight.bytes)
    }

    func time(of treatment: WeightTreatment, _ weight: PlanCandidates.Weight) -> LayerTime? {
        let bits = bits(of: treatment, weight),
            width = Self.width(of: treatment, bits: bits, elements: weight.shape.count)
        return settings.hardware?.time(weight.name, weight.shape, storedBits: bits, weightBits: width)
    }

    /// Bits of a code; numbers that are not quantized are as wide as they are stored.
    static func width(of treatment: WeightTreatment, bits: Double, elements: Int) -> Int {
        treatment.recipe?.format.bits ?? Int((bits / Double(max(1, elements))).rounded(.up))
    }

    /// By the measure of the settings.
    func error(of treatment: WeightTreatment, _ weight: PlanCandidates.Weight) -> Double {
        guard let row = weight.row(treatment) else { return 0 }
        let error: Double =
            switch settings.measure {
            case .squaredError: row.sums.squaredError
            case .relativeL2: row.sums.squaredOriginal > 0 ? row.sums.squaredError / row.sums.squaredOriginal : 0
            case .output: row.squaredOutputError ?? 0
            case .sensitivity(let numbers): row.sums.squaredError * (numbers[weight.name] ?? 0)
            }
        // Sums of squares of huge values may overflow; a plan still has to compare them.
        return error.isFinite ? max(0, error) : .greatestFiniteMagnitude / 0x1p30
    }
}
