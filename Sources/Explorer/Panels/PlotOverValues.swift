import Quantization

/// A panel over the axis of values, whose cursor and clip limits it shares with the others.
protocol PlotOverValues: Panel {
    /// The cells of its plot.
    static func plot(in area: Rect) -> Rect
}

extension PlotOverValues {
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

    /// Everything above and below the plot belongs to it.
    func axisArea(in rect: Rect) -> Rect? {
        let area = rect.inner, plot = Self.plot(in: area)
        return Rect(row: area.row, column: plot.column, height: area.height, width: plot.width)
    }

    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] {
        guard case .share(let share) = target else { return [] }
        return [.axisZoomed(inward: isUp, around: share)]
    }
}

extension ExplorerState {
    /// The axis of the distribution and of the plots below it. On a logarithmic one limits are not taken hold of.
    var distributionAxis: PlotAxis? {
        guard let axis = shownAxis else { return nil }
        guard let range = detail?.quantizer.range, !hasLogAxis else { return PlotAxis(axis: axis) }
        return PlotAxis(axis: axis, limits: [(.low, Double(range.low)), (.high, Double(range.high))])
    }
}
