import Quantization

extension PanelID {
    public static let metrics = PanelID("metrics")
}

/// What the recipe costs.
struct MetricsPanel: Panel {
    let id = PanelID.metrics
    var title: String { Words.metrics }
    var plainly: String { Words.metricsPlainly }
    var explanation: String { Words.metricsExplanation }

    func content(_ state: ExplorerState) -> MetricsModel { MetricsModel(state) }

    /// The metric at the cursor is the large one from now on.
    func enter(_ state: inout ExplorerState) -> [Request] {
        state.largeMetric = MetricRow.metric(at: state.metricCursor, hasOutputs: state.hasOutputs).id
        return []
    }

    var hints: [String] { Words.metricsHints }

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
    static let metrics = "Quality"
    static let metricsHints = [
        "i explain", "Enter write it large", "p pin", "q quit", "? help", ": command", "/ filter",
    ]
    static let metricsPlainly =
        "How much of the numbers is lost, and what is saved for it."
    static let metricsExplanation =
        "What the setting costs; the whole tensor's, whatever range is shown. SQNR is how much louder the values are than the error, in decibels: 6 dB more is one bit more, 20 dB is an error of a tenth. The two large numbers are the metric that Enter chose and the bits that a weight takes, scales included."
}
