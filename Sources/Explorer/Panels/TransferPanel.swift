import Quantization

extension PanelID {
    public static let transfer = PanelID("transfer")
}

/// The staircase r → r̂ and its error.
struct TransferPanel: Panel {
    let id = PanelID.transfer
    var title: String { Words.transfer }
    var explanation: String { Words.transferExplanation }

    func content(_ state: ExplorerState) -> Picture<TransferModel> {
        let isVector = state.detail?.quantizer.isScalar == false
        return Picture(
            TransferModel(state),
            otherwise: isVector ? Words.notForVectors(state.recipe.format.name) : state.waitingNotice)
    }

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
    static let transfer = "Transfer r → r̂"
    static let transferExplanation =
        "The quantizer as a function: above, the staircase r → r̂ with its levels at the side and its thresholds below; under it the error e = r̂ − r, a sawtooth of half a step that grows beyond the clip limits. Its gradient is zero almost everywhere: QAT replaces it by one, the straight-through estimator (survey III-G)."
}
