extension PanelID {
    public static let pairs = PanelID("pairs")
}

/// The tensors of two files, pair by pair.
struct PairsPanel: Panel {
    let id = PanelID.pairs
    var title: String { Words.pairs }
    var plainly: String { Words.pairsPlainly }
    var explanation: String { Words.pairsExplanation }
    var hints: [String] { Words.pairHints }

    func content(_ state: ExplorerState) -> TableModel { TableModel(pairsOf: state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        state.movePair(by: state.offset(of: motion, length: state.comparison.other?.sorted.count ?? 0))
    }

    func enter(_ state: inout ExplorerState) -> [Request] { state.openPair() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .row(let place) = target else { return state.point(to: id) }
        return state.point(toPair: place)
    }
}

extension Words {
    static let pairs = "Files"
    static let pairsPlainly =
        "Two files of one network, tensor beside tensor: the differences tell what a conversion has changed."
    static let pairsExplanation =
        "Another file's tensors against this file's, the worst first: errors are the other's values less this one's, and the bar of SQNR is whole at 60 dB. Names of Hugging Face, Meta and GGUF files are matched; rows in rotary order and transposed matrices are recognised and marked."
    package static let pairHints = ["j k pair", "Enter to the tensor", "Space stop, go on", "Tab recipes"]
}
