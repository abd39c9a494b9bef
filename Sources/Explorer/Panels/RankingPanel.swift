extension PanelID {
    public static let ranking = PanelID("ranking")
}

/// Every weight of the file under the recipe.
struct RankingPanel: Panel {
    let id = PanelID.ranking
    var title: String { Words.ranking }
    var plainly: String { Words.rankingPlainly }
    var explanation: String { Words.rankingExplanation }
    var hints: [String] { Words.modelHints }

    func content(_ state: ExplorerState) -> TableModel { TableModel(rankingOf: state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        if motion == .left || motion == .right { return state.moveRankColumn(by: motion == .right ? 1 : -1) }
        return state.moveRank(by: state.offset(of: motion, length: state.model.sorted.count))
    }

    func enter(_ state: inout ExplorerState) -> [Request] { state.openRanked() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        switch target {
        case .row(let place): return state.point(toRank: place)
        case .column(let place): return state.point(toRankColumn: place)
        case .panel, .cell, .share, .value, .limit: return state.point(to: id)
        }
    }
}

extension Words {
    static let ranking = "Weights"
    static let rankingPlainly =
        "Every weight of the network under the same setting: a few of them usually lose far more than the others."
    static let rankingExplanation =
        "Every tensor of real numbers with two axes or more under the recipe, the worst first; the others stay unquantized. Rows are the very numbers of qlens scan, stored for the next time by the file's identity and the recipe. Beside a pinned recipe, A, another one, B, has a column each for its SQNR in dB and one for their difference, the largest loss first; n goes to the next weight that B makes worse, and the filter knows delta<0."
    package static let modelHints = [
        "Enter to the tensor", "h l sort column", "x turn round", "p pin as A", "Space stop, go on",
        "Backspace keep", "/ filter, also sqnr<20",
    ]
}
