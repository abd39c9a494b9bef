import Checkpoints
import Quantization
import Tensors

/// A word of the filter that looks at a result of the scan: `sqnr<20`, `bits>4.5`, `elements>=1e6`.
struct RowCondition: Equatable {
    private enum Comparison: String, CaseIterable { case atMost = "<=", atLeast = ">=", below = "<", above = ">" }

    /// What is looked at.
    private enum Subject: Equatable {
        case result(ScanResult.Order)
        /// NaN and infinities.
        case notFinite
        /// Decibels over the pinned recipe.
        case difference
    }

    private let subject: Subject
    private let comparison: Comparison
    private let limit: Double

    private static func order(_ name: String) -> ScanResult.Order? {
        if name == "size" { return .elements }
        let short = MetricCatalog.all.first { $0.shortName == name }
        return short.map { .metric($0.id) } ?? ScanResult.Order(name)
    }

    init?(_ word: String) {
        for comparison in Comparison.allCases {
            let parts = word.split(separator: comparison.rawValue, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = String(parts[0])
            let special: [String: Subject] = ["nan": .notFinite, "delta": .difference, "difference": .difference]
            if let subject = special[name], let limit = Double(parts[1]) {
                (self.subject, self.comparison, self.limit) = (subject, comparison, limit)
                return
            }
            guard let order = Self.order(name), order != .name,
                let limit = Double(parts[1])
            else { return nil }
            (subject, self.comparison, self.limit) = (.result(order), comparison, limit)
            return
        }
        return nil
    }

    /// Tensors without a result do not hold.
    ///
    /// - Parameters:
    ///   - pinned: the tensor's row under the pinned recipe.
    ///   - mode: of the scan's recipe.
    func holds(_ row: Scan.Row?, pinned: Scan.Row?, _ mode: RangeMode) -> Bool {
        guard let row else { return false }
        switch subject {
        case .result: return holds(row.metrics, row.shape)
        case .notFinite: return holds(Double(row.notFiniteCount(mode)))
        case .difference: return RankColumn.difference.value(row, pinned: pinned).map { holds($0) } ?? false
        }
    }

    func holds(_ metrics: Metrics, _ shape: Shape) -> Bool {
        guard case .result(let order) = subject, let value = order.value(metrics, shape) else { return false }
        return holds(value)
    }

    private func holds(_ value: Double) -> Bool {
        switch comparison {
        case .atMost: value <= limit
        case .atLeast: value >= limit
        case .below: value < limit
        case .above: value > limit
        }
    }
}
