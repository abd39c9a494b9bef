public import Quantization
public import TensorFiles
public import Tensors

/// Panels that can have the focus, in the order of `Tab`.
public enum Panel: Int, CaseIterable, Sendable {
    case tensors, distribution, recipe, error
}

/// Everything that the explorer shows. Only `reduce` changes it.
public struct ExplorerState: Sendable {
    public let file: TensorFile
    /// The names in lower case, for the filter.
    let searchNames: [[UInt8]]
    /// The open tensor, as a position in `file.tensors`.
    public internal(set) var tensorIndex: Int
    public internal(set) var recipe: Recipe

    // The list
    /// Positions of the tensors that the filter lets through, in natural order.
    public internal(set) var listed: [Int]
    public internal(set) var filter = ""
    public internal(set) var isFiltering = false
    /// Where Esc goes back to.
    var tensorBeforeFilter: Int?

    // Views
    public internal(set) var focus = Panel.recipe
    public internal(set) var settingCursor = Setting.bits
    public internal(set) var metricScroll = 0
    public internal(set) var isZoomed = false
    public internal(set) var helpScroll: Int?
    public internal(set) var hasLogCounts = true
    /// The range that the user stepped to; nil follows the one with the largest share of the error.
    public internal(set) var chosenRange: Int?
    /// The histogram covers all elements instead of one range's.
    public internal(set) var coversAll = false
    public internal(set) var viewport = Viewport(rows: 24, columns: 80, plotColumns: 40, pageLength: 10)

    // Results
    public internal(set) var generation = 0
    public internal(set) var statistics: TensorStatistics?
    /// Of `recipe` on the open tensor, an estimate or exact; nil while there is neither.
    public internal(set) var evaluation: Evaluation?
    public internal(set) var detail: RangeDetail?
    /// The share of the running work that is done, where it takes long enough to say.
    public internal(set) var progress: Double?
    /// Why the recipe cannot be applied to the tensor.
    public internal(set) var problem: String?
    /// All requested work is done.
    public internal(set) var isIdle = true
    /// One line for the user, until the next key.
    public internal(set) var message: String?
    public internal(set) var shouldQuit = false

    /// - Precondition: the file has at least one tensor.
    public init(file: TensorFile, tensorName: String? = nil, recipe: Recipe) {
        precondition(!file.tensors.isEmpty, "the explorer needs a tensor")
        self.file = file
        searchNames = file.tensors.map { Array($0.name.lowercased().utf8) }
        self.recipe = recipe
        listed = Array(file.tensors.indices)
        let isUsual: (TensorView) -> Bool = {
            $0.elementType.isFloatingPoint && $0.storedShape.rank >= 2 && $0.count > 0
        }
        tensorIndex =
            tensorName.flatMap { name in file.tensors.firstIndex { $0.name == name } }
            ?? file.tensors.firstIndex(where: isUsual) ?? 0
    }

    public var rows: Int { viewport.rows }
    public var columns: Int { viewport.columns }
    public var tensor: TensorView { file.tensors[tensorIndex] }
    public var isHelpVisible: Bool { helpScroll != nil }
    /// The position of the open tensor in the list, nil where the filter hides it.
    public var listCursor: Int? { listed.firstIndex(of: tensorIndex) }
    /// The range that ruler, clip lines and formula belong to.
    public var shownRange: Int { detail?.range ?? chosenRange ?? evaluation?.worstRange ?? 0 }
}
