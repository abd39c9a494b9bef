import Checkpoints
import Hardware
import Quantization
import Tensors

/// What the plan of the Plan screen follows from: its budget, its settings, its pins.
extension ExplorerState {
    /// Takes other settings, which can be undone; asks for what they need and the plan does not know.
    private mutating func plan(with next: PlanSettings) -> [Request] {
        planning.past.append(planning.settings)
        planning.future = []
        return use(next)
    }

    private mutating func use(_ next: PlanSettings) -> [Request] {
        let isSameQuestion = next.differsInBudgetAlone(from: planning.settings)
        planning.settings = next
        planning.problem = nil
        let requests = replan()
        // A budget asks nothing of the weights.
        guard !isSameQuestion, let candidates = planning.candidates, !candidates.isComplete(next) else {
            return requests
        }
        planning.pending = max(1, planning.pending)
        return requests + (planning.isPaused ? [] : [surveyRequest()])
    }

    mutating func undoPlan() -> [Request] {
        guard let last = planning.past.popLast() else {
            say(Words.nothingToUndo)
            return []
        }
        planning.future.append(planning.settings)
        say(Words.undone(to: Words.planSettings(last, planning.budget(of: last))))
        return use(last)
    }

    mutating func redoPlan() -> [Request] {
        guard let next = planning.future.popLast() else {
            say(Words.nothingToRedo)
            return []
        }
        planning.past.append(planning.settings)
        say(Words.redone(to: Words.planSettings(next, planning.budget(of: next))))
        return use(next)
    }

    mutating func setBudget(_ budget: PlanBudget) -> [Request] {
        var next = planning.settings
        next.budget = budget
        return plan(with: next)
    }

    /// A little more or less: a tenth of a bit, or a fiftieth of what may be spent.
    mutating func stepBudget(forward: Bool) -> [Request] {
        guard let outlook = planning.outlook, outlook.unit == planning.budget.unit else {
            say(Words.notYet)
            return []
        }
        let low = outlook.budgets.lowerBound, high = outlook.budgets.upperBound
        let step = outlook.unit == .bits ? 0.1 : max((high - low) / 50, .leastNormalMagnitude)
        let now = max(low, min(high, planning.budget.amount))
        // On whole steps, so that going back and forth ends where it began.
        let place = ((now / step) * 1e6).rounded() / 1e6
        let whole = forward ? place.rounded(.down) + 1 : place.rounded(.up) - 1
        let next = outlook.unit == .bits ? whole / 10 : whole * step
        guard forward ? now < high : now > low else {
            say(forward ? Words.budgetIsMost : Words.budgetIsLeast)
            return []
        }
        return setBudget(PlanBudget(max(low, min(high, next)), outlook.unit))
    }

    /// To the next budget of which the best plan leaves nothing over.
    mutating func stepPlanCorner(forward: Bool) -> [Request] {
        guard let outlook = planning.outlook, outlook.unit == planning.budget.unit else {
            say(Words.notYet)
            return []
        }
        let now = planning.budget.amount, slack = abs(now) * 1e-9
        let next =
            forward
            ? outlook.corners.first { $0.amount > now + slack } : outlook.corners.last { $0.amount < now - slack }
        guard let next else {
            say(forward ? Words.budgetIsMost : Words.budgetIsLeast)
            return []
        }
        // An average is a quotient: the budget has to hold all of it.
        return setBudget(PlanBudget(outlook.unit == .bytes ? next.amount : next.amount * (1 + 1e-12), outlook.unit))
    }

    /// The same plan's amount in another unit.
    mutating func stepPlanUnit() -> [Request] {
        guard let total = planning.plan?.total else {
            say(Words.notYet)
            return []
        }
        let budget: PlanBudget? =
            switch planning.budget {
            case .bits: .bytes(Int(total.fileBytes))
            case .bytes:
                total.seconds.map { .milliseconds($0 * 1e3 * (1 + 1e-9)) } ?? total.bitsPerWeight.map { .bits($0) }
            case .milliseconds: total.bitsPerWeight.map { .bits($0) }
            }
        guard let budget else { return [] }
        let requests = setBudget(budget)
        say(Words.budgetIn(budget.unit, hasHardware: planning.settings.hardware != nil))
        return requests
    }

