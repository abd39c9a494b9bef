import Quantization

extension PanelID {
    public static let distribution = PanelID("distribution")
}

/// How often values occur, before and after, with grid and clip limits.
struct DistributionPanel: Panel {
    let id = PanelID.distribution
    var title: String { Words.distribution }
    var explanation: String { Words.distributionExplanation }

    func content(_ state: ExplorerState) -> DistributionModel { DistributionModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveOnAxis(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.takeCursorAsLimit() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        switch target {
        case .value(let value):
            state.cursor = value
            return []
        case .limit(let edge, let value): return state.moveClip(edge, to: value)
        case .panel, .row, .column, .cell, .share: return state.point(to: id)
        }
    }

    func plotAxis(_ state: ExplorerState) -> PlotAxis? { state.distributionAxis }

    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] {
        guard case .share(let share) = target else { return [] }
        return [.axisZoomed(inward: isUp, around: share)]
    }
}

extension Words {
    static let distribution = "Distribution"
    static let distributionExplanation =
        "How often values occur: bars for r, the line ━ for what they become, r̂. Dashed lines are the clip limits [α, β]; the ruler marks levels that are used, levels that are not, and zero. Everything between moves to the nearest level (rounding error); everything beyond moves to the outermost one. What lies more than half a step beyond it counts as clipped, what is nearer as rounded."
}

extension ExplorerState {
    /// The axis of the distribution and of the plots below it. On a logarithmic one limits are not taken hold of.
    var distributionAxis: PlotAxis? {
        guard let axis = shownAxis else { return nil }
        guard let range = detail?.quantizer.range, !hasLogAxis else { return PlotAxis(axis: axis) }
        return PlotAxis(axis: axis, limits: [(.low, Double(range.low)), (.high, Double(range.high))])
    }
}
