import Basics
import Checkpoints
import Quantization

/// What the plan comes to, what it is compared with, and why.
public struct PlanFactsModel: Sendable {
    /// A line without a label is text of its own, which may take several lines.
    public let rows: [(label: String, value: String)]
    /// How far the candidates are known.
    public let share: Double

    init(_ state: ExplorerState) {
        let planning = state.planning, settings = planning.settings
        share = planning.pieces > 0 ? 1 - Double(planning.pending) / Double(planning.pieces) : 1
        var rows: [(String, String)] = []
        if let problem = planning.problem ?? planning.walkProblem { rows.append(("", ScreenText.safe(problem))) }
        guard let plan = planning.plan else {
            self.rows = rows
            return
        }
        if let least = planning.outlook?.budgets.lowerBound, least > plan.budget.amount * (1 + 1e-9) {
            rows.append(("", Words.planIsRaised(PlanBudget(least, plan.budget.unit))))
        }
        let total = plan.total, mark = planning.pending > 0 ? "≈" : ""
        rows += [
            (Words.planBudget, Words.planAmount(plan.budget.amount, plan.budget.unit, hasUnit: true)),
            (Words.planBits, mark + (total.bitsPerWeight.map { NumberText.fixed($0, places: 3) } ?? Words.none)),
            (Words.planFile, NumberText.grouped(Int(total.fileBytes))),
        ]
        if let seconds = total.seconds { rows.append((Words.planTime, NumberText.significant(seconds * 1e3) + " ms")) }
        rows += [
            (Words.totalSQNR, mark + (total.sqnr.map { NumberText.fixed($0, places: 2) + " dB" } ?? Words.exact)),
            (Words.planError, mark + NumberText.significant(total.error)),
            (
                Words.planGap,
                planning.pending > 0
                    ? Words.planIsOpen
                    : plan.gap == 0 ? Words.planIsBest : "≤ " + NumberText.percent(plan.gap, digits: 2)
            ),
        ]
        if let profile = settings.hardware { rows.append(("", plan.bounds(profile))) }
        if let proposal = state.pinProposal, let row = state.plannedRow, proposal != row.treatment {
            rows.append(("", Words.planPinOffer(proposal, ScreenText.safe(row.name))))
        }
        // What a uniform recipe would cost instead.
        for uniform in plan.uniform {
            let size = Words.planAmount(uniform.bits / Double(max(1, total.elements)), .bits)
            rows.append(
                (
                    "\(Words.planShort(uniform.treatment)) \(Words.planEverywhere) \(size)",
                    total.error > 0 ? Words.times(uniform.error / total.error) : NumberText.significant(uniform.error)
                ))
        }
        rows.append(("", PlanWords.short(settings.measure)))
        let misfits = Dictionary(grouping: plan.misfits) { $0.recipe }
        for (recipe, all) in misfits.sorted(by: { $0.key < $1.key }) {
            rows.append(("", Words.planMisfits(recipe, all.count, all.first.map { ScreenText.safe($0.reason) } ?? "")))
        }
        if !plan.kept.isEmpty { rows.append((Words.totalKept, NumberText.grouped(plan.kept.count))) }
        self.rows = rows
    }
}

extension Words {
    static let planBudget = "budget"
    static let planBits = "bits/weight"
    static let planFile = "bytes of the file"
    static let planTime = "time"
    static let planError = "error"
    static let planGap = "below the best by"
    static let planIsBest = "0, proven"
    static let planIsOpen = "not known yet"
    static let planEverywhere = "all"
    static func planIsRaised(_ least: PlanBudget) -> String {
        "less than any plan takes: this one is the least, \(least.words)"
    }
    static func planPinOffer(_ treatment: WeightTreatment, _ name: String) -> String {
        "p pins \(treatment) for \(name)"
    }
    static func planMisfits(_ recipe: String, _ count: Int, _ reason: String) -> String {
        "\(recipe) does not fit \(count): \(reason)"
    }
}
