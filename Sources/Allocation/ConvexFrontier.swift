/// The best choices at the budgets where no budget is left over: the lower convex hull of total error over total cost.
///
/// Between two of its points the straight line bounds what any choice can reach from below: the relaxation in which a group may be
/// split between two options (Sinha and Zoltners 1979).
struct ConvexFrontier: Sendable {
    /// A step of one group along its hull.
    struct Step: Sendable {
        let group: Int
        /// Of the option that is stepped to, in the group's hull.
        let position: Int
        let cost: Int
        let gain: Double
        let slope: Double
    }

    let groups: [ReducedGroup]
    /// From the cheapest choice on, the step that saves most for its cost first.
    let steps: [Step]
    let cheapest: (cost: Int, error: Double)

    /// O(n log n) for n options in all groups.
    init(_ groups: [ReducedGroup]) {
        self.groups = groups
        var steps: [Step] = [], cost = 0, error = 0.0
        for (number, group) in groups.enumerated() {
            cost += group.options[0].cost
            error += group.options[0].error
            for (position, pair) in zip(group.hull, group.hull.dropFirst()).enumerated() {
                let from = group.options[pair.0], to = group.options[pair.1]
                steps.append(
                    Step(
                        group: number, position: position + 1, cost: to.cost - from.cost, gain: from.error - to.error,
                        slope: ReducedGroup.slope(from, to)))
            }
        }
        steps.sort { ($1.slope, $0.group, $0.position) < ($0.slope, $1.group, $1.position) }
        self.steps = steps
        cheapest = (cost, error)
    }

    /// The choice that the steps lead to before one does not fit, with what is left of the budget.
    struct Break {
        /// For every group a position in its hull.
        var positions: [Int]
        var cost: Int
        var error: Double
        /// The step that did not fit; nil where every group has its best option.
        let next: Int?
    }

    /// - Precondition: the budget holds the cheapest choice.
    func broken(at budget: Int) -> Break {
        var positions = [Int](repeating: 0, count: groups.count), cost = cheapest.cost
        var next: Int?
        for (number, step) in steps.enumerated() {
            guard cost + step.cost <= budget else {
                next = number
                break
            }
            positions[step.group] = step.position
            cost += step.cost
        }
        let error = zip(groups, positions).reduce(0) { $0 + $1.0.options[$1.0.hull[$1.1]].error }
        return Break(positions: positions, cost: cost, error: error, next: next)
    }
}
