public import Checkpoints
import Quantization
import TensorFiles

/// What the Model screen shows: every weight of the file under the recipe.
public struct ModelState: Sendable {
    /// What a column shows, and how it is sorted.
    public static let columns: [ScanResult.Order] = [
        .name, .metric(.sqnr), .metric(.mse), .elements, .metric(.maxAbsError), .metric(.zeroedFraction),
        .metric(.bitsPerWeight), .metric(.bytes), .metric(.outputError),
    ]

    /// The column that rows were sorted by on purpose.
    var chosenOrder: RankColumn?
    /// The column that rows are sorted by: beside a pinned recipe, unless another was chosen, the difference.
    public var order: RankColumn {
        let usual = pinned == nil ? RankColumn.value(.metric(.sqnr)) : .difference
        switch chosenOrder {
        case .pinned, .difference: return pinned == nil ? usual : chosenOrder ?? usual
        case .value, nil: return chosenOrder ?? usual
        }
    }
    /// The best first instead of the worst.
    public internal(set) var isReversed = false
    public internal(set) var include: [NamePattern] = []
    public internal(set) var exclude: [NamePattern] = []
    /// The tensor that the cursor is on, as a position in the file.
    public internal(set) var tensor: Int?
    public internal(set) var isPaused = false

    // The scan
    /// Of the present recipe and patterns; nil until the screen was looked at.
    public internal(set) var scan: Scan?
    /// The recipe that `outcomes` are of.
    var recipe: Recipe?
    /// What is known, by the tensor's position.
    public internal(set) var outcomes: [Int: Scan.Outcome] = [:]
    /// Seconds and bytes of the rows that were computed, for the time that is left.
    var spent = (seconds: 0.0, bytes: 0)
    /// Positions of rows in the order of the screen, the filtered ones.
    public internal(set) var sorted: [Int] = []
    /// The same by layers and modules.
    var grid = LayerGrid()
    public internal(set) var total: ScanResult.Total?
    public internal(set) var kept: [Scan.Kept] = []
    /// Why tensors stay unquantized, the most frequent reason first, and how many there are of each.
    public internal(set) var reasons: [(reason: String, count: Int)] = []
    /// Why the scan could not go on.
    public internal(set) var problem: String?
    /// The file under the pinned recipe, where that is another one.
    var pinned: PinnedScan?
    /// All weights together under it, and how many are worse under the present recipe.
    public internal(set) var pinnedTotal: ScanResult.Total?
    public internal(set) var lossCount = 0
    var comparedCount = 0
    /// Rows of other recipes on this file, so that going back is instant.
    var earlier: [String: [Int: Scan.Outcome]] = [:]

    /// Candidates without a row, when the walk began; how many are left, and bytes of all candidates and of those left.
    var pending = (count: 0, bytes: 0)
    var allBytes = 0
    /// Counts the rankings that were asked for.
    var rankNumber = 0
    /// Counts the plans that were asked for.
    var planNumber = 0

    /// Up to so many tensors everything is done at once.
    static let fewTensors = 2_000

    public var isComplete: Bool { scan != nil && pending.count == 0 }

    /// Candidates without a row yet. Looks at all of them.
    var missing: [Scan.Candidate] { scan?.candidates.filter { outcomes[$0.position] == nil } ?? [] }

    public func row(_ position: Int) -> Scan.Row? {
        if case .row(let row) = outcomes[position] { row } else { nil }
    }

    /// The tensor's row under the pinned recipe.
    public func pinnedRow(_ position: Int) -> Scan.Row? { pinned?.row(position) }

    mutating func forgetFile() {
        let order = chosenOrder, isReversed = isReversed
        self = ModelState()
        (chosenOrder, self.isReversed) = (order, isReversed)
    }
}
