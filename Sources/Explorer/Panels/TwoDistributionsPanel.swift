import Quantization

extension PanelID {
    public static let twoDistributions = PanelID("twoDistributions")
}

/// Two recipes', tensors' or files' distributions on one axis.
public struct TwoDistributionsPanel: PlotOverValues {
    let id = PanelID.twoDistributions
    var title: String { Words.twoDistributions }
    var plainly: String { Words.twoDistributionsPlainly }
    var explanation: String { Words.twoDistributionsExplanation }
    var hints: [String] { Words.twoDistributionsHints }

    func content(_ state: ExplorerState) -> Picture<TwoDistributionsModel> {
        Picture(TwoDistributionsModel(state), otherwise: TwoDistributionsModel.notice(state))
    }

    public static let labelWidth = 4

    /// The bars: a line of words above; the differences, the axis and the cursor's line below.
    public static func plot(in area: Rect) -> Rect {
        let left = area.width >= 30 ? labelWidth : 0
        return Rect(
            row: area.row + 1, column: area.column + left, height: area.height - 1 - below(area),
            width: area.width - left)
    }

    /// Rows below the bars.
    private static func below(_ area: Rect) -> Int { 2 * differenceRows(in: area) + 2 }

    /// Rows for where B has more, and as many for where A has.
    public static func differenceRows(in area: Rect) -> Int { area.height >= 16 ? 2 : area.height >= 7 ? 1 : 0 }

    func questions(_ state: ExplorerState, in rect: Rect) -> [any Question] {
        guard let subject = state.distributionSubject else { return [] }
        let width = max(1, Self.plot(in: rect.inner).width)
        return [TwoDistributionsQuestion(subject, bins: width, state)].compactMap { $0 }
    }

    /// To quantiles against quantiles, and back: no clip limit is moved here.
    func enter(_ state: inout ExplorerState) -> [Request] {
        state.comparison.hasQuantiles.toggle()
        return []
    }

    func plotAxis(_ state: ExplorerState) -> PlotAxis? { state.twoDistributionsAxis.map { PlotAxis(axis: $0) } }
}

extension Words {
    static let twoDistributions = "A over B"
    static let twoDistributionsPlainly =
        "Two sets of numbers laid over each other: what one has more of than the other shows as colour."
    static let twoDistributionsExplanation =
        "Two distributions on one axis: bars for B, the line ━ for A, as parts of their own totals where they have not as many values. Below, where B has more and where A has, in parts of the largest difference. A is a pinned recipe and B the present one, or A the tensor marked with A and B the open one, or A the open file's tensor and B the other file's; a goes from one to the next. Enter draws quantiles against quantiles instead: for each share of the values the value of B below which it lies against that of A; on the dotted diagonal both are alike, a steeper curve is wider in B, and a curve that bends away at its ends has other tails. L locks the axis, so that other tensors and recipes are seen on the same one."
    package static let twoDistributionsHints = [
        "h l cursor", "k j zoom", "Enter quantiles", "a recipes, tensors, files", "L lock the axis", "v counts",
        "V log axis",
    ]
}
