extension PanelID {
    public static let metrics = PanelID("metrics")
}

/// What the recipe costs.
struct MetricsPanel: Panel {
    let id = PanelID.metrics
    var title: String { Words.metrics }
    var explanation: String { Words.metricsExplanation }

    func content(_ state: ExplorerState) -> MetricsModel { MetricsModel(state) }

    func topic(_ state: ExplorerState) -> ExplanationTopic {
        .metric(state.metricCursor, hasOutputs: state.hasOutputs)
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        let count = MetricRow.count(hasOutputs: state.hasOutputs)
        return put(state.metricCursor + state.offset(of: motion, length: count), &state)
    }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .row(let row) = target else { return state.point(to: id) }
        state.focus = id
        state.isFiltering = false
        return put(row, &state)
    }

    private func put(_ row: Int, _ state: inout ExplorerState) -> [Request] {
        state.metricCursor = max(0, min(MetricRow.count(hasOutputs: state.hasOutputs) - 1, row))
        return []
    }
}

extension Words {
    static let metrics = "Error"
    static let metricsExplanation =
        "What the setting costs; the whole tensor's, whatever range is shown."
}
