import Checkpoints
import Quantization

/// The rows of a scan in the order of the screen, and all of them together.
public struct Ranking: Sendable {
    /// What is ranked, and how. Of a large checkpoint it is answered on another thread.
    public struct Question: Sendable {
        let file: Int
        /// Questions are numbered: only the last one's answer counts.
        let number: Int
        let scan: Scan
        let outcomes: [Int: Scan.Outcome]
        /// The tensors that the filter lets through by name.
        let listed: [Int]
        let conditions: [RowCondition]
        let order: RankColumn
        let isReversed: Bool
        /// The same file under the pinned recipe.
        let pinned: PinnedScan?
    }

    let listed: [Int]
    let sorted: [Int]
    /// The same weights by layers and modules.
    let grid: LayerGrid
    let total: ScanResult.Total
    let kept: [Scan.Kept]
    /// All together under the pinned recipe, and how many are worse under the present one.
    let pinnedTotal: ScanResult.Total?
    let lossCount: Int
    /// How many have a row under both.
    let comparedCount: Int
    /// Why tensors stay unquantized, the most frequent reasons.
    let reasons: [(reason: String, count: Int)]

    private static let mostReasons = 8

    init(_ question: Question) {
        func row(_ position: Int) -> Scan.Row? {
            if case .row(let row) = question.outcomes[position] { row } else { nil }
        }
        let conditions = question.conditions, order = question.order, isReversed = question.isReversed
        let pinned = question.pinned
        listed =
            conditions.isEmpty
            ? question.listed
            : question.listed.filter { position in
                conditions.allSatisfy {
                    $0.holds(row(position), pinned: pinned?.row(position), question.scan.recipe.rangeMode)
                }
            }
        let shown = Set(listed)
        var rows: [Scan.Outcome] = [], keyed: [(position: Int, value: Double?)] = [], losses = 0, compared = 0
        for candidate in question.scan.candidates {
            guard let outcome = question.outcomes[candidate.position] else { continue }
            rows.append(outcome)
            guard case .row(let row) = outcome else { continue }
            let other = pinned?.row(candidate.position)
            if other != nil { compared += 1 }
            if let other, RankColumn.difference(row.metrics, less: other.metrics).map({ $0 < 0 }) == true {
                losses += 1
            }
            guard shown.contains(candidate.position) else { continue }
            keyed.append((candidate.position, order.value(row, pinned: other)))
        }
        lossCount = losses
        comparedCount = compared
        pinnedTotal = pinned.map { pinned in
            ScanResult(
                recipe: pinned.scan.recipe.description, kept: pinned.scan.kept,
                pinned.scan.candidates.compactMap { pinned.outcomes[$0.position] }
            ).total
        }
        sorted = keyed.sorted { a, b in
            guard let isBefore = order.precedes(a.value, b.value) else {
                return isReversed && order == .value(.name) ? a.position > b.position : a.position < b.position
            }
            // What is undefined comes last either way.
            return a.value == nil || b.value == nil ? isBefore : isBefore != isReversed
        }.map { $0.position }
        grid = LayerGrid(
            sorted.sorted().compactMap { position in row(position).map { (position: position, name: $0.name) } })
        let result = ScanResult(recipe: question.scan.recipe.description, kept: question.scan.kept, rows)
        total = result.total
        kept = result.kept
        let counts = Dictionary(grouping: kept) { $0.reason }.mapValues { $0.count }
        reasons = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.mostReasons).map {
            (reason: $0.key, count: $0.value)
        }
    }
}
