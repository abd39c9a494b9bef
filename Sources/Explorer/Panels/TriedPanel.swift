import Quantization

extension PanelID {
    public static let tried = PanelID("tried")
}

/// Bits against quality of what was tried on the tensor.
struct TriedPanel: Panel {
    let id = PanelID.tried
    var title: String { Words.tried }
    var plainly: String { Words.triedPlainly }
    var explanation: String { Words.triedExplanation }
    var hints: [String] { Words.triedHints }

    func content(_ state: ExplorerState) -> QualityPlotModel { .tried(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveOnTried(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.takeTried() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        let points = QualityPlotModel.tried(state).points
        _ = state.point(to: id)
        guard case .row(let place) = target, points.indices.contains(place) else { return [] }
        if state.tried.cursor == points[place].recipe { return state.takeTried() }
        state.tried.cursor = points[place].recipe
        return []
    }

    func now(_ state: ExplorerState) -> [String] { Array(QualityPlotModel.tried(state).readout.prefix(1)) }
}

extension Words {
    static let tried = "Tried so far"
    static func triedTitles(_ count: Int) -> [String] { ["\(tried) ── \(count)", tried, "Tried"] }
    static let triedOne = [
        "every setting that you try becomes a point; Enter tries all formats",
        "each setting tried is a point", "f b s c try more",
    ]
    static let triedPlainly =
        "Every setting that you have tried on this tensor is a point: further right costs more memory, further up keeps more of the numbers."
    static let triedExplanation =
        "The frontier so far: to the right bits per weight (codes, scales and zero-points), upward SQNR. ● is on the frontier, none that was tried has less error at no more bits; ∙ is beaten by one that is; ◆ is the recipe in use, digits are pinned ones. The dashed line is the rate-distortion bound of the Gaussian or Laplacian that the values look like. h and l go through the points by bits, j and k by quality; Enter takes the one at the cursor, and on the recipe in use it opens the table of all formats, whose results become points as well. Those that take far more bits than any good one are left out of the picture. Screen 3 sweeps a whole grid of settings."
    static let triedHints = [
        "h j k l point", "Enter take it, all formats", "p pin", "z zoom", "Tab panel", "i explain",
    ]
}
