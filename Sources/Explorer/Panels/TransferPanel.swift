import Quantization

extension PanelID {
    public static let transfer = PanelID("transfer")
}

/// The staircase r → r̂ and its error.
public struct TransferPanel: PlotOverValues {
    let id = PanelID.transfer
    var title: String { Words.transfer }
    var plainly: String { Words.transferPlainly }
    var explanation: String { Words.transferExplanation }

    func content(_ state: ExplorerState) -> Picture<TransferModel> {
        let isVector = state.detail?.quantizer.isScalar == false
        return Picture(
            TransferModel(state, rows: Self.rows(state)),
            otherwise: isVector ? .waiting(Words.notForVectors(state.recipe.format.name)) : state.waitingNotice)
    }

    public static let labelWidth = 7

    /// Rows of the staircase, and of the error under it; two more are the thresholds and the axis.
    public static func heights(in area: Rect) -> (stairs: Int, error: Int) {
        let error = max(1, min(5, (area.height - 2) / 4))
        return (max(0, area.height - 2 - error), error)
    }

    private static func rows(_ state: ExplorerState) -> Int {
        state.layout[.transfer].map { heights(in: $0.inner).stairs } ?? .max
    }

    func plotAxis(_ state: ExplorerState) -> PlotAxis? {
        guard let whole = state.distributionAxis else { return nil }
        guard let model = TransferModel(state, rows: Self.rows(state)), model.isPart else { return whole }
        return PlotAxis(axis: model.axis, limits: whole.limits)
    }

    /// The columns of the curves.
    public static func plot(in area: Rect) -> Rect {
        let left = area.width >= 24 ? labelWidth : 0
        return Rect(row: area.row, column: area.column + left, height: area.height, width: area.width - left)
    }
}

extension Words {
    static let transfer = "Transfer r → r̂"
    static let transferPlainly =
        "Every number goes in from below and comes out as a step of the stairs: numbers on the same step become one and the same."
    static let transferExplanation =
        "The quantizer as a function: above, the staircase r → r̂ with its levels at the side and its thresholds below, of many levels those around the cursor; the dotted line is r̂ = r, which no quantizer reaches; under it the error e = r̂ − r, a sawtooth of half a step that grows beyond the clip limits. Its gradient is zero almost everywhere: QAT replaces it by one, the straight-through estimator (survey III-G)."
}
