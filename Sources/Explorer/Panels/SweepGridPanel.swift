extension PanelID {
    public static let sweepGrid = PanelID("sweepGrid")
}

/// What is swept: families of formats, clipping rules, granularities.
struct SweepGridPanel: Panel {
    let id = PanelID.sweepGrid
    var title: String { Words.sweepGrid }
    var plainly: String { Words.sweepGridPlainly }
    var explanation: String { Words.sweepGridExplanation }
    var hints: [String] { Words.sweepGridHints }

    func content(_ state: ExplorerState) -> SweepGridModel { SweepGridModel(state) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        let rows = SweepGridModel(state).rows
        let words = rows.indices.filter { if case .word = rows[$0] { true } else { false } }
        let here = words.lastIndex { $0 <= max(words[0], state.sweep.gridCursor) } ?? 0
        let next = max(0, min(words.count - 1, here + state.offset(of: motion, length: words.count)))
        state.sweep.gridCursor = words[next]
        return []
    }

    func enter(_ state: inout ExplorerState) -> [Request] {
        state.sweep.gridCursor = SweepGridModel(state).cursor
        return state.switchSwept()
    }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        _ = state.point(to: id)
        guard case .row(let row) = target else { return [] }
        state.sweep.gridCursor = row
        return state.switchSwept()
    }
}

extension Words {
    static let sweepGrid = "What is swept"
    static let sweepGridPlainly =
        "Which settings are to be tried: every word of one row with every word of the others."
    static let sweepGridExplanation =
        "Formats × clipping rules × granularities; Enter puts a word in or takes it out. A family stands for its usual formats of at most eight bits. Formats with blocks or a clipping of their own take part with these alone, and what the tensor's shape does not allow is left out. :save keeps the choice with the session; Y copies the command that prints the same table."
    static let sweepGridHints = [
        "Enter in or out", "j k word", "Y copy the command", "Tab panel", "i explain",
    ]
    static func sweepGridTitle(_ count: Int) -> String { "Swept: \(count) recipes" }
    static let sweepNeedsOne = "a sweep needs one word of each kind"
    static func sweepAxis(_ axis: SweepGridModel.Axis) -> String {
        switch axis {
        case .formats: "formats"
        case .clips: "clipping"
        case .granularities: "granularity"
        }
    }
}
