import Basics
import Platform
public import Quantization

/// A line of the error panel: a metric, its value and unit, and its change against the baseline.
public struct MetricRow: Sendable {
    public let id: MetricID
    public let label: String
    /// Without a value: a dash.
    public let value: String
    public let unit: String
    public let isEstimate: Bool
    public let change: Change?
    public let group: MetricGroup
    /// The part of a whole that it is, from 0 to 1.
    public let share: Double?
    /// It is another one than under the setting before.
    public let isFresh: Bool

    /// Against the pinned baseline.
    public struct Change: Sendable, Equatable {
        public enum Verdict: Sendable { case better, worse, same, neither }
        public let text: String
        public let verdict: Verdict
    }

    /// The error of outputs is there with measured inputs alone.
    private static func all(hasOutputs: Bool) -> [Metric] {
        hasOutputs ? listed : listedWithoutInputs
    }

    private static let listed = MetricGroup.sorted(MetricCatalog.listed)
    private static let listedWithoutInputs = listed.filter { !$0.needsInputs }

    /// How many metrics there are.
    public static func count(hasOutputs: Bool) -> Int { all(hasOutputs: hasOutputs).count }
    static func metric(at index: Int, hasOutputs: Bool) -> Metric {
        let all = all(hasOutputs: hasOutputs)
        return all[max(0, min(all.count - 1, index))]
    }

    /// The value as it is written; nil where there is none.
    private static func text(_ metric: Metric, _ metrics: Metrics) -> String? {
        guard let value = metric.value(metrics) else {
            return metric.whenExact != nil && metrics.mse == 0 ? Words.exact : nil
        }
        return switch metric.format {
        case .significant(let digits): NumberText.significant(value, digits: digits)
        case .fixed(let places): NumberText.fixed(value, places: places)
        case .percent: NumberText.significant(value * 100, digits: 3)
        case .grouped: NumberText.grouped(Int(value))
        case .ofLevels: "\(metrics.levelsUsed)/\(metrics.levelsTotal)"
        }
    }

    private static func unit(_ metric: Metric) -> String {
        if case .percent = metric.format { "%" } else { metric.unit }
    }

    static func rows(
        of evaluation: Evaluation?, baseline: Evaluation?, before: Metrics? = nil, hasOutputs: Bool
    ) -> [MetricRow] {
        all(hasOutputs: hasOutputs).map { metric in
            // What is exact instead of a number has no unit.
            let hasUnit = metric.whenExact == nil || evaluation.map { metric.value($0.metrics) != nil } ?? false
            return MetricRow(
                id: metric.id, label: metric.label,
                value: evaluation.flatMap { text(metric, $0.metrics) } ?? Words.none, unit: hasUnit ? unit(metric) : "",
                isEstimate: evaluation.map { !$0.isExact && !metric.isAlwaysExact } ?? false,
                change: baseline.flatMap { base in evaluation.flatMap { change(metric, $0.metrics, base.metrics) } },
                group: MetricGroup.of(metric.id), share: evaluation.flatMap { share(metric, $0.metrics) },
                isFresh: before.map { old in
                    evaluation.map { text(metric, $0.metrics) != text(metric, old) } ?? false
                } ?? false)
        }
    }

    /// Of what a metric is a part, that part.
    private static func share(_ metric: Metric, _ metrics: Metrics) -> Double? {
        switch metric.id {
        case .clipError, .roundError:
            return metrics.mse > 0 ? metric.value(metrics).map { $0 / metrics.mse } : nil
        case .levelsUsed:
            return metrics.levelsTotal > 0 ? Double(metrics.levelsUsed) / Double(metrics.levelsTotal) : nil
        case .codeEntropyBits, .huffmanBits:
            let most = log2(Double(max(2, metrics.levelsTotal)))
            return metric.value(metrics).map { min(1, $0 / most) }
        default:
            if case .percent = metric.format { return metric.value(metrics) }
            return nil
        }
    }

    /// A share as percent; where that gets long, how many times.
    private static func percent(_ share: Double) -> String {
        share < 9.995 ? NumberText.signed(share * 100, width: 5) + "%" : "×" + NumberText.short(share + 1)
    }

    static func change(_ metric: Metric, _ now: Metrics, _ base: Metrics) -> Change? {
        guard let new = metric.value(now), let old = metric.value(base) else { return nil }
        if new == old { return Change(text: "=", verdict: .same) }
        let text: String
        if metric.changesByDifference || old == 0 {
            let isShare = if case .percent = metric.format { true } else { false }
            text = NumberText.signed(isShare ? 100 * new - 100 * old : new - old, width: 7)
        } else {
            text = percent(new / old - 1)
        }
        let verdict: Change.Verdict =
            switch metric.better {
            case .higher: new > old ? .better : .worse
            case .lower: new < old ? .better : .worse
            case .nearerZero: abs(new) == abs(old) ? .same : abs(new) < abs(old) ? .better : .worse
            case nil: .neither
            }
        return Change(text: text, verdict: verdict)
    }

    /// Several evaluations metric by metric, with the best of each, for a table. Metrics of which none is better have no best one.
    static func table(_ all: [Evaluation?], hasOutputs: Bool) -> [(
        label: String, unit: String, texts: [String], best: Set<Int>
    )] {
        self.all(hasOutputs: hasOutputs).map { metric in
            let texts = all.map { evaluation in evaluation.flatMap { text(metric, $0.metrics) } ?? Words.none }
            var best: Set<Int> = []
            if let better = metric.better {
                let values = all.map { evaluation -> Double? in
                    guard let value = evaluation.flatMap({ metric.rank($0.metrics) }) else { return nil }
                    return switch better {
                    case .higher: value
                    case .lower: -value
                    case .nearerZero: -abs(value)
                    }
                }
                let known = values.compactMap { $0 }
                if let most = known.max(), known.count > 1, known.contains(where: { $0 != most }) {
                    best = Set(values.indices.filter { values[$0] == most })
                }
            }
            return (metric.label, unit(metric), texts, best)
        }
    }
}