    /// `f` recipes to choose from, `m` what is added up, `t` the machine; other settings are those of recipes.
    mutating func stepPlan(_ setting: Setting, forward: Bool) -> [Request] {
        var next = planning.settings
        func stepped<Item>(_ items: [Item], from place: Int?) -> Item {
            let count = items.count
            return items[((place ?? (forward ? -1 : 0)) + (forward ? 1 : count - 1)) % count]
        }
        switch setting {
        case .format:
            let sets = PlanFormats.sets(with: next.treatments)
            let chosen = stepped(sets, from: sets.firstIndex { $0.treatments == next.treatments })
            next.treatments = chosen.treatments
            say(Words.planFormats(chosen.name, chosen.treatments))
        case .mapping:
            let measures = PlanMeasure.named.filter { $0 != .output || activations != nil }
            next.measure = stepped(measures, from: measures.firstIndex(of: next.measure))
            say(Words.planMeasure(next.measure))
        case .range:
            let profiles: [HardwareProfile?] = [nil] + HardwareCatalog.all
            next.hardware = stepped(profiles, from: profiles.firstIndex(of: next.hardware))
            if case .milliseconds = next.budget {
                // The same plan's time on the other machine: what changes then is where the bits go.
                next.budget =
                    next.hardware.flatMap { profile in
                        planning.plan.map { .milliseconds($0.seconds(on: profile) * 1e3 * (1 + 1e-9)) }
                    } ?? planning.plan?.total.bitsPerWeight.map { .bits($0) }
            }
            say(Words.planHardware(next.hardware))
        default:
            say(Words.planHasNoSetting)
            return []
        }
        return plan(with: next)
    }

    // MARK: Pins

    /// The weight under the cursor: with the recipe that it was given on the Tensor screen, else with the plan's own.
    var pinProposal: WeightTreatment? {
        guard let row = plannedRow else { return nil }
        let isOpened = planning.opened == row.position && tensorIndex == row.position
        return isOpened && WeightTreatment.quantized(recipe) != row.treatment ? .quantized(recipe) : row.treatment
    }

    mutating func pinPlanned() -> [Request] {
        guard let row = plannedRow, let treatment = pinProposal else {
            say(planning.plan == nil ? Words.notYet : Words.noMatch)
            return []
        }
        let pattern = NamePattern(literal: row.name)
        var next = planning.settings
        next.pins.removeAll { $0.pattern == pattern }
        if planning.settings.pins.contains(where: { $0.pattern == pattern && $0.treatment == treatment }) {
            say(Words.planUnpinned(ScreenText.safe(row.name)))
        } else if row.isPinned, treatment == row.treatment, next.pins.count == planning.settings.pins.count {
            // By a pattern, or by a weight that it is tied to.
            say(Words.planPinnedByAnother)
            return []
        } else {
            next.pins.append(.init(pattern: pattern, treatment: treatment))
            say(Words.planPinned(ScreenText.safe(row.name), treatment, tied: row.groupCount))
        }
        return plan(with: next)
    }

    mutating func keepPlanned() -> [Request] {
        guard let row = plannedRow else {
            say(planning.plan == nil ? Words.notYet : Words.noMatch)
            return []
        }
        let pattern = NamePattern(literal: row.name)
        var next = planning.settings
        next.pins.removeAll { $0.pattern == pattern }
        next.pins.append(.init(pattern: pattern, treatment: .kept))
        say(Words.planPinned(ScreenText.safe(row.name), .kept, tied: row.groupCount))
        return plan(with: next)
    }

    // MARK: Budgets

