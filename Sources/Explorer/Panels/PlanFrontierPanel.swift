import Checkpoints

extension PanelID {
    public static let planFrontier = PanelID("planFrontier")
}

/// The budget, and what budgets come to.
struct PlanFrontierPanel: Panel {
    let id = PanelID.planFrontier
    var title: String { Words.planFrontier }
    var plainly: String { Words.planFrontierPlainly }
    var explanation: String { Words.planFrontierExplanation }
    var hints: [String] { Words.planFrontierHints }

    func content(_ state: ExplorerState) -> PlanFrontierModel { PlanFrontierModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        switch motion {
        case .left, .down: state.stepBudget(forward: false)
        case .right, .up: state.stepBudget(forward: true)
        case .first: state.setBudget(toShare: 0)
        case .last: state.setBudget(toShare: 1)
        case .pageUp, .pageDown, .halfPageUp, .halfPageDown:
            state.stepPlanCorner(forward: motion == .pageUp || motion == .halfPageUp)
        }
    }

    /// Types the budget.
    func enter(_ state: inout ExplorerState) -> [Request] {
        var prompt = Prompt()
        prompt.editor.apply(.insert("budget "))
        state.overlay = .prompt(prompt)
        return []
    }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        _ = state.point(to: id)
        guard case .share(let share) = target else { return [] }
        return state.setBudget(toShare: share)
    }

    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] { [.movedIn(id, isUp ? .right : .left)] }

    func now(_ state: ExplorerState) -> [String] { Array(PlanFrontierModel(state).readout.prefix(1)) }
}

extension Words {
    static let planFrontier = "Error against size"
    static let planFrontierPlainly =
        "The slider is how much memory may be spent; the curve is what the best choice loses at each size."
    static let planFrontierExplanation =
        "What every budget buys. The slider is the budget: + and − move it, Enter types it, n and N go to the budgets of which the best plan leaves nothing over, y changes its unit. Under it the total error of the best plan at each size, in equal steps of equal ratios; ◆ is this plan, and digits are the recipes of as many bits on every weight. The plan is the exact optimum: no other choice of recipes within the budget has less of this error. The error of weights is a proxy for what the network loses: m steps what is added up, and measured inputs (--activations) come nearer. ≈ until every recipe was tried on every weight."
    static let planFrontierHints = [
        "+ − budget", "Enter type it", "x export", "y unit", "f recipes", "m measure", "t hardware", "n N next corner",
        "Tab panel",
    ]
}
