/// The options of a group that can be part of a best choice, cheapest first: each further one costs more and leaves less error.
struct ReducedGroup: Sendable {
    struct Option: Sendable {
        let cost: Int
        let error: Double
        /// Among the options as they were given.
        let place: Int
    }

    let options: [Option]
    /// Places in `options` on the lower convex hull of error over cost, from the cheapest to the best.
    ///
    /// Along it each further step saves less error for its cost, and no option off it saves more than the step from its neighbour.
    let hull: [Int]

    /// O(n log n).
    ///
    /// - Precondition: there is an option.
    init(_ all: [ChoiceOption]) {
        precondition(!all.isEmpty, "a group without an option")
        let order = all.indices.sorted {
            (all[$0].cost, all[$0].error, $0) < (all[$1].cost, all[$1].error, $1)
        }
        var options: [Option] = [], hull: [Int] = []
        for place in order where options.last.map({ all[place].error < $0.error }) ?? true {
            options.append(Option(cost: all[place].cost, error: all[place].error, place: place))
            // What lies above the line from its neighbour to the new one leaves the hull.
            while hull.count >= 2,
                Self.slope(options[hull[hull.count - 2]], options[hull[hull.count - 1]])
                    <= Self.slope(options[hull[hull.count - 1]], options[options.count - 1])
            {
                hull.removeLast()
            }
            hull.append(options.count - 1)
        }
        self.options = options
        self.hull = hull
    }

    /// The error that a dearer option saves for each unit of its further cost.
    static func slope(_ cheap: Option, _ dear: Option) -> Double {
        (cheap.error - dear.error) / Double(dear.cost - cheap.cost)
    }
}
