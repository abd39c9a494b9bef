import Quantization

/// A line of the error panel: a metric, its value and unit, and its change against the baseline.
public struct MetricRow: Sendable {
    /// The name in `inspect --json`.
    public let key: String
    public let label: String
    /// Without a value: a dash.
    public let value: String
    public let unit: String
    public let isEstimate: Bool
    public let change: Change?

    /// Against the pinned baseline.
    public struct Change: Sendable, Equatable {
        public enum Verdict: Sendable { case better, worse, same, neither }
        public let text: String
        public let verdict: Verdict
    }

    /// How one metric is labelled and written. The order is the order of importance: panels cut from the end.
    private struct Entry: Sendable {
        let key: String
        var unit = ""
        /// The metric follows from the recipe and the shape alone.
        var isAlwaysExact = false
        /// Which way is better; nil where it depends.
        var isHigherBetter: Bool?
        /// Changes are differences, where they are not shares.
        var isDifference = false
        let value: @Sendable (Metrics) -> Double?
        let text: @Sendable (Metrics) -> String?

        init(
            _ key: String, unit: String = "", isAlwaysExact: Bool = false, isHigherBetter: Bool? = nil,
            isDifference: Bool = false, value: @escaping @Sendable (Metrics) -> Double?,
            text: (@Sendable (Metrics) -> String?)? = nil
        ) {
            self.key = key
            self.unit = unit
            self.isAlwaysExact = isAlwaysExact
            self.isHigherBetter = isHigherBetter
            self.isDifference = isDifference
            self.value = value
            self.text = text ?? { value($0).map { NumberText.significant($0) } }
        }
    }

    private static let entries: [Entry] = [
        Entry("sqnr_db", unit: "dB", isHigherBetter: true, isDifference: true, value: { $0.sqnr }) { metrics in
            metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? (metrics.mse == 0 ? Words.exact : nil)
        },
        Entry(Metrics.outputErrorName, isHigherBetter: false, value: { $0.outputError }),
        Entry("mse", isHigherBetter: false, value: { $0.mse }),
        Entry("clip_error", isHigherBetter: false, value: { $0.clipError }),
        Entry("round_error", isHigherBetter: false, value: { $0.roundError }),
        Entry("bits_per_weight", isAlwaysExact: true, isHigherBetter: false, value: { $0.size.bitsPerWeight }) {
            NumberText.significant($0.size.bitsPerWeight, digits: 5)
        },
        Entry("max_abs_error", isHigherBetter: false, value: { $0.maxAbsError }),
        Entry("clipped_fraction", unit: "%", isDifference: true, value: { $0.clippedFraction * 100 }) {
            NumberText.significant($0.clippedFraction * 100, digits: 3)
        },
        Entry("zeroed_fraction", unit: "%", isDifference: true, value: { $0.zeroedFraction * 100 }) {
            NumberText.significant($0.zeroedFraction * 100, digits: 3)
        },
        Entry("cosine", isHigherBetter: true, isDifference: true, value: { $0.cosine }) {
            $0.cosine.map { NumberText.fixed($0, places: 6) }
        },
        Entry("mae", isHigherBetter: false, value: { $0.mae }),
        Entry("rmse", isHigherBetter: false, value: { $0.rmse }),
        Entry("bias", isDifference: true, value: { $0.bias }),
        Entry("relative_l2", isHigherBetter: false, value: { $0.relativeL2 }),
        Entry("code_entropy_bits", unit: "bit", isDifference: true, value: { $0.codeEntropyBits }) {
            NumberText.fixed($0.codeEntropyBits, places: 3)
        },
        Entry("huffman_bits", unit: "bit", isDifference: true, value: { $0.huffmanBits }) {
            NumberText.fixed($0.huffmanBits, places: 3)
        },
        Entry("levels_used", isDifference: true, value: { Double($0.levelsUsed) }) {
            "\($0.levelsUsed)/\($0.levelsTotal)"
        },
        Entry("bytes", unit: "B", isAlwaysExact: true, isHigherBetter: false, value: { $0.size.bytes }) {
            NumberText.grouped(Int($0.size.bytes))
        },
        Entry(
            "compression_ratio", unit: "×", isAlwaysExact: true, isHigherBetter: true,
            value: { $0.size.compressionRatio }),
    ]

