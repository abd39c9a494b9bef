/// One way to treat a group: what it costs, and the error that it leaves.
public struct ChoiceOption: Hashable, Sendable {
    /// In whole units of the budget, such as bits; from 0 to `most`.
    public let cost: Int
    /// Not negative, and finite.
    public let error: Double

    /// So that sums over thousands of groups do not overflow.
    public static let most = 1 << 50

    /// - Precondition: cost and error are within their limits.
    public init(cost: Int, error: Double) {
        precondition((0...Self.most).contains(cost) && error >= 0 && error.isFinite, "an option out of its limits")
        self.cost = cost
        self.error = error
    }
}

/// One option for every group, and how near it is to the best there is.
public struct ChosenOptions: Sendable, Equatable {
    /// For every group the place of its option among those given.
    public let places: [Int]
    public let cost: Int
    public let error: Double
    /// No choice within the budget has less error than this.
    public let leastPossible: Double

    /// How much of the error may be unnecessary, as a share of it: (error - leastPossible)/error; 0 where the choice is proven best.
    public var gap: Double { error > leastPossible ? (error - leastPossible) / error : 0 }
}

/// Even the cheapest options cost more than the budget.
public struct BudgetTooSmall: Error, Equatable, Sendable {
    /// The least budget that some choice keeps to.
    public let least: Int
}
