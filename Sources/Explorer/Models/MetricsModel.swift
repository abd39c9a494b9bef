/// The metrics of the recipe, beside those of the pinned one.
public struct MetricsModel: Sendable {
    /// From the longest on.
    public let titles: [String]
    public let rows: [MetricRow]
    public let cursor: Int
    public let hasBaseline: Bool

    public init(_ state: ExplorerState) {
        hasBaseline = state.pin != nil
        let entries = state.pin == nil ? Words.judgedEntries(state).map { ["\(Words.metrics) ── \($0)"] } : nil
        titles = entries ?? (hasBaseline ? Words.pinTitles : [Words.metrics])
        rows = MetricRow.rows(
            of: state.evaluation, baseline: hasBaseline ? state.baseline : nil, hasOutputs: state.hasOutputs)
        cursor = state.metricCursor
    }
}
