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
    /// A position between the ends of the panel's axis, from 0 to 1.
    case share(Double)
    /// A value of the panel's axis, for its cursor.
    case value(Double)
    /// A clip limit that is dragged to a value.
    case limit(Action.ClipEdge, Double)
}

/// A part of a screen: its words, and what keys and the pointer do in it.
///
/// A panel is a file here, a line of `PanelCatalog`, a painter and a line of the painters' catalogue. It holds no state: that is the explorer's.
protocol Panel: Sendable {
    /// What its painter draws.
    associatedtype Content: Sendable

    var id: PanelID { get }
    /// A screen that shows it though it does not name it: beside the smaller plots where it has such, else in place of the largest panel
    /// while it has the focus.
    var guestOf: ScreenID? { get }
    var title: String { get }
    /// What `i` says of it first, for someone who does not know the word: no letter, no term of the field.
    var plainly: String { get }
    /// What `i` says of it then.
    var explanation: String { get }
    /// What the last row offers while it has the focus, the most wanted first.
    var hints: [String] { get }

    /// What `i` explains while it has the focus.
    func topic(_ state: ExplorerState) -> ExplanationTopic
    /// Further sections of the explanation, and today's numbers in it.
    func details(_ state: ExplorerState) -> [(heading: String, text: String)]
    func now(_ state: ExplorerState) -> [String]

    /// Made only while the panel is shown.
    func content(_ state: ExplorerState) -> Content
    /// What it asks the worker while it is shown in a part of the window.
    func questions(_ state: ExplorerState, in rect: Rect) -> [any Question]
    /// The axis of its plot, where it has one with a cursor, and the limits that can be taken hold of.
    func plotAxis(_ state: ExplorerState) -> PlotAxis?
    /// The cells that belong to that axis.
    func axisArea(in rect: Rect) -> Rect?

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request]
    /// What the Enter key does.
    func enter(_ state: inout ExplorerState) -> [Request]
    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request]
    /// What the wheel does at a position.
    func wheel(isUp: Bool, at target: PanelTarget) -> [Action]
}

/// The axis of a plot with a cursor.
public struct PlotAxis: Sendable {
    public let axis: Axis
    public var limits: [(edge: Action.ClipEdge, value: Double)] = []
}

/// What a plot shows, or why it shows nothing.
public enum Picture<Model: Sendable>: Sendable {
    case drawn(Model)
    case notice(Notice)

    init(_ model: Model?, otherwise notice: Notice) { self = model.map { .drawn($0) } ?? .notice(notice) }
}

extension Panel {
    var hints: [String] { Words.hints }
    var guestOf: ScreenID? { nil }

    func topic(_ state: ExplorerState) -> ExplanationTopic { .panel(id) }
    func details(_ state: ExplorerState) -> [(heading: String, text: String)] { [] }
    func now(_ state: ExplorerState) -> [String] { [] }

    func questions(_ state: ExplorerState, in rect: Rect) -> [any Question] { [] }

    func plotAxis(_ state: ExplorerState) -> PlotAxis? { nil }
    func axisArea(in rect: Rect) -> Rect? { nil }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] { [] }

    func enter(_ state: inout ExplorerState) -> [Request] {
        state.overlay = .explanation(topic(state), scroll: 0)
        return []
    }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] { state.point(to: id) }

    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] { [.movedIn(id, isUp ? .up : .down)] }
}

extension ExplorerState {
    /// Gives a panel the focus; a filter is typed no longer, unless it is the panel's.
    mutating func point(to panel: PanelID) -> [Request] {
        focus = panel
        isFiltering = isFiltering && panel == ScreenCatalog[screen].filterPanel
        return []
    }
}

extension ExplorerState {
    /// What is shown instead of a picture whose numbers are not there.
    var waitingNotice: Notice { .problem(problem, or: Words.working) }
}
