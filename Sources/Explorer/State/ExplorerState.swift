public import Checkpoints
public import Quantization
public import TensorFiles
public import Tensors

/// How the list of tensors is sorted.
public enum ListOrder: String, CaseIterable, Sendable {
    case name
    /// The largest outlier score first, those not yet known last.
    case outlier
    /// The most elements first.
    case size
}

/// One thing that was said to the user.
public struct LogEntry: Equatable, Sendable {
    public enum Kind: Sendable { case note, warning }
    public let kind: Kind
    public let text: String
}

/// What was there before a change that can be undone.
enum UndoStep: Sendable {
    case recipe(Recipe)
    /// Patterns of the scan.
    case patterns(include: [NamePattern], exclude: [NamePattern])
    case pins([Recipe], pin: Recipe?)
}

/// Everything that the explorer shows. Only `reduce` changes it.
public struct ExplorerState: Sendable {
    public internal(set) var file: TensorFile
    /// Counts the files that were opened, so that late answers about an earlier one are known as such.
    var fileNumber = 0
    /// The names in lower case, for the filter.
    var searchNames: [[UInt8]]
    /// The open tensor, as a position in `file.tensors`.
    public internal(set) var tensorIndex: Int

    // The recipe
    public internal(set) var recipe: Recipe
    /// What can be gone back and forth to.
    var past: [UndoStep] = []
    var future: [UndoStep] = []
    /// Moves of the clip limits one after the other are one step to undo.
    var isMovingClip = false
    /// What metrics are compared with.
    public internal(set) var pin: Recipe?
    /// From the configuration: values that the keys step through.
    let usual: [Setting: [String]]

    // The list
    /// Positions of the tensors that the filter lets through, in `order`.
    public internal(set) var listed: [Int]
    public internal(set) var order = ListOrder.name
    var filterEditor = LineEditor()
    public var filter: String { filterEditor.string }
    public internal(set) var isFiltering = false
    /// Where Esc goes back to.
    var tensorBeforeFilter: Int?
    /// The list was sorted, or its first tensor asked for, before all scores were known: the first one is to be opened then.
    var wantsFirst = false
    /// By tensor, of those that were looked at; nil within where a tensor has no values.
    public internal(set) var facts: [Int: TensorFacts?] = [:]

    /// How far a tensor's farthest element lies; nil where that is unknown or undefined.
    public func outlierScore(of index: Int) -> Double? { facts[index].flatMap { $0?.outlierScore } }

    // Screens
    public internal(set) var screen = ScreenID.tensor
    public internal(set) var channels = ChannelsState()
    public internal(set) var model = ModelState()
    public internal(set) var comparison = ComparisonState()
    public internal(set) var lab = LabState()
    /// What other screens remember.
    var memories = ScreenMemories()
    /// Measured inputs of layers, where there are any.
    public internal(set) var activations: Activations?
    /// What had the focus on a screen when it was left.
    var lastFocus: [ScreenID: PanelID] = [:]

    // Views
    public internal(set) var focus = PanelID.recipe
    public internal(set) var settingCursor = Setting.bits
    public internal(set) var metricCursor = 0
    public internal(set) var statisticsScroll = 0
    public internal(set) var isZoomed = false
    /// The page of the format panel, and how far its list is moved.
    public internal(set) var formatPage = 0
    public internal(set) var formatScroll = 0
    public internal(set) var overlay: Overlay?
    public internal(set) var hasLogCounts = true
    public internal(set) var hasLogAxis = false
    /// The part of the axis that is shown; nil shows all of it.
    public internal(set) var window: DetailQuestion.Window?
    /// The window stays when another tensor is opened.
    public internal(set) var isAxisLocked = false
    /// The axis on the screen, and the one that shows everything; nil until the worker has made it.
    public internal(set) var axis: Axis?
    var wholeAxis: Axis?
    /// The value that the cursor is at; nil leaves it at a typical one.
    public internal(set) var cursor: Double?
    /// The limit that the cursor of the objective is at; nil leaves it at the one in use.
    public internal(set) var objectiveCursor: Double?
    /// The entry that the cursor of the timeline is at.
    public internal(set) var timelineCursor = 0
    /// The range that the user stepped to; nil follows the one with the largest share of the error.
    public internal(set) var chosenRange: Int?
    /// What the histogram is of, where there are several ranges.
    public internal(set) var coverage = RangeDetail.Coverage.units
    public internal(set) var layout: Layout
    /// Columns of the histogram, a bin each, and of the histogram of errors; as they were while these are not shown.
    public internal(set) var plotColumns = 40
    var errorColumns = 60
    public internal(set) var appearance: Appearance
    /// How many lines the page of text over the panels has in so many columns.
    public typealias PageLength = @Sendable (ExplorerState, _ width: Int) -> Int
    private let pageLength: PageLength

