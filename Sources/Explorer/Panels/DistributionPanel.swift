import Quantization

extension PanelID {
    public static let distribution = PanelID("distribution")
}

/// How often values occur, before and after, with grid and clip limits.
public struct DistributionPanel: PlotOverValues {
    let id = PanelID.distribution
    var title: String { Words.distribution }
    var plainly: String { Words.distributionPlainly }
    var explanation: String { Words.distributionExplanation }

    func content(_ state: ExplorerState) -> DistributionModel { DistributionModel(state) }

    public static let labelWidth = 6

    /// Rows of the strip under the bars that is shaded by the error.
    public static func errorRows(in area: Rect) -> Int { area.height >= 24 ? 2 : area.height >= 10 ? 1 : 0 }

    /// The bars: a line of statistics above; where the error comes from, ruler, axis, cursor and, where there is room, the grid below.
    public static func plot(in area: Rect) -> Rect {
        let left = area.width >= 30 ? labelWidth : 0
        let below = (area.height >= 12 ? 4 : area.height >= 9 ? 3 : 2) + errorRows(in: area)
        return Rect(
            row: area.row + 1, column: area.column + left, height: area.height - 1 - below, width: area.width - left)
    }
}

extension Words {
    static let distribution = "Distribution"
    static let distributionPlainly =
        "How often each value occurs: usually a hill of many small values with a few large ones far out. Quantization allows only a few places under it, and every value moves to one of them."
    static let distributionExplanation =
        "How often values occur: the filled hill is r, as stored; the spikes with ━ on top are r̂, what they become, all values of a step gathered at its level. Dashed lines are the clip limits [α, β]; the ruler marks levels that are used, levels that are not, and zero; the strip e² above it is bright where the squared error comes from, in steps where all elements are shown in units of theirs. Where many ranges share a tensor, all elements are shown first, each divided by its own range's scale, over the codes; , and . look at one range, the worst first, and a changes between these. Everything between moves to the nearest level (rounding error); everything beyond moves to the outermost one. What lies more than half a step beyond it counts as clipped, what is nearer as rounded."
}
