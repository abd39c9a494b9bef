extension PanelID {
    public static let strips = PanelID("strips")
}

/// A strip for each range or channel.
public struct StripsPanel: Panel {
    let id = PanelID.strips
    var title: String { Words.strips }
    var plainly: String { Words.stripsPlainly }
    var explanation: String { Words.stripsExplanation }
    var hints: [String] { Words.channelsHints }

    func content(_ state: ExplorerState) -> StripsModel { StripsModel(state) }

    // MARK: Geometry

    public static let labelWidth = 10
    private static let leastPlot = 14

    /// Columns of a number, a bar before it where there is room.
    public static func numberWidth(in area: Rect) -> Int {
        area.width >= 88 ? 15 : area.width >= 56 ? 12 : 9
    }

    /// Columns of numbers that have room.
    public static func numbers(in area: Rect) -> Int {
        max(0, min(4, (area.width - labelWidth - max(leastPlot, area.width / 2 - 4)) / numberWidth(in: area)))
    }

    /// Where values are drawn.
    public static func plot(in area: Rect) -> Rect {
        Rect(
            row: area.row, column: area.column + labelWidth, height: area.height,
            width: max(1, area.width - labelWidth - numbers(in: area) * numberWidth(in: area) - 1))
    }

    func questions(_ state: ExplorerState, in rect: Rect) -> [any Question] {
        [DensityQuestion(state, bins: Self.plot(in: rect.inner).width)]
    }

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
    static let strips = "Channels"
    static let stripsPlainly =
        "A channel is one row of a weight, the part that makes one output. Some rows have much larger values than others, and who shares a scale with them pays for it."
    static let stripsExplanation =
        "A row for each output channel, or, by a, for each channel of another axis or each range of the recipe: how its values lie, the brighter the more (by their logarithm), with the clip limits as dotted lines. A channel with outliers is wider than the others. Beside it its SQNR and its share of the squared error, as bars of the best and of the largest. Where channels share a range, one with a large outlier takes the resolution of the others: these victims are named, with the bits they lose, log2 of the shared limit over their own largest magnitude. x sorts, a changes what a strip is, Enter goes to the range."
    package static let channelsHints = [
        "Enter to the range", "x order", "a ranges or channels", "Tab picture", "v layer", "V measure",
    ]
}
