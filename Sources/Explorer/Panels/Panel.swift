/// Names a panel, as in snapshots and sessions.
public struct PanelID: Hashable, Sendable, CustomStringConvertible {
    private let name: String

    init(_ name: String) { self.name = name }

    public var description: String { name }
}

/// What of a panel the pointer is at, or takes along.
public enum PanelTarget: Equatable, Sendable {
    /// The panel itself, away from what can be chosen in it.
    case panel
    /// A row, counted from the first one of all, shown or not.
    case row(Int)
    /// A column, or its head.
    case column(Int)
    case cell(row: Int, column: Int)
    /// A value of the panel's axis, for its cursor.
    case value(Double)
    /// A clip limit that is dragged to a value.
    case limit(Action.ClipEdge, Double)
}

/// A part of a screen: its words, and what keys and the pointer do in it.
///
/// A panel is a file here, a line of `PanelCatalog`, a painter and a line of the painters' catalogue. It holds no state: that is the explorer's.
protocol Panel: Sendable {
    var id: PanelID { get }
    var title: String { get }
    /// What `i` says of it.
    var explanation: String { get }
    /// What the last row offers while it has the focus, the most wanted first.
    var hints: [String] { get }

    /// What `i` explains while it has the focus.
    func topic(_ state: ExplorerState) -> ExplanationTopic
    /// Further sections of the explanation, and today's numbers in it.
    func details(_ state: ExplorerState) -> [(heading: String, text: String)]
    func now(_ state: ExplorerState) -> [String]

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request]
    /// What the Enter key does.
    func enter(_ state: inout ExplorerState) -> [Request]
    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request]
}

extension Panel {
    var hints: [String] { Words.hints }

    func topic(_ state: ExplorerState) -> ExplanationTopic { .panel(id) }
    func details(_ state: ExplorerState) -> [(heading: String, text: String)] { [] }
    func now(_ state: ExplorerState) -> [String] { [] }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { [] }

    func enter(_ state: inout ExplorerState) -> [Request] {
        state.overlay = .explanation(topic(state), scroll: 0)
        return []
    }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] { state.point(to: id) }
}

extension ExplorerState {
    /// Gives a panel the focus; a filter is typed no longer, unless it is the list's.
    mutating func point(to panel: PanelID) -> [Request] {
        focus = panel
        isFiltering = isFiltering && panel == .tensors
        return []
    }
}