    /// A budget at a share of what may be spent.
    mutating func setBudget(toShare share: Double) -> [Request] {
        guard let outlook = planning.outlook, outlook.unit == planning.budget.unit else {
            say(Words.notYet)
            return []
        }
        let low = outlook.budgets.lowerBound, high = outlook.budgets.upperBound
        return setBudget(PlanBudget(low + (high - low) * max(0, min(1, share)), outlook.unit))
    }

    /// `4.2`, `12MB`, `5ms`: without a unit in the present one.
    mutating func setBudget(_ text: String) -> Result<[Request], CommandProblem> {
        let word = text.lowercased().filter { $0 != " " && $0 != "," }
        let units: [(String, Double, PlanBudget.Unit)] = [
            ("bits/weight", 1, .bits), ("bits", 1, .bits), ("ms", 1, .ms), ("gb", 1e9, .bytes), ("mb", 1e6, .bytes),
            ("kb", 1e3, .bytes), ("bytes", 1, .bytes), ("b", 1, .bytes),
        ]
        let found = units.first { word.hasSuffix($0.0) }
        let number = Double(word.dropLast(found?.0.count ?? 0))
        guard let number, number > 0, number * (found?.1 ?? 1) < 0x1p60 else {
            return .failure(.expected(text, Words.aBudget))
        }
        let unit = found?.2 ?? planning.budget.unit
        guard unit != .ms || planning.settings.hardware != nil else {
            return .failure(.expected(text, Words.aMachineFirst))
        }
        return .success(setBudget(PlanBudget(number * (found?.1 ?? 1), unit)) + choose(.plan))
    }
}

extension Words {
    static let aBudget = "a number of bits, of bytes (12MB), or of milliseconds (5ms)"
    static let aMachineFirst = "a machine first (t), then milliseconds"
    static let helpBudget = "what the plan may spend: 4.2 (bits a weight), 12MB, or 5ms"
    static let helpExport = "write the plan to a JSON file, for export, report and check"
    static func planFormats(_ name: String, _ treatments: [WeightTreatment]) -> String {
        "\(name): " + treatments.map { $0.description }.joined(separator: ", ")
    }
    static func planMeasure(_ measure: PlanMeasure) -> String {
        switch measure {
        case .squaredError: "errors are added up as they are (mse)"
        case .relativeL2: "errors are added up by tensors' own sizes (relative_l2)"
        case .output: "errors of outputs over the measured inputs are added up"
        case .sensitivity: "errors are weighted by the file of sensitivities"
        }
    }
    static func planHardware(_ profile: HardwareProfile?) -> String {
        profile.map { "\($0.name): \($0.summary)" } ?? "no hardware"
    }
    static let planHasNoSetting =
        "here f steps lists of recipes, m what is added up, t the machine; Enter opens the weight, where recipes are set"
    static let budgetIsMost = "every weight has its best recipe: more budget changes nothing"
    static let budgetIsLeast = "every weight has its smallest recipe: no plan takes less"
    static func budgetIn(_ unit: PlanBudget.Unit, hasHardware: Bool) -> String {
        switch unit {
        case .bits: "the budget is in bits a weight, scales included"
        case .bytes:
            "the budget is in bytes of the whole file" + (hasHardware ? "" : "; t chooses a machine, for milliseconds")
        case .ms: "the budget is in milliseconds on the machine"
        }
    }
    static func planSettings(_ settings: PlanSettings, _ budget: PlanBudget) -> String {
        "\(budget.words), \(settings.pins.count) pinned"
    }
    static func planPinned(_ name: String, _ treatment: WeightTreatment, tied: Int) -> String {
        "pinned: \(name) \(treatment)" + (tied > 1 ? ", with \(tied - 1) tied to it" : "") + "; u undoes, p lets it go"
    }
    static func planUnpinned(_ name: String) -> String { "\(name) is planned again" }
    static let planPinnedByAnother = "pinned with a weight that it is tied to, or by a pattern: u undoes"
    static let planOpened = "its planned recipe is in use; change it, then 8 and p pin it"
    static func planWritten(_ path: String) -> String { "plan written to \(path): qlens export … --plan takes it" }
}
