/// Chooses one option for every group so that the sum of errors is least and the sum of costs keeps to a budget: the multiple-choice
/// knapsack problem, solved exactly.
///
/// Dominated options go first. The relaxed problem then gives a choice, a bound from below, and how much error a unit of cost is worth; what
/// lies between choice and bound is closed by dynamic programming over the few groups around the break, the most doubtful first
/// (Pisinger 1995, "A minimal algorithm for the multiple-choice knapsack problem").
public struct ChoiceSolver: Sendable {
    private let groups: [ReducedGroup]
    private let frontier: ConvexFrontier

    /// - Parameter groups: the options of each; at least one.
    public init(_ groups: [[ChoiceOption]]) {
        self.groups = groups.map { ReducedGroup($0) }
        frontier = ConvexFrontier(self.groups)
    }

    /// The least that any choice costs, and what the best choice of all costs.
    public var costs: ClosedRange<Int> {
        frontier.cheapest.cost...groups.reduce(0) { $0 + $1.options[$1.options.count - 1].cost }
    }

    /// Costs and errors of choices that are best for what they cost, from the cheapest to the best of all: the corners of the
    /// frontier's convex hull.
    public var corners: [(cost: Int, error: Double)] {
        var cost = frontier.cheapest.cost, error = frontier.cheapest.error
        var corners = [(cost, error)]
        for step in frontier.steps {
            cost += step.cost
            error -= step.gain
            // Differences of sums may fall below zero.
            corners.append((cost, max(0, error)))
        }
        return corners
    }

    /// - Parameters:
    ///   - budget: what the costs may add up to.
    ///   - mostStates: how many partial choices are kept at most; where more would be needed, the best choice that was found is
    ///     returned, with the bound that was reached.
    /// - Returns: a choice without gap, unless `mostStates` ended the search.
    public func solve(budget: Int, mostStates: Int = 2_000_000) throws(BudgetTooSmall) -> ChosenOptions {
        guard budget >= frontier.cheapest.cost else { throw BudgetTooSmall(least: frontier.cheapest.cost) }
        let start = frontier.broken(at: budget)
        var search = CoreSearch(frontier, start, budget: budget, mostStates: mostStates)
        search.run()
        let options = search.best
        var cost = 0, error = 0.0
        for (group, option) in zip(groups, options) {
            cost += group.options[option].cost
            error += group.options[option].error
        }
        return ChosenOptions(
            places: zip(groups, options).map { $0.options[$1].place }, cost: cost, error: error,
            leastPossible: search.isComplete ? error : min(error, search.bound))
    }
}
