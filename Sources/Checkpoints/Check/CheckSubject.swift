import Basics
public import Quantization
import Tensors

/// What a rule looks at: a metric under a recipe, a statistic of the values, or a mark as lists show them.
public enum CheckSubject: Hashable, Sendable {
    case metric(MetricID)
    case statistic(Statistic)
    case mark(Mark)

    /// Of the stored values, whatever the recipe.
    public enum Statistic: String, CaseIterable, Sendable {
        case count, min, max, mean, std
        case absMax = "abs_max"
        case zeroCount = "zero_count"
        case nanCount = "nan_count"
        case infinityCount = "inf_count"
        case skewness, kurtosis

        func value(_ statistics: TensorStatistics) -> Double? {
            switch self {
            case .count: Double(statistics.count)
            case .min: statistics.minimum
            case .max: statistics.maximum
            case .mean: statistics.mean
            case .std: statistics.standardDeviation
            case .absMax: statistics.absoluteMaximum
            case .zeroCount: Double(statistics.zeroCount)
            case .nanCount: Double(statistics.nanCount)
            case .infinityCount: Double(statistics.infinityCount)
            case .skewness: statistics.skewness
            case .kurtosis: statistics.kurtosis
            }
        }
    }

    /// Numbers behind the marks of lists; what is true counts as 1.
    public enum Mark: String, CaseIterable, Sendable {
        /// NaN and infinities together.
        case notFinite = "not_finite"
        /// How far the farthest element lies, in standard deviations of the tensor.
        case outlier = "outlier_score"
        /// A channel of one of the first two axes has nothing but zeros.
        case dead = "dead_channel"
        case constant, zero

        func value(_ statistics: TensorStatistics, _ tensor: TensorView) -> Double? {
            func number(_ holds: Bool) -> Double { holds ? 1 : 0 }
            switch self {
            case .notFinite: return Double(statistics.nanCount + statistics.infinityCount)
            // Values that are all alike have no outlier.
            case .outlier: return statistics.outlierScore ?? (statistics.finiteCount > 0 ? 0 : nil)
            case .dead: return number((0..<2).contains { tensor.hasDeadChannel(ofAxis: $0) })
            case .constant: return number(statistics.finiteCount > 1 && statistics.minimum == statistics.maximum)
            case .zero: return number(statistics.finiteCount > 0 && statistics.absoluteMaximum == 0)
            }
        }
    }

    /// Other words for what rules name often.
    private static let shortNames: [String: CheckSubject] = [
        "sqnr": .metric(.sqnr), "bits": .metric(.bitsPerWeight), "nan": .statistic(.nanCount),
        "inf": .statistic(.infinityCount), "outlier": .mark(.outlier), "dead": .mark(.dead),
        "output": .metric(.outputError),
    ]

    /// All names, metrics first.
    public static let names =
        MetricCatalog.all.map { $0.id.name } + Statistic.allCases.map { $0.rawValue }
        + Mark.allCases.map { $0.rawValue }
        + shortNames.keys.sorted()

    init?(_ name: String) {
        if let short = Self.shortNames[name] {
            self = short
        } else if let metric = MetricCatalog.metric(named: name) {
            self = .metric(metric.id)
        } else if let statistic = Statistic(rawValue: name) {
            self = .statistic(statistic)
        } else if let mark = Mark(rawValue: name) {
            self = .mark(mark)
        } else {
            return nil
        }
    }

    /// Its whole name.
    public var name: String {
        switch self {
        case .metric(let id): id.name
        case .statistic(let statistic): statistic.rawValue
        case .mark(let mark): mark.rawValue
        }
    }

    public var needsRecipe: Bool { if case .metric = self { true } else { false } }
}
