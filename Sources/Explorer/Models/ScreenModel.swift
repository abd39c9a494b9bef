import Quantization
import TensorFiles
import Tensors

/// What a screen says, worded and numbered, without positions or colours: what is the same on all of them, and its panels.
public struct ScreenModel: Sendable {
    public struct Header: Sendable {
        public let file: String
        public let tensor: String
        public let type: String
        public let recipe: String
        public let state: ResultState
    }

    /// How far the numbers on screen can be trusted.
    public enum ResultState: Sendable, Equatable {
        case exact
        /// An estimate is shown; the share of the exact work that is done, where it takes long.
        case estimate(Progress?)
        case waiting(Progress?)
        /// The user stopped the work before there was anything.
        case stopped
        case problem(String)
    }

    public let screen: ScreenID
    /// The screens by their keys, the present one marked.
    public let tabs: [(text: String, isChosen: Bool)]
    public let header: Header
    /// What the visible panels show.
    public private(set) var panels: [PanelID: any Sendable] = [:]
    /// From the most to the least wanted.
    public let formula: [String]
    public let flags: [SanityFlag]
    /// What a newcomer is told in their place.
    public let guidance: [String]
    public let message: LogEntry?
    /// From the most to the least wanted.
    public let hints: [String]
    /// Keys that are shown whatever has the focus.
    public let essentials: [String]
    /// Panels of the screen that have no room.
    public let hidden: [String]
    /// From so many columns on tabs have their whole titles.
    static let wideColumns = 110
    public let focus: PanelID
    public let isZoomed: Bool
    public let overlay: OverlayModel?

    public init(_ state: ExplorerState) {
        let tensor = state.tensor
        let resultState: ResultState =
            if let problem = state.problem {
                .problem(problem)
            } else if let evaluation = state.evaluation {
                evaluation.isExact ? .exact : .estimate(state.progress)
            } else if state.isIdle {
                .stopped
            } else {
                .waiting(state.progress)
            }
        header = Header(
            file: ScreenText.fileName(state.file.path), tensor: ScreenText.safe(tensor.name),
            type: "\(tensor.typeName) \(tensor.storedShape)", recipe: state.recipe.description,
            state: resultState)
        screen = state.screen
        let isNarrow = state.columns < Self.wideColumns
        // In a narrow window the first screen names all; on the others what keys do is worth more than the names.
        let hasNames = !isNarrow || state.screen == .tensor
        tabs = ScreenCatalog.all.map {
            let isChosen = $0.id == state.screen, title = isNarrow && !isChosen ? $0.shortTitle : $0.title
            return (hasNames || isChosen ? "\($0.id.number) \(title)" : "\($0.id.number)", isChosen)
        }
        hidden =
            state.isZoomed || state.layout.isTooSmall
            ? [] : Self.hidden(state)
        essentials =
            state.overlay != nil || state.isFiltering
            ? [] : isNarrow ? Words.fewEssentials : Words.essentials
        formula = ScreenCatalog[state.screen].formula(state)
        flags = SanityFlag.flags(state)
        guidance = state.guidance.texts
        message = state.message
        hints = Self.hints(state)
        focus = state.focus
        isZoomed = state.isZoomed
        overlay = OverlayModel(state)
    }

    /// Takes in what some panels show.
    public mutating func show(_ panels: some Sequence<PanelID>, of state: ExplorerState) {
        for panel in panels { self.panels[panel] = PanelCatalog.content(of: panel, state) }
    }

    /// What a large window would show besides.
    private static func hidden(_ state: ExplorerState) -> [String] {
        let missing = state.screen.panels.filter { state.layout[$0] == nil }
        guard !missing.isEmpty else { return [] }
        let large = Layout(state, rows: 80, columns: 200)
        return missing.filter { large[$0] != nil }.map { PanelCatalog[$0].title }
    }

    private static func hints(_ state: ExplorerState) -> [String] {
        switch state.overlay {
        case .keys(let page): page.search == nil ? Words.keyPageHints : Words.keySearchHints
        case .help, .explanation, .log, .file: Words.pageHints
        case .stored: state.storedLook?.recipe == nil ? Words.pageHints : Words.storedHints
        case .conventions: Words.conventionHints
        case .formats: Words.formatHints
        case .picker(let picker): picker.activeField == nil ? Words.pickerHints : Words.fieldHints
        case .prompt: Words.promptHints
        case .files: Words.fileHints
        case nil where state.isFiltering: Words.filterHints
        case nil: PanelCatalog[state.focus].hints.filter { !Words.essentials.contains($0) }
        }
    }
}

/// Titles and messages that painters lay out.
public enum ScreenText {
    public static var program: String { Words.program }
    public static func hidden(_ panels: [String]) -> String { Words.hidden(panels.joined(separator: ", ")) }
    public static var noMatch: String { Words.noMatch }
    public static var filterPrompt: String { Words.filterPrompt }

    public static func title(of panel: PanelID) -> String { PanelCatalog[panel].title }
    public static func regionsLegend(right: String?, wrong: String) -> [String] {
        Words.labRegionsLegend(right: right, wrong: wrong)
    }
    public static func shownOf(_ shown: Int, of all: Int) -> String { Words.shownOf(shown, of: all) }
    public static func moreOffered(_ count: Int) -> String { Words.moreOffered(count) }
    public static func more(_ count: Int) -> String { Words.more(count) }
    public static var working: String { Words.working }
    public static var stripHeads: (range: [String], sqnr: String, share: String, outlier: String, dead: String) {
        Words.stripHeads
    }
    public static var noKey: String { Words.noKey }
    public static var squaredErrorStrip: String { Words.squaredErrorStrip }
    public static func largestBin(_ count: String) -> String { Words.largestBin(count) }
    public static var none: String { Words.none }
    public static var choiceHeads: (String, String, String) { Words.choiceHeads }
    public static func name(of curve: ObjectiveModel.Curve) -> String { Words.curveName(curve) }
    public static var firstValue: String { Words.firstValue }
    public static var secondValue: String { Words.secondValue }
    public static var scaleStrip: String { Words.scaleStrip }
    public static var costStrip: String { Words.costStrip }
    public static var bandCurves: [String] { Words.bandCurves }
    public static var onFrontier: String { Words.onFrontier }
    public static func entry(_ number: Int) -> String { Words.entry("\(number)") }
    public static var mouseSection: String { Words.sectionMouse }
    public static var mouseHelp: [(String, String)] { Words.mouse }
    public static var commandSection: String { Words.sectionCommands }
    public static var recipeWord: String { Words.helpRecipe }
    public static var recipeHelp: String { Words.helpRecipeWords }

    public static func tooSmall(rows: Int, columns: Int, neededRows: Int, neededColumns: Int) -> String {
        Words.tooSmall(rows: rows, columns: columns, neededRows: neededRows, neededColumns: neededColumns)
    }

    /// The state of the numbers, as the header says it.
    public static func state(_ state: ScreenModel.ResultState) -> String {
        func share(_ progress: Progress?) -> String { progress.map(Words.progress) ?? "" }
        switch state {
        case .exact: return Words.exact
        case .estimate(let progress): return Words.estimate + share(progress)
        case .waiting(let progress): return Words.working + share(progress)
        case .stopped: return Words.stopped
        case .problem: return Words.failed
        }
    }

    static func fileName(_ path: String) -> String {
        safe(path.split(separator: "/").last.map(String.init) ?? path)
    }
}
