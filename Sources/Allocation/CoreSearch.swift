/// Dynamic programming over groups one after the other, those whose option is most in doubt first; the others keep the option of
/// the break until their turn comes.
///
/// A state is a partial choice: of those that cost the same or more and leave no less error one is kept, and none that cannot lead
/// below the best choice known. So the work follows the doubt that is left, not the number of groups.
struct CoreSearch {
    private struct State {
        /// Of the whole choice.
        let cost: Int
        let error: Double
        /// The state before the group's turn, and the group's option.
        let parent: Int32
        let option: Int32
    }

    private struct Stage {
        let group: Int
        let states: [State]
    }

    private let groups: [ReducedGroup]
    private let start: ConvexFrontier.Break
    private let budget: Int
    private let mostStates: Int
    /// What a unit of cost is worth at the break.
    private let worth: Double
    /// Of the relaxed problem.
    private let relaxed: Double
    /// For every group: what its next step up saves for its cost, and what its step down loses.
    private let gains: [Double]
    private let losses: [Double]

    /// The best choice known: for every group an option.
    private(set) var best: [Int]
    private var bestError: Double
    /// Whether nothing better can exist.
    private(set) var isComplete = false
    /// From below, where the search had to end before.
    private(set) var bound: Double

    init(_ frontier: ConvexFrontier, _ start: ConvexFrontier.Break, budget: Int, mostStates: Int) {
        groups = frontier.groups
        self.start = start
        self.budget = budget
        self.mostStates = mostStates
        worth = start.next.map { frontier.steps[$0].slope } ?? 0
        relaxed = start.error - worth * Double(budget - start.cost)
        bound = relaxed
        gains = zip(groups, start.positions).map { group, position in
            position + 1 < group.hull.count
                ? ReducedGroup.slope(group.options[group.hull[position]], group.options[group.hull[position + 1]]) : 0
        }
        losses = zip(groups, start.positions).map { group, position in
            position > 0
                ? ReducedGroup.slope(group.options[group.hull[position - 1]], group.options[group.hull[position]])
                : .infinity
        }
        best = zip(groups, start.positions).map { $0.hull[$1] }
        bestError = start.error
        takeFittingSteps(frontier)
    }

    /// Steps after the break that still fit: a first choice to measure others by.
    private mutating func takeFittingSteps(_ frontier: ConvexFrontier) {
        guard let next = start.next else { return }
        var positions = start.positions, cost = start.cost, error = start.error
        for step in frontier.steps[next...]
        where positions[step.group] == step.position - 1 && cost + step.cost <= budget {
            positions[step.group] = step.position
            cost += step.cost
            error -= step.gain
        }
        guard error < bestError else { return }
        bestError = error
        best = zip(groups, positions).map { $0.hull[$1] }
    }

    mutating func run() {
        // Where every group has its best option there is nothing to search.
        guard start.next != nil, bestError > relaxed else {
            isComplete = true
            return
        }
        let up = groups.indices.filter { gains[$0] > 0 }.sorted { gains[$0] > gains[$1] }
        let down = groups.indices.filter { losses[$0] < .infinity }.sorted { losses[$0] < losses[$1] }
        var isDone = [Bool](repeating: false, count: groups.count), upper = 0, lower = 0, turn = 0
        var states = [State(cost: start.cost, error: start.error, parent: -1, option: -1)]
        var stages: [Stage] = [], stored = 0
        while true {
            // Groups that can only keep their option need no turn.
            while upper < up.count, isDone[up[upper]] || !hasChoice(up[upper]) { upper += 1 }
            while lower < down.count, isDone[down[lower]] || !hasChoice(down[lower]) { lower += 1 }
            guard upper < up.count || lower < down.count else { break }
            let takesUpper = upper < up.count && (lower >= down.count || turn % 2 == 0)
            let group = takesUpper ? up[upper] : down[lower]
            turn += 1
            isDone[group] = true
            // What the groups after this one can still save or lose for a unit of cost.
            var nextUpper = upper, nextLower = lower
            while nextUpper < up.count, isDone[up[nextUpper]] { nextUpper += 1 }
            while nextLower < down.count, isDone[down[nextLower]] { nextLower += 1 }
            let gain = nextUpper < up.count ? gains[up[nextUpper]] : 0
            let loss = nextLower < down.count ? losses[down[nextLower]] : .infinity
            states = extended(states, by: group, gain: gain, loss: loss)
            stages.append(Stage(group: group, states: states))
            stored += states.count
            takeBest(of: states, stages)
            states = states.filter { self.bound($0.cost, $0.error, gain: gain, loss: loss) < bestError }
            if states.isEmpty { break }
            stages[stages.count - 1] = Stage(group: group, states: states)
            guard stored <= mostStates else {
                // What was given up leads to no less than this.
                bound = states.reduce(bestError) { min($0, self.bound($1.cost, $1.error, gain: gain, loss: loss)) }
                bound = max(relaxed, bound)
                return
            }
        }
        isComplete = true
    }

