extension PanelID {
    public static let heatMap = PanelID("heatMap")
}

/// The tensor over two of its axes.
public struct HeatMapPanel: Panel {
    let id = PanelID.heatMap
    var title: String { Words.heatMap }
    var explanation: String { Words.heatMapExplanation }
    var hints: [String] { Words.heatHints }

    func content(_ state: ExplorerState) -> HeatMapModel { HeatMapModel(state) }

    /// The picture, above the lines for the cell and the legend.
    public static func plot(in rect: Rect) -> Rect {
        let area = rect.inner
        return Rect(row: area.row, column: area.column, height: max(1, area.height - 2), width: max(1, area.width))
    }

    func questions(_ state: ExplorerState, in rect: Rect) -> [any Question] {
        let plot = Self.plot(in: rect), axes = state.heatAxes
        return [
            HeatMapQuestion(
                rowAxis: axes.row, columnAxis: axes.column, part: state.channels.part, rows: plot.height,
                columns: plot.width)
        ]
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveCell(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.openCell() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .cell(let row, let column) = target else { return state.point(to: id) }
        return state.point(toCell: row, column)
    }

    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] { [.axisZoomed(inward: isUp, around: nil)] }

    /// Columns for a number, where a picture of single elements has room for them.
    public static let numberWidth = 8
}

extension Words {
    static let heatMap = "Picture"
    static let heatMapExplanation =
        "The tensor over two of its axes; other axes are folded into the cell. A cell's shade is the root mean square (V: the largest magnitude) of its elements as a part of the largest cell, in equal steps. v steps from the original to the dequantized values and their error. + and - zoom around the cell, down to single elements, whose numbers are shown; 0 is the whole tensor."
    package static let heatHints = [
        "h j k l cell", "+ - zoom", "Enter to its range", "v layer", "V measure", "a axes", "Tab strips",
    ]
}