    // Results
    public internal(set) var generation = 0
    public internal(set) var results = TensorResults()
    /// What was asked for last.
    var asked: Set<AnyQuestion> = []
    /// How far the running work is, where it takes long enough to say.
    public internal(set) var progress: Progress?
    /// All requested work is done.
    public internal(set) var isIdle = true

    /// A file that a session compares with, to be opened without going to its screen.
    var wantedOther: String?
    /// A file that is being opened to be diagnosed.
    var wantedDiagnosis: String?
    /// That the values were quantized before was said of this file.
    var hasWarnedOfStored = false

    /// What a newcomer is told in the line of warnings.
    var guidance = Guidance.done
    /// Columns of the longest name of the file, as far as lists take them in.
    var longestName = 0
    /// Outlines of tensors that lists showed, by their positions.
    public internal(set) var silhouettes: [Int: Silhouette] = [:]
    /// What the last setting changed, while that is bright.
    public internal(set) var flash: Flash?
    var lastShown: LastShown?
    /// The metric that is written large.
    public internal(set) var largeMetric = MetricID.sqnr

    // Words
    /// One line for the user, until the next key.
    public internal(set) var message: LogEntry?
    public internal(set) var log: [LogEntry] = []
    /// Lines typed after `:`, the latest last.
    public internal(set) var history: [String] = []
    /// Files opened before, the latest first.
    public internal(set) var recentFiles: [String] = []
    public internal(set) var shouldQuit = false

    /// - Parameters:
    ///   - isNewcomer: the first hints are shown, and the list of tensors has the focus.
    ///   - pageLength: what the text of an overlay takes where it is drawn.
    /// - Precondition: the file has at least one tensor.
    public init(
        file: TensorFile, tensorName: String? = nil, recipe: Recipe, appearance: Appearance = Appearance(),
        usual: [Setting: [String]] = [:], recentFiles: [String] = [], history: [String] = [],
        activations: Activations? = nil, isNewcomer: Bool = false, pageLength: @escaping PageLength = { _, _ in 0 }
    ) {
        precondition(!file.tensors.isEmpty, "the explorer needs a tensor")
        self.file = file
        self.pageLength = pageLength
        searchNames = []
        self.recipe = recipe
        listed = []
        tensorIndex = 0
        self.appearance = appearance
        self.usual = usual
        self.recentFiles = recentFiles
        self.history = history
        self.activations = activations
        layout = Layout(rows: 24, columns: 80, hasFormula: true)
        // Without a file of one's own one is here for the first time.
        if isNewcomer { (guidance, focus) = (.welcome, .tensors) }
        take(file, tensorName: tensorName)
        layout = Layout(self, rows: 24, columns: 80)
    }

    /// Makes a file the open one.
    mutating func take(_ file: TensorFile, tensorName: String?) {
        self.file = file
        fileNumber += 1
        searchNames = file.tensors.map { Array($0.name.lowercased().utf8) }
        listed = Array(file.tensors.indices)
        order = .name
        filterEditor = LineEditor()
        isFiltering = false
        facts = [:]
        silhouettes = [:]
        longestName = file.tensors.lazy.map { $0.name.unicodeScalars.count }.max() ?? 0
        wantsFirst = false
        hasWarnedOfStored = false
        model.forgetFile()
        memories.forgetFile()
        (comparison.other, comparison.marked) = (nil, nil)
        isAxisLocked = false
        let isUsual: (TensorView) -> Bool = {
            $0.isFloatingPoint && $0.storedShape.rank >= 2 && $0.count > 0
        }
        tensorIndex =
            tensorName.flatMap(file.position)
            ?? file.tensors.firstIndex(where: isUsual) ?? 0
        forgetTensor()
        for warning in file.warnings { warn(ScreenText.safe(warning)) }
    }

