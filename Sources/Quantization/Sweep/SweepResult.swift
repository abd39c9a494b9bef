public import Basics

/// What many recipes do to one tensor.
public struct SweepResult: Sendable {
    public struct Row: Sendable {
        public let recipe: Recipe
        public let metrics: Metrics
        /// No other recipe has less error at no more bits.
        public let isOnFrontier: Bool
        /// How far its squared error lies above the frontier's at its bits, in dB; nil where the frontier's is zero.
        public let gap: Double?
    }

    /// By bits per weight, then by error.
    public let rows: [Row]

    public init(_ evaluations: [Evaluation]) {
        let sorted = evaluations.sorted {
            ($0.metrics.size.bitsPerWeight, $0.metrics.mse, $0.recipe.description)
                < ($1.metrics.size.bitsPerWeight, $1.metrics.mse, $1.recipe.description)
        }
        let frontier = ParetoFrontier(sorted.map { ($0.metrics.size.bitsPerWeight, $0.metrics.mse) })
        rows = sorted.enumerated().map { place, evaluation in
            Row(
                recipe: evaluation.recipe, metrics: evaluation.metrics, isOnFrontier: frontier.isOnFrontier[place],
                gap: frontier.gap(place))
        }
    }
}

extension Sweep {
    /// All of it.
    public func result(_ context: WorkContext = WorkContext()) throws(Cancelled) -> SweepResult {
        var evaluations: [Evaluation] = []
        try run(context) { evaluations.append($0) }
        return SweepResult(evaluations)
    }
}
