import Quantization
import TensorFiles
import Tensors

/// What the tensor screen says, worded and numbered, without places or colours.
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

    public struct ListRow: Sendable {
        public let name: String
        /// The shape, or the outlier score where the list is sorted by it.
        public let note: String
        public let isOpen: Bool
    }

    public struct SettingRow: Sendable {
        public let letter: Character
        public let name: String
        public let value: String
        public let isSelected: Bool
        /// It means nothing under the recipe.
        public let isDim: Bool
    }

    public let screen: Screen
    /// The screens by their keys, the present one marked.
    public let tabs: [(text: String, isChosen: Bool)]
    public let strips: StripsModel?
    public let heatMap: HeatMapModel?
    public let pins: PinsModel?
    public let pairs: TableModel?
    public let ranking: TableModel?
    public let totals: TotalsModel?
    public let lab: LabModel?
    public let header: Header
    public let listTitle: String
    /// The part of the list around the open tensor.
    public let list: [ListRow]
    /// The notes are outlier scores.
    public let hasScores: Bool
    /// Where `list` begins within all that the filter lets through.
    public let listStart: Int
    /// The position of the open tensor in `list`.
    public let listCursor: Int?
    public let filter: String?
    /// The filter is being typed.
    public let isFiltering: Bool
    public let settings: [SettingRow]
    public let explanation: String
    /// From the longest on.
    public let metricsTitles: [String]
    public let metrics: [MetricRow]
    public let metricCursor: Int
    public let hasBaseline: Bool
    public let statistics: [FactRow]
    public let statisticsScroll: Int
    public let distribution: DistributionModel
    public let transfer: TransferModel?
    public let objective: ObjectiveModel?
    /// Why there is no staircase, or no curve over limits, where the format has none.
    public let transferNotice: String?
    public let objectiveNotice: String?
    public let timeline: TimelineModel
    /// nil where the screen has no room for it.
    public let format: FormatModel?
    public let errors: BarsModel?
    public let codes: BarsModel?
    /// From the most to the least wanted.
    public let formula: [String]
    public let flags: [SanityFlag]
    public let message: LogEntry?
    /// From the most to the least wanted.
    public let hints: [String]
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
        tabs = Screen.allCases.map { ("\($0.rawValue) \(Words.title(of: $0))", $0 == state.screen) }
        strips = state.screen == .channels ? StripsModel(state) : nil
        heatMap = state.screen == .channels ? HeatMapModel(state) : nil
        pins = state.screen == .compare ? PinsModel(state) : nil
        pairs = state.screen == .compare ? TableModel(pairsOf: state) : nil
        ranking = state.screen == .model ? TableModel(rankingOf: state) : nil
        totals = state.screen == .model ? TotalsModel(state) : nil
        lab = state.screen == .lab ? LabModel(state) : nil
        // Only what a screen can show: lists have up to 100,000 names.
        let cursor = state.listCursor
        let start = max(0, min((cursor ?? 0) - state.rows / 2, state.listed.count - state.rows))
        list = state.listed[start..<min(start + state.rows, state.listed.count)].map { index in
            let view = state.file.tensors[index]
            return ListRow(
                name: ScreenText.safe(view.name), note: Self.note(index, view, state),
                isOpen: index == state.tensorIndex)
        }
        listStart = start
        hasScores = state.order == .outlier
        listCursor = cursor.map { $0 - start }
        let total = state.file.tensors.count
        var title = Words.tensors + (state.listed.count == total ? " \(total)" : " \(state.listed.count)/\(total)")
        if state.order == .outlier, state.outlierScores.count < total {
            title += " ≈ " + Words.scored(state.outlierScores.count, of: total)
        }
        listTitle = title
        filter = state.isFiltering || !state.filter.isEmpty ? state.filter : nil
        isFiltering = state.isFiltering
        settings = Setting.allCases.map {
            SettingRow(
                letter: $0.letter, name: $0.name, value: $0.shownValue(in: state.recipe),
                isSelected: $0 == state.settingCursor, isDim: $0.reasonWithoutMeaning(in: state.recipe) != nil)
        }
        explanation =
            state.settingCursor.reasonWithoutMeaning(in: state.recipe)
            ?? (state.settingCursor == .bits && state.wantsFormatPanel
                ? Words.membersOfFamily : Words.explanation(of: state.settingCursor))
        hasBaseline = state.pin != nil
        let entries = state.pin == nil ? Words.judgedEntries(state).map { ["\(Words.metrics) ── \($0)"] } : nil
        metricsTitles = entries ?? (hasBaseline ? Words.pinTitles : [Words.metrics])
        metrics = MetricRow.rows(
            of: state.evaluation, baseline: hasBaseline ? state.baseline : nil, hasOutputs: state.hasOutputs)
        metricCursor = state.metricCursor
        statistics = StatisticsModel.rows(state)
        statisticsScroll = state.statisticsScroll
        distribution = DistributionModel(state)
        transfer = TransferModel(state)
        objective = ObjectiveModel(state)
        let formatName = state.recipe.format.name
        transferNotice = state.detail?.quantizer.isScalar == false ? Words.notForVectors(formatName) : nil
        objectiveNotice = state.hasLimits ? nil : Words.noLimits(formatName)
        timeline = TimelineModel(state)
        format = state.viewport.formatColumns == nil ? nil : FormatModel(state)
        errors = BarsModel.errors(state)
        codes = BarsModel.codes(state, columns: state.viewport.plotColumns)
        formula =
            switch state.screen {
            case .tensor: FormulaText.lines(state)
            case .channels: StripsModel.summary(state)
            case .compare, .model, .lab: []
            }
        flags = SanityFlag.flags(state)
        message = state.message
        hints = Self.hints(state)
        focus = state.focus
        isZoomed = state.isZoomed
        overlay = OverlayModel(state)
    }

    private static func note(_ index: Int, _ view: TensorView, _ state: ExplorerState) -> String {
        guard state.order == .outlier else { return view.storedShape.compact }
        guard let known = state.outlierScores[index] else { return "…" }
        return known.map { $0 < 100 ? NumberText.fixed($0, places: 2) : NumberText.short($0) } ?? Words.none
    }

    private static func hints(_ state: ExplorerState) -> [String] {
        switch state.overlay {
        case .help, .explanation, .log, .file: Words.pageHints
        case .stored: state.storedLook?.recipe == nil ? Words.pageHints : Words.storedHints
        case .conventions: Words.conventionHints
        case .formats: Words.formatHints
        case .picker(let picker): picker.activeField == nil ? Words.pickerHints : Words.fieldHints
        case .prompt: Words.promptHints
        case .files: Words.fileHints
        case nil where state.isFiltering: Words.filterHints
        case nil: PanelCatalog[state.focus].hints
        }
    }
}

/// Titles and messages that painters place.
public enum ScreenText {
    public static var program: String { Words.program }
    public static var recipe: String { Words.recipe }
    public static var noMatch: String { Words.noMatch }
    public static var filterPrompt: String { Words.filterPrompt }

    public static func title(of panel: PanelID) -> String { PanelCatalog[panel].title }
    public static func more(_ count: Int) -> String { Words.more(count) }
    public static var working: String { Words.working }
    public static var stripHeads: (range: String, sqnr: String, share: String, outlier: String, dead: String) {
        Words.stripHeads
    }
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
