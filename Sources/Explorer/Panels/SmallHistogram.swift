/// A small histogram below the distribution: its keys move on the axis of values.
protocol SmallHistogram: Panel {}

extension SmallHistogram {
    /// A line of words above the bars, marks and labels below.
    static func bars(in area: Rect, columns: Int) -> Rect {
        Rect(row: area.row + 1, column: area.column, height: area.height - 3, width: columns)
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveOnAxis(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.takeCursorAsLimit() }
    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] { [.axisZoomed(inward: isUp, around: nil)] }
}
