import Quantization

extension PanelID {
    public static let timeline = PanelID("timeline")
}

/// The ranges of the entries of axis 0, and the range in use.
public struct TimelinePanel: Panel {
    let id = PanelID.timeline
    var title: String { Words.timeline }
    var plainly: String { Words.timelinePlainly }
    var explanation: String { Words.timelineExplanation }

    func content(_ state: ExplorerState) -> TimelineModel { TimelineModel(state) }

    public static let labelWidth = 7

    /// The bars: some rows of words above; the axis and its labels below.
    public static func plot(in area: Rect) -> Rect {
        let left = area.width >= 24 ? labelWidth : 0
        let above = area.height >= 16 ? 5 : area.height >= 12 ? 4 : area.height >= 9 ? 3 : area.height >= 7 ? 2 : 1
        return Rect(
            row: area.row + above, column: area.column + left, height: max(1, area.height - above - 2),
            width: max(1, area.width - left))
    }

    func questions(_ state: ExplorerState, in rect: Rect) -> [any Question] {
        [TimelineQuestion(columns: Self.plot(in: rect.inner).width)]
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { state.moveOnTimeline(motion) }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .row(let entry) = target else { return state.point(to: id) }
        _ = state.point(to: id)
        state.timelineCursor = max(0, min(entry, (state.timeline?.entryCount ?? 1) - 1))
        return []
    }

    func now(_ state: ExplorerState) -> [String] { TimelineModel(state).summary }

    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] { [.movedIn(id, isUp ? .left : .right)] }
}

extension Words {
    static let timeline = "Ranges over entries"
    static let timelinePlainly =
        "Activations differ from input to input: here the inputs come one after another, and the range has to hold all of them."
    static let timelineExplanation =
        "Axis 0 as a stream of entries, such as the batches of an activation: bars are each entry's own range, lines the range in use; what sticks out is clipped. Static quantization (t: static, ema) takes its range from the first entries, marked c, and fails by clipping when a later one is larger and by waste when it is smaller; dynamic quantization follows each entry, at the price of looking at its values before quantizing them (survey III-D). Decibels are those of the entries that are not calibrated on, here with the range in use and with a range for every entry."
}
