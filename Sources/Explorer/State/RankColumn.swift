public import Checkpoints
import Quantization
import Tensors

/// A column of the ranking, and how rows are sorted by it.
public enum RankColumn: Hashable, Sendable {
    /// What a scan reports under the recipe.
    case value(ScanResult.Order)
    /// SQNR under the pinned recipe, A.
    case pinned
    /// SQNR under the recipe, B, less that under A, in decibels.
    case difference

    /// The word for it after `:rank`.
    public var word: String {
        switch self {
        case .value(let order): order.word
        case .pinned: "pinned"
        case .difference: "difference"
        }
    }

    /// All words for them.
    public static let names = ScanResult.Order.names + [RankColumn.pinned.word, RankColumn.difference.word]

    public init?(_ word: String) {
        switch word {
        case RankColumn.pinned.word: self = .pinned
        case RankColumn.difference.word: self = .difference
        default:
            guard let order = ScanResult.Order(word) else { return nil }
            self = .value(order)
        }
    }

    /// What a row is sorted by; nil where it is undefined.
    ///
    /// - Parameter pinned: the same tensor's row under A, nil while it is not known.
    func value(_ row: Scan.Row, pinned: Scan.Row?) -> Double? {
        switch self {
        case .value(let order): order.value(row.metrics, row.shape)
        case .pinned: pinned.flatMap { ScanResult.Order.metric(.sqnr).value($0.metrics, $0.shape) }
        case .difference: pinned.flatMap { Self.difference(row.metrics, less: $0.metrics) }
        }
    }

    /// Whether one value comes before another: the worst first, undefined ones last; nil where they are alike.
    func precedes(_ a: Double?, _ b: Double?) -> Bool? {
        switch self {
        case .value(let order): order.precedes(a, b)
        case .pinned, .difference: ScanResult.Order.metric(.sqnr).precedes(a, b)
        }
    }

    /// SQNR of `b` less that of `a` in decibels: infinite where one of them alone is exact, 0 where both are.
    static func difference(_ b: Metrics, less a: Metrics) -> Double? {
        if let b = b.sqnr, let a = a.sqnr { return b - a }
        switch (b.mse == 0, a.mse == 0) {
        case (true, true): return 0
        case (true, false): return .infinity
        case (false, true): return -.infinity
        case (false, false): return nil
        }
    }
}
