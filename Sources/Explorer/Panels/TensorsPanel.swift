extension PanelID {
    public static let tensors = PanelID("tensors")
}

/// The tensors of the file, filtered and sorted.
struct TensorsPanel: Panel {
    let id = PanelID.tensors
    var title: String { Words.tensors }
    var plainly: String { Words.tensorsPlainly }
    var explanation: String { Words.tensorsExplanation }

    func content(_ state: ExplorerState) -> ListModel { ListModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        state.selectListed(offset: state.offset(of: motion, length: state.listed.count), wraps: false)
    }

    func enter(_ state: inout ExplorerState) -> [Request] {
        state.focus = .recipe
        return []
    }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .row(let index) = target else { return state.point(to: id) }
        return state.point(toTensor: index)
    }
}

extension Words {
    static let tensors = "Tensors"
    static let tensorsPlainly =
        "A tensor is a block of numbers that a network has learned, such as the weights of one layer. This is what the file holds."
    static let tensorsExplanation =
        "The tensors of the file. / filters, x sorts by outlier score: how many times farther the farthest element lies from the mean than in a Gaussian of as many elements, max|r − mean|/(σ·√(2·ln n)). About 1 is normal; above 2 one element is likely to spoil the range. Marks: ! NaN or infinities (nan>0 filters them, :nan goes to the next), ∅ all elements zero, = all elements one value, ▫ a channel of zeros (Channels names it), ^ an outlier score above 2, ✗ values that cannot be read; a scan (Model) or sorting by outliers finds them."
}
