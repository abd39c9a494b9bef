public import Quantization
public import Tensors

/// What a report shows: the same numbers as the commands print.
public struct ReportContent: Sendable {
    /// A tensor under its recipe, or beside its partner.
    public struct Row: Sendable {
        public let name: String
        public let shape: Shape
        public let recipe: String
        public let metrics: Metrics?
        /// What is to be said of it.
        public let note: String
        /// Marks of lists: NaN, outliers, dead channels.
        public var badges: [String]

        public init(
            name: String, shape: Shape, recipe: String, metrics: Metrics?, note: String = "", badges: [String] = []
        ) {
            (self.name, self.shape, self.recipe, self.metrics) = (name, shape, recipe, metrics)
            (self.note, self.badges) = (note, badges)
        }
    }

    public var title: String
    /// The command that makes the report again.
    public var command: String
    /// Settings and totals, in words.
    public var facts: [(label: String, value: String)]
    /// In the order of the file.
    public var rows: [Row]
    /// Tensors that take no part, with the reason.
    public var kept: [(name: String, reason: String)]
    /// Sizes in bits a weight and errors of the plans that are best for their sizes; empty without a plan.
    public var frontier: [(bits: Double, error: Double)] = []
    /// Recipes on all weights, and the plan itself.
    public var marks: [(name: String, bits: Double, error: Double, isPlan: Bool)] = []
    /// Pictures of single tensors, the worst first.
    public var pictures: [TensorPicture] = []

    public init(
        title: String, command: String, facts: [(label: String, value: String)], rows: [Row],
        kept: [(name: String, reason: String)]
    ) {
        (self.title, self.command, self.facts, self.rows, self.kept) = (title, command, facts, rows, kept)
    }

    /// Names of the rows with the lowest SQNR; those without any error are never among them.
    public func worst(_ count: Int) -> [String] {
        rows.filter { $0.metrics?.sqnr != nil }.sorted {
            ($0.metrics?.sqnr ?? 0, $0.name) < ($1.metrics?.sqnr ?? 0, $1.name)
        }.prefix(count).map { $0.name }
    }
}
