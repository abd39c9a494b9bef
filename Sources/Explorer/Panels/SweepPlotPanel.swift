import Quantization

extension PanelID {
    public static let sweepPlot = PanelID("sweepPlot")
}

/// Bits against quality, a point a recipe.
struct SweepPlotPanel: Panel {
    let id = PanelID.sweepPlot
    var title: String { Words.sweepPlot }
    var plainly: String { Words.sweepPlotPlainly }
    var explanation: String { Words.sweepPlotExplanation }
    var hints: [String] { Words.sweepHints }

    func content(_ state: ExplorerState) -> QualityPlotModel { QualityPlotModel.sweep(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveOnSweepPlot(motion) }
    func enter(_ state: inout ExplorerState) -> [Request] { state.takeSwept() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        let points = QualityPlotModel.sweep(state).points
        guard case .row(let place) = target, points.indices.contains(place) else { return state.point(to: id) }
        return state.point(toSwept: points[place].recipe, in: id)
    }

    func now(_ state: ExplorerState) -> [String] { Array(QualityPlotModel.sweep(state).readout.prefix(1)) }
}

extension Words {
    static let sweepPlot = "Bits against quality"
    static let sweepPlotPlainly =
        "Every setting is a point: further right costs more memory, further up keeps more of the numbers. One wants to be at the upper left."
    static let sweepPlotExplanation =
        "Every recipe of the sweep as a point: to the right more bits per weight (codes, scales and zero-points), upward less error by the metric that y steps. ● is on the frontier: no other recipe has less error at no more bits. ∙ is beaten by one that is. ◆ is the recipe in use, digits are pinned ones. The line is the frontier; the dashed one, for SQNR, is the rate-distortion bound of the Gaussian or Laplacian that the values look like: 6.02 dB a bit. No code for values that are alike everywhere gets beyond it; where rows or groups differ in size, ranges of their own may. h and l go through the points by bits, j and k by quality, n and N along the frontier; Enter takes the recipe, p pins it for the Compare screen. Estimates (≈) come first and are replaced by exact numbers, those of qlens inspect."
    static let sweepHints = [
        "h j k l point", "n N frontier", "Enter take it", "p pin", "y metric", "Tab panel", "i explain",
    ]
    static func sweepTitles(_ metric: Metric, exact: Int, of all: Int) -> [String] {
        let done = exact < all ? " ── \(exact) of \(all) exact" : " ── \(all) recipes"
        return ["\(metric.label) against bits per weight" + done, "\(metric.label) / bits" + done, metric.label]
    }
    static func sweepLegend(hasPins: Bool, bound: String?) -> [String] {
        ["● frontier", "∙ beaten", "◆ in use"] + (hasPins ? ["1 pinned"] : [])
            + (bound.map { ["╌ bound (\($0))"] } ?? [])
    }
    static func sweepBits(_ bits: String) -> String { "\(bits) bits" }
    static let onTheFrontier = "on the frontier"
    static func belowTheFrontier(_ gap: String?, _ better: String? = nil) -> String {
        let better = better ?? "the frontier"
        return gap.map { "\($0) dB below \(better)" } ?? "beaten by \(better)"
    }
    static let nothingToSweep = "no recipe of the sweep fits the tensor: Tab to what is swept"
    static func sweepJudged(by metric: Metric) -> String { "judged by \(metric.label): \(metric.what)" }
    static let endOfFrontier = "the end of the frontier"
    static let sweepIsRecipe = "this recipe is in use"
    static func sweepTaken(_ recipe: String) -> String { "recipe: \(recipe); u goes back" }
    static func sweepPinned(_ recipe: String) -> String { "pinned for the Compare screen (4): \(recipe)" }
}
