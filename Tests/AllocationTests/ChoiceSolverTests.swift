import Allocation
import SeededRandom
import Testing

/// The exact choice against every choice there is, and against dynamic programming over every cost.
struct ChoiceSolverTests {
    /// Small instances with equal costs and errors, single options, and budgets that cannot be kept.
    @Test func choicesEqualBruteForce() throws {
        var random = SeededRandom(22), impossible = 0
        for _ in 0..<500 {
            let groups = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    ChoiceOption(
                        cost: Int.random(in: 0...9, using: &random),
                        error: Double(Int.random(in: 0...12, using: &random)) / 4)
                }
            }
            let budget = Int.random(in: 0...30, using: &random)
            let best = Self.bruteForce(groups, budget)
            let solver = ChoiceSolver(groups)
            do throws(BudgetTooSmall) {
                let found = try solver.solve(budget: budget)
                #expect(found.error == best)
                #expect(found.cost <= budget)
                #expect(found.gap == 0)
                #expect(zip(groups, found.places).reduce(0) { $0 + $1.0[$1.1].cost } == found.cost)
                #expect(zip(groups, found.places).reduce(0) { $0 + $1.0[$1.1].error } == found.error)
            } catch {
                impossible += 1
                #expect(best == nil)
                #expect(error.least == groups.reduce(0) { $0 + $1.map(\.cost).min()! })
                #expect(try solver.solve(budget: error.least).cost == error.least)
            }
        }
        #expect(impossible > 20 && impossible < 250)
    }

    private static func bruteForce(_ groups: [[ChoiceOption]], _ budget: Int) -> Double? {
        var best: Double?
        func go(_ group: Int, _ cost: Int, _ error: Double) {
            guard cost <= budget else { return }
            guard group < groups.count else {
                best = min(best ?? .infinity, error)
                return
            }
            for option in groups[group] { go(group + 1, cost + option.cost, error + option.error) }
        }
        go(0, 0, 0)
        return best
    }

    /// Instances as checkpoints make them: sizes that differ by powers, errors that fall fourfold a bit, and some that fall otherwise.
    @Test(arguments: 0..<40)
    func choicesEqualDynamicProgramming(_ seed: Int) throws {
        var random = SeededRandom(UInt64(seed) + 700)
        let groups = (0..<60).map { _ in
            let size = [1, 1, 2, 3, 4, 7].randomElement(using: &random)!
            let worth = Double.random(in: 0.1...10, using: &random)
            return (1...6).map { bits in
                let noise = seed % 2 == 0 ? 1 : Double.random(in: 0.3...3, using: &random)
                return ChoiceOption(
                    cost: size * bits + (seed % 3 == 0 ? Int.random(in: 0...2, using: &random) : 0),
                    error: worth * noise * Double(size) / Double(1 << (2 * bits)))
            }
        }
        let solver = ChoiceSolver(groups)
        for share in [0.05, 0.3, 0.5, 0.77, 1] {
            let costs = solver.costs
            let budget = costs.lowerBound + Int(Double(costs.upperBound - costs.lowerBound) * share)
            let found = try solver.solve(budget: budget), best = Self.byCost(groups, budget)
            #expect(abs(found.error - best) <= 1e-12 * best)
            #expect(found.gap == 0 && found.cost <= budget)
        }
    }

    /// The least error at every cost up to the budget, group by group.
    private static func byCost(_ groups: [[ChoiceOption]], _ budget: Int) -> Double {
        var least = [Double](repeating: .infinity, count: budget + 1)
        least[0] = 0
        for group in groups {
            var next = [Double](repeating: .infinity, count: budget + 1)
            for cost in 0...budget where least[cost] < .infinity {
                for option in group where cost + option.cost <= budget {
                    next[cost + option.cost] = min(next[cost + option.cost], least[cost] + option.error)
                }
            }
            least = next
        }
        return least.min()!
    }

    /// Errors that fall with costs by one and the same rate leave the relaxed problem without an opinion.
    @Test func sumsOfCostsAreFound() throws {
        var random = SeededRandom(5)
        let groups = (0..<40).map { _ in
            let cost = Int.random(in: 1000...99_999, using: &random)
            return [ChoiceOption(cost: 0, error: Double(cost)), ChoiceOption(cost: cost, error: 0)]
        }
        let solver = ChoiceSolver(groups), budget = solver.costs.upperBound / 2
        let found = try solver.solve(budget: budget)
        #expect(found.gap == 0)
        #expect(found.error == Double(solver.costs.upperBound - found.cost))
        // Forty numbers have so many sums that one of them is the budget itself.
        #expect(found.cost == budget)
    }

    /// A search that is ended says how good its choice is, and says no more than is so.
    @Test func anEndedSearchKnowsItsBound() throws {
        var random = SeededRandom(9)
        for _ in 0..<20 {
            let groups = (0..<50).map { _ in
                let size = Int.random(in: 50...500, using: &random)
                return (1...8).map {
                    ChoiceOption(
                        cost: size * $0 + Int.random(in: 0...20, using: &random),
                        error: Double.random(in: 0.5...2, using: &random) / Double($0))
                }
            }
            let solver = ChoiceSolver(groups), budget = (solver.costs.lowerBound + solver.costs.upperBound) / 3
            let whole = try solver.solve(budget: budget), ended = try solver.solve(budget: budget, mostStates: 3)
            #expect(whole.gap == 0)
            #expect(ended.error >= whole.error && ended.leastPossible <= whole.error)
            #expect(ended.gap >= (ended.error - whole.error) / ended.error && ended.gap < 0.05)
        }
    }

    @Test func cornersAreBestForTheirCosts() throws {
        var random = SeededRandom(31)
        let groups = (0..<12).map { _ in
            (0..<5).map { _ in
                ChoiceOption(
                    cost: Int.random(in: 0...40, using: &random), error: Double.random(in: 0...1, using: &random))
            }
        }
        let solver = ChoiceSolver(groups)
        #expect(solver.corners.count > 10)
        #expect(solver.corners.first?.cost == solver.costs.lowerBound)
        #expect(solver.corners.last?.cost == solver.costs.upperBound)
        for corner in solver.corners {
            #expect(abs(try solver.solve(budget: corner.cost).error - corner.error) < 1e-12)
        }
    }

    @Test func noGroupCostsNothing() throws {
        let found = try ChoiceSolver([]).solve(budget: 0)
        #expect(found.places.isEmpty && found.cost == 0 && found.error == 0 && found.gap == 0)
    }
}
