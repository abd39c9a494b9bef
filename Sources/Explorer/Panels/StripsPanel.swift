extension PanelID {
    public static let strips = PanelID("strips")
}

/// A strip for each range or channel.
struct StripsPanel: Panel {
    let id = PanelID.strips
    var title: String { Words.strips }
    var explanation: String { Words.stripsExplanation }
    var hints: [String] { Words.channelsHints }

    func content(_ state: ExplorerState) -> StripsModel { StripsModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        state.moveStrip(by: state.offset(of: motion, length: state.strips?.sorted.count ?? 0))
    }

    func enter(_ state: inout ExplorerState) -> [Request] { state.openStrip() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .row(let place) = target else { return state.point(to: id) }
        return state.point(toStrip: place)
    }
}

extension Words {
    static let strips = "Strips"
    static let stripsExplanation =
        "A strip for each range of the recipe, or for each channel of an axis: from the smallest to the largest value, thick between the 1st and the 99th percentile, with the median, and the clip limits as dotted lines. Where channels share a range, one with a large outlier takes the resolution of the others: these victims are named, with the bits they lose, log2 of the shared limit over their own largest magnitude. x sorts, a changes what a strip is, Enter goes to the range."
    package static let channelsHints = [
        "Enter to the range", "x order", "a ranges or channels", "Tab picture", "v layer", "V measure",
    ]
}
