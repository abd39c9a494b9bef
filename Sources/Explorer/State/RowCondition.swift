import Checkpoints
import Quantization
import Tensors

/// A word of the filter that looks at a result of the scan: `sqnr<20`, `bits>4.5`, `elements>=1e6`.
struct RowCondition: Equatable {
    private enum Comparison: String, CaseIterable { case atMost = "<=", atLeast = ">=", below = "<", above = ">" }

    /// nil counts NaN and infinities.
    private let order: ScanResult.Order?
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
            if name == "nan", let limit = Double(parts[1]) {
                (order, self.comparison, self.limit) = (nil, comparison, limit)
                return
            }
            guard let order = Self.order(name), order != .name,
                let limit = Double(parts[1])
            else { return nil }
            (self.order, self.comparison, self.limit) = (order, comparison, limit)
            return
        }
        return nil
    }

    /// Tensors without a result do not hold.
    func holds(_ row: Scan.Row?) -> Bool {
        guard let row else { return false }
        guard order != nil else { return holds(Double(row.shape.count - row.sums.count)) }
        return holds(row.metrics, row.shape)
    }

    func holds(_ metrics: Metrics, _ shape: Shape) -> Bool {
        guard let value = order?.value(metrics, shape) else { return false }
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
