extension PanelID {
    public static let statistics = PanelID("statistics")
}

/// Exact statistics of the tensor.
struct StatisticsPanel: Panel {
    let id = PanelID.statistics
    var title: String { Words.statistics }
    var plainly: String { Words.statisticsPlainly }
    var explanation: String { Words.statisticsExplanation }

    func content(_ state: ExplorerState) -> Picture<FactList> {
        let rows = StatisticsModel.rows(state)
        return Picture(
            rows.isEmpty ? nil : FactList(rows: rows, scroll: state.statisticsScroll), otherwise: state.waitingNotice)
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        let limit = Self.scrollLimit(state)
        state.statisticsScroll = max(0, min(state.statisticsScroll + state.offset(of: motion, length: limit), limit))
        return []
    }

    /// How far the list can be moved.
    static func scrollLimit(_ state: ExplorerState) -> Int {
        guard let rect = state.layout[.statistics] else { return 0 }
        return max(0, StatisticsModel.rows(state).count - rect.inner.height)
    }
}

extension Words {
    static let statistics = "Statistics"
    static let statisticsPlainly =
        "The numbers that describe how a tensor's values are spread, before anything is rounded."
    static let statisticsExplanation =
        "Exact statistics of the finite elements. σ is the population's; kurtosis is 3 for a Gaussian, 6 for a Laplacian, and large where there are outliers; percentiles are interpolated linearly. The outlier score is max|r − mean|/(σ·√(2·ln n)): about 1 for Gaussian data."
}