    /// Whether an option other than the break's can be part of a better choice than the best one known.
    private func hasChoice(_ group: Int) -> Bool {
        let own = groups[group].hull[start.positions[group]]
        return groups[group].options.indices.contains { $0 != own && isOpen(group, $0) }
    }

    /// By the relaxed problem with the option in place of the break's.
    private func isOpen(_ group: Int, _ option: Int) -> Bool {
        let own = groups[group].options[groups[group].hull[start.positions[group]]]
        let other = groups[group].options[option]
        return relaxed + (other.error - own.error) + worth * Double(other.cost - own.cost) < bestError
    }

    /// The least error that a state can lead to.
    ///
    /// - Parameters:
    ///   - gain: the most that a group without its turn saves for a unit of cost.
    ///   - loss: the least that one loses for it.
    private func bound(_ cost: Int, _ error: Double, gain: Double, loss: Double) -> Double {
        if cost <= budget { return error - gain * Double(budget - cost) }
        return loss == .infinity ? .infinity : error + loss * Double(cost - budget)
    }

    /// Every state with every option of the group that is still open.
    private func extended(_ states: [State], by group: Int, gain: Double, loss: Double) -> [State] {
        let options = groups[group].options
        let own = options[groups[group].hull[start.positions[group]]]
        var lists: [[State]] = []
        for place in options.indices where options[place].place == own.place || isOpen(group, place) {
            let cost = options[place].cost - own.cost, error = options[place].error - own.error
            var list: [State] = []
            list.reserveCapacity(states.count)
            for (number, state) in states.enumerated() {
                let next = (cost: state.cost + cost, error: state.error + error)
                // A state that cannot become better than the best one known may still be that best one.
                guard bound(next.cost, next.error, gain: gain, loss: loss) < bestError else { continue }
                list.append(
                    State(cost: next.cost, error: next.error, parent: Int32(number), option: Int32(place)))
            }
            lists.append(list)
        }
        // Two by two, so that no state is moved more often than the logarithm of their number.
        while lists.count > 1 {
            lists = stride(from: 0, to: lists.count, by: 2).map {
                $0 + 1 < lists.count ? Self.merged(lists[$0], lists[$0 + 1]) : lists[$0]
            }
        }
        return lists.first ?? []
    }

    /// Two lists by cost as one, without those that cost no less and leave no less error than another.
    private static func merged(_ first: [State], _ second: [State]) -> [State] {
        var result: [State] = [], a = 0, b = 0
        result.reserveCapacity(first.count + second.count)
        while a < first.count || b < second.count {
            let takesFirst =
                b >= second.count
                || a < first.count && (first[a].cost, first[a].error) <= (second[b].cost, second[b].error)
            let state = takesFirst ? first[a] : second[b]
            if takesFirst { a += 1 } else { b += 1 }
            if let last = result.last, state.error >= last.error { continue }
            result.append(state)
        }
        return result
    }

    /// Remembers the state of least error within the budget, where it is better than what was known.
    private mutating func takeBest(of states: [State], _ stages: [Stage]) {
        // Errors fall with costs: the last that fits is the best.
        guard let place = states.lastIndex(where: { $0.cost <= budget }), states[place].error < bestError else {
            return
        }
        bestError = states[place].error
        best = zip(groups, start.positions).map { $0.hull[$1] }
        var number = place
        for stage in stages.reversed() {
            best[stage.group] = Int(stage.states[number].option)
            number = Int(stage.states[number].parent)
        }
    }
}
