import Quantization

extension PanelID {
    public static let transfer = PanelID("transfer")
}

/// The staircase r → r̂ and its error.
public struct TransferPanel: PlotOverValues {
    let id = PanelID.transfer
    var title: String { Words.transfer }
    var explanation: String { Words.transferExplanation }

    func content(_ state: ExplorerState) -> Picture<TransferModel> {
        let isVector = state.detail?.quantizer.isScalar == false
        return Picture(
            TransferModel(state),
            otherwise: isVector ? Words.notForVectors(state.recipe.format.name) : state.waitingNotice)
    }

    public static let labelWidth = 7

    /// The columns of the curves.
    public static func plot(in area: Rect) -> Rect {
        let left = area.width >= 24 ? labelWidth : 0
        return Rect(row: area.row, column: area.column + left, height: area.height, width: area.width - left)
    }
}

extension Words {
    static let transfer = "Transfer r → r̂"
    static let transferExplanation =
        "The quantizer as a function: above, the staircase r → r̂ with its levels at the side and its thresholds below; under it the error e = r̂ − r, a sawtooth of half a step that grows beyond the clip limits. Its gradient is zero almost everywhere: QAT replaces it by one, the straight-through estimator (survey III-G)."
}