    /// What is known and chosen for one tensor alone.
    mutating func forgetTensor() {
        results.drop(.tensor)
        flash = nil
        chosenRange = nil
        if isAxisLocked, let window {
            axis = Axis(low: window.low, high: window.high, isLogarithmic: hasLogAxis)
        } else {
            (window, axis) = (nil, nil)
        }
        (wholeAxis, comparison.wholeAxis) = (nil, nil)
        cursor = nil
        objectiveCursor = nil
        timelineCursor = 0
        formatScroll = 0
        statisticsScroll = 0
        channels.forgetTensor()
        memories.forgetTensor()
    }

    /// The error of outputs can be computed for the open tensor.
    public var hasOutputs: Bool { inputs != nil }
    var inputs: LayerInputs? { activations?.inputs(for: tensor) }

    public var rows: Int { layout.rows }
    public var columns: Int { layout.columns }
    /// How far the text of an overlay can be scrolled.
    var overlayScrollLimit: Int {
        let room = layout.overlay().inner
        return max(0, pageLength(self, room.width) - room.height)
    }
    public var tensor: TensorView { file.tensors[tensorIndex] }
    public var tensorKey: TensorKey { TensorKey(file: fileNumber, tensor: tensorIndex) }
    /// The position of the open tensor in the list, nil where the filter hides it.
    public var listCursor: Int? { listed.firstIndex(of: tensorIndex) }
    /// The range that ruler, clip lines and formula belong to.
    public var shownRange: Int { detail?.range ?? chosenRange ?? evaluation?.worstRange ?? 0 }
    /// Ranges are chosen over the entries of axis 0.
    public var hasEntryRanges: Bool { recipe.rangeMode != .own }
    /// The recipe's format has more to show than equal steps.
    public var wantsFormatPanel: Bool { !recipe.format.hasEqualSteps }
    /// There is a clip limit to choose.
    public var hasLimits: Bool { recipe.hasClipping }
    /// The built-in samples are shown.
    public var hasSamples: Bool { file.format == SampleCatalog.formatName }

    /// Where the cursor is: where the user put it, else a typical value, the first of some upper percentiles that does not
    /// become zero.
    public var cursorValue: Float? {
        if let cursor { return Float(cursor) }
        guard let percentiles = statistics?.percentiles else { return nil }
        let upper = percentiles.dropFirst(5).map { Float($0) }
        guard let quantizer = detail?.quantizer else { return upper.first }
        let shown = wholeAxis.map { axis in upper.filter { (0...1).contains(axis.share(of: Double($0))) } } ?? upper
        // A range on the other side of zero: a third of the way to its limit.
        let inside = abs(quantizer.range.low) > abs(quantizer.range.high) ? quantizer.range.low : quantizer.range.high
        return shown.first { quantizer.code(of: $0, rounding: .even, index: 0) != quantizer.zeroCode }
            ?? shown.first ?? inside / 3
    }

    /// The axis of the picture on the screen, which a wanted one may be ahead of.
    public var shownAxis: Axis? {
        detail.map { Axis($0.original.binning, isLogarithmic: hasLogAxis) } ?? axis
    }

    /// An element's index along every axis: `[3, 17]`.
    func indices(ofElement element: Int) -> String {
        var rest = element, indices: [Int] = []
        for extent in tensor.shape.extents.reversed() {
            indices.append(extent > 0 ? rest % extent : 0)
            rest /= max(1, extent)
        }
        return "[" + indices.reversed().map(String.init).joined(separator: ", ") + "]"
    }

    /// Why there are no numbers to work with.
    var reasonWithoutLimits: String { hasLimits ? reasonForWaiting : Words.noLimits(recipe.format.name) }
    var reasonForWaiting: String { problem ?? (isIdle ? Words.stoppedByUser : Words.notYet) }

    // MARK: What is said

    mutating func say(_ text: String) { say(LogEntry(kind: .note, text: text)) }
    mutating func warn(_ text: String) { say(LogEntry(kind: .warning, text: text)) }

    private mutating func say(_ entry: LogEntry) {
        message = entry
        log.append(entry)
        if log.count > 500 { log.removeFirst(log.count - 500) }
    }
}
