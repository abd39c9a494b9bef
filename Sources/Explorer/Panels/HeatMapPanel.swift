extension PanelID {
    public static let heatMap = PanelID("heatMap")
}

/// The tensor over two of its axes.
public struct HeatMapPanel: Panel {
    let id = PanelID.heatMap
    var title: String { Words.heatMap }
    var plainly: String { Words.heatMapPlainly }
    var explanation: String { Words.heatMapExplanation }
    var hints: [String] { Words.heatHints }

    func content(_ state: ExplorerState) -> HeatMapModel { HeatMapModel(state) }

    /// The picture, above the lines for the cell and the legend; where there is room, profiles through the cell are at its right and below it.
    public static func plot(in rect: Rect) -> Rect {
        let area = rect.inner, profiles = profiles(in: area)
        return Rect(
            row: area.row, column: area.column, height: max(1, area.height - 2 - profiles.rows),
            width: max(1, area.width - profiles.columns))
    }

    /// Rows below the picture for the profile along the cell's row, and columns beside it for the one along its column.
    public static func profiles(in area: Rect) -> (rows: Int, columns: Int) {
        (area.height >= 9 ? 2 : 0, area.width >= 50 ? 10 : 0)
    }

    func questions(_ state: ExplorerState, in rect: Rect) -> [any Question] {
        let plot = Self.plot(in: rect), axes = state.heatAxes
        return [
            HeatMapQuestion(
                rowAxis: axes.row, columnAxis: axes.column, part: state.channels.part,
                // Two pixels a cell, one above the other.
                rows: 2 * plot.height, columns: plot.width)
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
    static let heatMapPlainly =
        "The tensor as a picture, small squares for its numbers: what stands out in colour stands out in size."
    static let heatMapExplanation =
        "The tensor over two of its axes; other axes are folded into the cell. A pixel's colour is the root mean square (V: the largest magnitude) of its elements as a part of the largest one; single elements have their sign, blue below zero and orange above. Under the picture and beside it are the profiles along the row and the column of the cursor's cell. v steps from the original to the dequantized values and their error. + and - zoom around the cell, down to single elements; 0 is the whole tensor."
    package static let heatHints = [
        "h j k l cell", "+ - zoom", "Enter to its range", "v layer", "V measure", "a axes", "Tab strips",
    ]
}
