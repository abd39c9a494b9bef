import Quantization

/// A line of the error panel: a metric, its value and unit.
public struct MetricRow: Sendable {
    /// The name in `inspect --json`.
    public let key: String
    public let label: String
    /// Without a value: an em dash.
    public let value: String
    public let unit: String
    public let isEstimate: Bool

    /// How one metric is labelled and written. The order is the order of importance: panels cut from the end.
    private struct Entry: Sendable {
        let key: String
        let label: String
        let unit: String
        /// The metric follows from the recipe and the shape alone.
        var isAlwaysExact = false
        let text: @Sendable (Metrics) -> String?
    }

    private static let entries: [Entry] = [
        Entry(key: "sqnr_db", label: "SQNR", unit: "dB") { metrics in
            metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? (metrics.mse == 0 ? Words.exact : nil)
        },
        Entry(key: "mse", label: "MSE", unit: "") { NumberText.significant($0.mse) },
        Entry(key: "clip_error", label: "├ clipping", unit: "") { NumberText.significant($0.clipError) },
        Entry(key: "round_error", label: "└ rounding", unit: "") { NumberText.significant($0.roundError) },
        Entry(key: "bits_per_weight", label: "bits/weight", unit: "", isAlwaysExact: true) {
            NumberText.significant($0.size.bitsPerWeight, digits: 5)
        },
        Entry(key: "max_abs_error", label: "max |e|", unit: "") { NumberText.significant($0.maxAbsError) },
        Entry(key: "clipped_fraction", label: "clipped", unit: "%") {
            NumberText.significant($0.clippedFraction * 100, digits: 3)
        },
        Entry(key: "zeroed_fraction", label: "zeroed", unit: "%") {
            NumberText.significant($0.zeroedFraction * 100, digits: 3)
        },
        Entry(key: "cosine", label: "cosine", unit: "") { $0.cosine.map { NumberText.fixed($0, places: 6) } },
        Entry(key: "mae", label: "MAE", unit: "") { NumberText.significant($0.mae) },
        Entry(key: "rmse", label: "RMSE", unit: "") { NumberText.significant($0.rmse) },
        Entry(key: "bias", label: "bias", unit: "") { NumberText.significant($0.bias) },
        Entry(key: "relative_l2", label: "‖e‖/‖x‖", unit: "") { $0.relativeL2.map { NumberText.significant($0) } },
        Entry(key: "code_entropy_bits", label: "code entropy", unit: "bit") {
            NumberText.fixed($0.codeEntropyBits, places: 3)
        },
        Entry(key: "levels_used", label: "levels used", unit: "") { "\($0.levelsUsed)/\($0.levelsTotal)" },
        Entry(key: "bytes", label: "stored", unit: "B", isAlwaysExact: true) { NumberText.grouped(Int($0.size.bytes)) },
        Entry(key: "compression_ratio", label: "smaller by", unit: "×", isAlwaysExact: true) {
            NumberText.significant($0.size.compressionRatio)
        },
    ]

    /// How many metrics there are.
    public static var count: Int { entries.count }

    static func rows(of evaluation: Evaluation?) -> [MetricRow] {
        entries.map { entry in
            MetricRow(
                key: entry.key, label: entry.label, value: evaluation.flatMap { entry.text($0.metrics) } ?? "–",
                unit: evaluation?.metrics.sqnr == nil && entry.key == "sqnr_db" ? "" : entry.unit,
                isEstimate: evaluation.map { !$0.isExact && !entry.isAlwaysExact } ?? false)
        }
    }
}
