import Basics
import Quantization

/// The metrics of the recipe, beside those of the pinned one; two of them large.
public struct MetricsModel: Sendable {
    /// A number to be read from across a desk.
    public struct Figure: Sendable {
        /// Digits alone.
        public let text: String
        public let unit: String
        public let label: String
        /// Against the pinned recipe, else, for a moment, against the setting before.
        public let change: MetricRow.Change?
        public let isEstimate: Bool
        public let isFresh: Bool
    }

    /// From the longest on.
    public let titles: [String]
    /// The quality, and what it costs.
    public let figures: [Figure]
    public let rows: [MetricRow]
    public let cursor: Int
    public let hasBaseline: Bool

    public init(_ state: ExplorerState) {
        hasBaseline = state.pin != nil
        let entries = state.pin == nil ? Words.judgedEntries(state).map { ["\(Words.metrics) ── \($0)"] } : nil
        titles = entries ?? (hasBaseline ? Words.pinTitles : [Words.metrics])
        let baseline = hasBaseline ? state.baseline : nil
        let rows = MetricRow.rows(
            of: state.evaluation, baseline: baseline, before: state.flash?.before, hasOutputs: state.hasOutputs)
        self.rows = rows
        cursor = state.metricCursor
        let wanted = rows.contains { $0.id == state.largeMetric } ? state.largeMetric : .sqnr
        figures = [wanted, .bitsPerWeight].compactMap { id in
            rows.first { $0.id == id }.map { Self.figure($0, state, baseline) }
        }
    }

    private static func figure(_ row: MetricRow, _ state: ExplorerState, _ baseline: Evaluation?) -> Figure {
        let change: MetricRow.Change? =
            row.change
            ?? state.flash.flatMap { flash in
                guard let now = state.evaluation?.metrics,
                    let metric = MetricCatalog.all.first(where: { $0.id == row.id })
                else { return nil }
                let change = MetricRow.change(metric, now, flash.before)
                return change?.verdict == .same ? nil : change
            }
        return Figure(
            text: text(row, state), unit: row.unit, label: row.label, change: change, isEstimate: row.isEstimate,
            isFresh: row.isFresh)
    }

    /// In four digits, of which a desk's width leaves no more to be read.
    private static func text(_ row: MetricRow, _ state: ExplorerState) -> String {
        guard let evaluation = state.evaluation,
            let value = MetricCatalog.all.first(where: { $0.id == row.id })?.value(evaluation.metrics), value.isFinite
        else { return row.value }
        let shown = row.unit == "%" ? value * 100 : value, size = abs(shown)
        let text =
            size == 0
            ? "0"
            : size >= 1e4 || size < 0.01
                ? NumberText.significant(shown, digits: 2)
                : NumberText.fixed(shown, places: size >= 100 ? 0 : size >= 10 ? 1 : 2)
        return (row.isEstimate ? "≈" : "") + text
    }
}