    /// The error of outputs is there with measured inputs alone.
    private static func entries(hasOutputs: Bool) -> [Entry] {
        hasOutputs ? entries : entries.filter { $0.key != Metrics.outputErrorName }
    }

    /// How many metrics there are.
    public static func count(hasOutputs: Bool) -> Int { entries(hasOutputs: hasOutputs).count }
    static func key(at index: Int, hasOutputs: Bool) -> String {
        let all = entries(hasOutputs: hasOutputs)
        return all[max(0, min(all.count - 1, index))].key
    }

    static func rows(of evaluation: Evaluation?, baseline: Evaluation?, hasOutputs: Bool) -> [MetricRow] {
        entries(hasOutputs: hasOutputs).map { entry in
            MetricRow(
                key: entry.key, label: Words.label(ofMetric: entry.key),
                value: evaluation.flatMap { entry.text($0.metrics) } ?? Words.none,
                unit: evaluation?.metrics.sqnr == nil && entry.key == "sqnr_db" ? "" : entry.unit,
                isEstimate: evaluation.map { !$0.isExact && !entry.isAlwaysExact } ?? false,
                change: baseline.flatMap { base in evaluation.flatMap { change(entry, $0.metrics, base.metrics) } })
        }
    }

    /// A share as percent; where that gets long, how many times.
    private static func percent(_ share: Double) -> String {
        share < 9.995 ? NumberText.signed(share * 100, width: 5) + "%" : "×" + NumberText.short(share + 1)
    }

    private static func change(_ entry: Entry, _ now: Metrics, _ base: Metrics) -> Change? {
        guard let value = entry.value(now), let old = entry.value(base) else { return nil }
        if value == old { return Change(text: "=", verdict: .same) }
        let text: String
        if entry.isDifference || old == 0 {
            text = NumberText.signed(value - old, width: 7)
        } else {
            text = percent(value / old - 1)
        }
        let verdict: Change.Verdict
        if entry.key == "bias" {
            verdict = abs(value) == abs(old) ? .same : abs(value) < abs(old) ? .better : .worse
        } else if let isHigherBetter = entry.isHigherBetter {
            verdict = (value > old) == isHigherBetter ? .better : .worse
        } else {
            verdict = .neither
        }
        return Change(text: text, verdict: verdict)
    }

    /// Several evaluations metric by metric, with the best of each, for a table. Metrics of which none is better have no best one.
    static func table(_ all: [Evaluation?], hasOutputs: Bool) -> [(
        label: String, unit: String, texts: [String], best: Set<Int>
    )] {
        entries(hasOutputs: hasOutputs).map { entry in
            let texts = all.map { evaluation in evaluation.flatMap { entry.text($0.metrics) } ?? Words.none }
            var best: Set<Int> = []
            if entry.key == "bias" || entry.isHigherBetter != nil {
                let values = all.map { evaluation -> Double? in
                    guard let metrics = evaluation?.metrics else { return nil }
                    // Without any error nothing is better.
                    if entry.key == "sqnr_db", metrics.sqnr == nil, metrics.mse == 0 { return .infinity }
                    return entry.value(metrics).map {
                        entry.key == "bias" ? -abs($0) : entry.isHigherBetter == true ? $0 : -$0
                    }
                }
                let known = values.compactMap { $0 }
                if let most = known.max(), known.count > 1, known.contains(where: { $0 != most }) {
                    best = Set(values.indices.filter { values[$0] == most })
                }
            }
            return (Words.label(ofMetric: entry.key), entry.unit, texts, best)
        }
    }
}
