import Quantization

extension PanelID {
    public static let objective = PanelID("objective")
}

/// The error of a range against its clip limit, with every calibrator's choice.
public struct ObjectivePanel: Panel {
    let id = PanelID.objective
    var title: String { Words.objective }
    var plainly: String { Words.objectivePlainly }
    var explanation: String { Words.objectiveExplanation }

    func content(_ state: ExplorerState) -> Picture<ObjectiveModel> {
        Picture(
            ObjectiveModel(state),
            otherwise: state.hasLimits ? state.waitingNotice : .waiting(Words.noLimits(state.recipe.format.name)))
    }

    public static let labelWidth = 5
    private static let listWidth = 34

    /// How the panel is divided.
    public struct Parts: Sendable {
        public let readout: Rect
        public let plot: Rect
        /// Where signs are drawn, in as many rows as collisions need.
        public let marks: Rect
        /// The row of the axis's labels.
        public let labels: Int
        public let list: Rect
    }

    /// Wide panels have the list at the side, high ones below, small ones names at the marks alone.
    public static func parts(in area: Rect) -> Parts {
        let isWide = area.width >= 68
        let width = isWide ? area.width - listWidth - 1 : area.width
        let left = width >= 24 ? labelWidth : 0
        // The axis, and rows for the calibrators' names.
        let readoutRows = area.height >= 14 && width < 70 ? 2 : 1
        let markRows = area.height >= 16 ? 5 : area.height >= 9 ? 4 : area.height >= 7 ? 2 : 1
        let below = isWide || area.height < 24 ? 0 : min(area.height / 2 - 2, 17)
        let height = max(1, area.height - readoutRows - markRows - 1 - below)
        let plot = Rect(
            row: area.row + readoutRows, column: area.column + left, height: height, width: max(1, width - left))
        return Parts(
            readout: Rect(row: area.row, column: area.column, height: readoutRows, width: width), plot: plot,
            marks: Rect(row: plot.endRow, column: plot.column, height: markRows, width: plot.width),
            labels: plot.endRow + markRows,
            list: isWide
                ? Rect(row: area.row, column: area.column + width + 1, height: area.height, width: listWidth)
                : Rect(row: area.endRow - below, column: area.column, height: below, width: area.width))
    }

    func axisArea(in rect: Rect) -> Rect? { Self.parts(in: rect.inner).plot }

    func questions(_ state: ExplorerState, in rect: Rect) -> [any Question] {
        [ObjectiveQuestion(points: 2 * Self.parts(in: rect.inner).plot.width)]
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveOnObjective(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.takeObjectiveLimit() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        switch target {
        case .value(let limit):
            state.objectiveCursor = state.objective?.nearest(to: limit)?.limit
            return []
        case .limit(_, let limit): return state.setLimit(limit)
        case .panel, .row, .column, .cell, .share: return state.point(to: id)
        }
    }

    func now(_ state: ExplorerState) -> [String] { state.objectiveNow }

    func plotAxis(_ state: ExplorerState) -> PlotAxis? {
        guard let axis = state.objectiveAxis, let range = state.detail?.quantizer.range else { return nil }
        return PlotAxis(axis: axis, limits: [(.high, Double(max(abs(range.low), abs(range.high))))])
    }

    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] { [.movedIn(id, isUp ? .left : .right)] }
}

extension Words {
    static let objective = "Objective"
    static let objectivePlainly =
        "Where should the range end? Cut it short, and the large values are lost; leave it wide, and the steps become coarse. The lowest point of the curve is the best bargain."
    static let objectiveExplanation =
        "What the clip limit t costs, for the range that is shown: the MSE (solid) and its clipping (dashed) and rounding (dotted) parts, the MAE, and, on a scale of its own, the KL divergence of the entropy calibrator. A tighter limit clips more and rounds less; at the best one a little tighter would add as much clipping as it saves rounding, and it moves outward with every bit. The scale at the side is the SQNR of that error. Names under the axis mark where each calibrator would put the limit, ★ the least MSE: j and k step through them, Enter takes one; h and l move the cursor, Enter sets a manual limit there, Esc brings it back to the limit in use, and the mouse drags that limit. Beside it: what the best equal steps, the best levels of any spacing (Lloyd and Max) and the best code of as many bits reach for the Gaussian or Laplacian that fits best; D is the largest difference between the two distribution functions. With asym, t stands for the range from max(min, −t) to min(max, t)."
}
