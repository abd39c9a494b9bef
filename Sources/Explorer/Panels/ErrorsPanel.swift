extension PanelID {
    public static let errors = PanelID("errors")
}

/// How large errors are, in steps.
public struct ErrorsPanel: SmallHistogram {
    let id = PanelID.errors
    var title: String { Words.errors }
    var plainly: String { Words.errorsPlainly }
    var explanation: String { Words.errorsExplanation }

    func content(_ state: ExplorerState) -> Picture<BarsModel> {
        Picture(BarsModel.errors(state), otherwise: state.waitingNotice)
    }

    /// Whole thirds, so that half a step lies between columns.
    public static func plot(in area: Rect) -> Rect { bars(in: area, columns: max(3, area.width / 3 * 3)) }
}

extension Words {
    static let errors = "Error e = r̂ − r"
    static let errorsPlainly =
        "How far values have moved by being rounded."
    static let errorsExplanation =
        "How large errors are, in steps Δ = S. Rounding to nearest spreads them evenly over ±½Δ, which gives MSE = Δ²/12; a peak at zero means many elements lie on levels; tails beyond ±½Δ are clipped."
}
