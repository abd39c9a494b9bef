import Quantization

extension PanelID {
    public static let distribution = PanelID("distribution")
}

/// How often values occur, before and after, with grid and clip limits.
public struct DistributionPanel: PlotOverValues {
    let id = PanelID.distribution
    var title: String { Words.distribution }
    var explanation: String { Words.distributionExplanation }

    func content(_ state: ExplorerState) -> DistributionModel { DistributionModel(state) }

    public static let labelWidth = 6

    /// The bars: a line of statistics above; ruler, axis, cursor and, where there is room, the grid below.
    public static func plot(in area: Rect) -> Rect {
        let left = area.width >= 30 ? labelWidth : 0
        let below = area.height >= 12 ? 4 : area.height >= 9 ? 3 : 2
        return Rect(
            row: area.row + 1, column: area.column + left, height: area.height - 1 - below, width: area.width - left)
    }
}

extension Words {
    static let distribution = "Distribution"
    static let distributionExplanation =
        "How often values occur: bars for r, the line ━ for what they become, r̂. Dashed lines are the clip limits [α, β]; the ruler marks levels that are used, levels that are not, and zero. Everything between moves to the nearest level (rounding error); everything beyond moves to the outermost one. What lies more than half a step beyond it counts as clipped, what is nearer as rounded."
}
