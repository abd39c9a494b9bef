public import Basics

/// One recipe on the tensor of a sweep.
public struct SweepPoint: Sendable {
    public let recipe: Recipe
    /// The recipe's text: recipes are equal where their texts are.
    public let name: String
    public let metrics: Metrics
    /// An estimate otherwise.
    public let isExact: Bool

    public init(_ evaluation: Evaluation) {
        recipe = evaluation.recipe
        name = evaluation.recipe.description
        metrics = evaluation.metrics
        isExact = evaluation.isExact
    }

    public var bits: Double { metrics.size.bitsPerWeight }
}

/// What many recipes do to one tensor.
public struct SweepResult: Sendable {
    public struct Row: Sendable {
        public let point: SweepPoint
        /// What recipes are judged by, of which less is better; nil where it is undefined.
        public let error: Double?
        /// No other recipe has less error at no more bits.
        public let isOnFrontier: Bool
        /// How far the error lies above the frontier's at as many bits, in dB; nil where the frontier's is zero.
        public let gap: Double?
    }

    /// By bits per weight, then by error.
    public let rows: [Row]

    /// - Parameters:
    ///   - points: one for each recipe.
    ///   - error: a power, such as the MSE, so that ratios are decibels.
    public init(_ points: [SweepPoint], by error: (Metrics) -> Double? = { $0.mse }) {
        let judged = points.map { (point: $0, error: error($0.metrics)) }.sorted {
            ($0.point.bits, $0.error ?? .infinity, $0.point.name)
                < ($1.point.bits, $1.error ?? .infinity, $1.point.name)
        }
        let frontier = ParetoFrontier(judged.map { ($0.point.bits, $0.error ?? .infinity) })
        rows = judged.enumerated().map { place, row in
            Row(
                point: row.point, error: row.error, isOnFrontier: frontier.isOnFrontier[place],
                gap: row.error == nil ? nil : frontier.gap(place))
        }
    }
}

extension Sweep {
    /// All of it.
    public func result(_ context: WorkContext = WorkContext()) throws(Cancelled) -> SweepResult {
        var points: [SweepPoint] = []
        try run(context) { points.append(SweepPoint($0)) }
        return SweepResult(points)
    }
}
