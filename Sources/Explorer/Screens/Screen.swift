import Checkpoints

/// Names a screen by the number of its key.
public struct ScreenID: Hashable, Sendable {
    public let number: Int
}

/// Kinds of actions that not every screen takes. All others mean the same on all of them.
public enum ScreenAction: CaseIterable, Sendable {
    case step, undo, redo, pin, copy
    case filter, match, order
    case mark
    case range, coverage, counts, axisScale, axisZoom, wholeAxis, axisLock, clip
    case pause, remove

    /// nil where the action means the same on every screen.
    init?(_ action: Action) {
        switch action {
        case .settingStepped: self = .step
        case .undone: self = .undo
        case .redone: self = .redo
        case .pinSwitched: self = .pin
        case .recipeCopied: self = .copy
        case .filterOpened: self = .filter
        case .matchStepped: self = .match
        case .orderSwitched: self = .order
        case .rangeStepped: self = .range
        case .coverageSwitched: self = .coverage
        case .countScaleSwitched: self = .counts
        case .axisScaleSwitched: self = .axisScale
        case .axisZoomed: self = .axisZoom
        case .axisShown: self = .wholeAxis
        case .axisLockSwitched: self = .axisLock
        case .tensorMarked: self = .mark
        case .clipStepped: self = .clip
        case .walkPaused: self = .pause
        case .removed: self = .remove
        default: return nil
        }
    }
}

/// What an action does on a screen.
enum ScreenAnswer: Sendable {
    /// What it does on most screens that take it.
    case usual
    case own(@Sendable (Action, inout ExplorerState) -> [Request])
}

/// What the window is used for: some panels, and what keys do there.
///
/// A screen is a file here and a line of `ScreenCatalog`. It holds no state: that is the explorer's, and screens share the list of tensors, the
/// recipe and the status line.
protocol Screen: Sendable {
    var id: ScreenID { get }
    var title: String { get }
    /// The line of help for its key.
    var help: String { get }
    /// What `Tab` goes through.
    var panels: [PanelID] { get }
    /// What has the focus at first.
    var firstPanel: PanelID { get }
    /// The panel that the filter belongs to.
    var filterPanel: PanelID { get }
    /// What it remembers beyond the explorer's state.
    var memory: (any ScreenMemory.Type)? { get }
    /// The actions that it takes, of those that not every screen takes; the others are refused.
    var actions: [ScreenAction: ScreenAnswer] { get }

    /// What keys do here that mean something else on other screens, for the help.
    var meanings: [ScreenAction: String] { get }
    /// What is typed as its filter, and what changes with it.
    func filter(_ state: ExplorerState) -> LineEditor
    func setFilter(_ editor: LineEditor, _ state: inout ExplorerState) -> [Request]
    /// How it divides its room among panels.
    func arrangement(_ state: ExplorerState, _ room: Room) -> Arrangement
    /// What it asks the worker besides the recipe's metrics and what its panels ask.
    func questions(_ state: ExplorerState) -> [any Question]
    /// The walk over files that it shows.
    func walk(_ state: inout ExplorerState) -> [Request]
    /// Whether there are lines under the panels.
    var hasFormula: Bool { get }
    /// Those lines, from the most to the least wanted.
    func formula(_ state: ExplorerState) -> [String]
    /// Today's numbers in explanations.
    func now(_ state: ExplorerState) -> [String]
    /// What Esc does where there is nothing to close; nil goes back to the first screen.
    func escape(_ state: inout ExplorerState) -> [Request]?
    /// What prints the same numbers without the explorer; nil where that is the recipe on the open tensor.
    func commandLine(_ state: ExplorerState) -> String?
    /// For tabs in narrow windows.
    var shortTitle: String { get }
    /// What help begins with: the keys that this screen is used with most.
    var tenKeys: [(keys: String, does: String)] { get }
}

extension Screen {
    var filterPanel: PanelID { .tensors }
    var memory: (any ScreenMemory.Type)? { nil }
    var meanings: [ScreenAction: String] { [:] }

    func filter(_ state: ExplorerState) -> LineEditor { state.filterEditor }
    func setFilter(_ editor: LineEditor, _ state: inout ExplorerState) -> [Request] { state.setFilter(editor) }

    func questions(_ state: ExplorerState) -> [any Question] { [] }

    /// A scan of another recipe goes on for nobody.
    func walk(_ state: inout ExplorerState) -> [Request] {
        state.model.scan.map { $0.recipe != state.recipe } ?? false ? [.walk(.none)] : []
    }

    var hasFormula: Bool { false }
    func formula(_ state: ExplorerState) -> [String] { [] }
    func now(_ state: ExplorerState) -> [String] { state.detail == nil ? [] : FormulaText.lines(state) }
    func escape(_ state: inout ExplorerState) -> [Request]? { nil }
    func commandLine(_ state: ExplorerState) -> String? { nil }
    var shortTitle: String { title }
}
