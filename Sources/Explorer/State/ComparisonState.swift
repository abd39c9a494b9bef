public import Checkpoints
public import Quantization
import TensorFiles
import Tensors

/// What the Compare screen shows: recipes side by side on the open tensor, and another file against the open one.
public struct ComparisonState: Sendable {
    /// At most `mostPins`, in the order in which they were pinned.
    public internal(set) var pins: [Recipe] = []
    public static let mostPins = 4
    /// The column that the cursor is on.
    public internal(set) var column = 0
    /// The first metric that is shown.
    public internal(set) var row = 0
    /// Quantiles of B against those of A, in place of counts.
    public internal(set) var hasQuantiles = false

    /// Another file, whose tensors are compared with the open one's.
    public struct Other: Sendable {
        public let path: String
        /// Counts the files that were opened so: the same path may hold other bytes by then.
        let opening: Int
        public let comparison: Comparison
        /// The position of each pair's tensor in the open file.
        let tensors: [Int?]
        /// By the pair's index.
        public internal(set) var rows: [Int: Comparison.Row] = [:]
        /// Places of pairs, the worst first.
        public internal(set) var sorted: [Int] = []
        public internal(set) var cursor = 0
        public internal(set) var problem: String?
        public internal(set) var isPaused = false

        // Diagnosis
        /// What went wrong in the other file is looked for.
        public internal(set) var isDiagnosed = false
        /// By the pair's index.
        public internal(set) var diagnoses: [Int: Diagnosis] = [:]
        /// Causes that are taken as corrected.
        public internal(set) var corrected: Set<String> = []
        /// Among the causes of the pair that the cursor is on.
        var findingCursor = 0

        /// The cause that is taken as corrected in a pair: where that removes at least half of the error.
        func correction(of pair: Int) -> Finding? {
            guard !corrected.isEmpty else { return nil }
            return diagnoses[pair]?.findings.first {
                corrected.contains($0.cause) && $0.canBeCorrected && $0.removed >= Diagnosis.leastRemoved
            }
        }

        init(path: String, opening: Int, comparison: Comparison, file: TensorFile) {
            self.path = path
            self.opening = opening
            self.comparison = comparison
            tensors = comparison.pairs.map { file.position(named: $0.a.name) }
        }
    }

    public internal(set) var other: Other?
    /// How many files were opened to be compared with.
    var openings = 0

    // Two distributions
    /// The tensor that was marked as A, as a position in the file.
    public internal(set) var marked: Int?
    /// What was pinned, marked or opened last.
    var subjectKind: DistributionSubject.Kind?
    /// The axis that shows both distributions whole.
    var wholeAxis: Axis?
}
