public import Quantization

/// What happened: keys by their meaning, sizes, and results of the worker.
public enum Action: Sendable {
    public enum Motion: Sendable, Equatable {
        case up, down, left, right, pageUp, pageDown, halfPageUp, halfPageDown, first, last
    }

    case started
    case resized(Viewport)
    case settingStepped(Setting, forward: Bool)
    case moved(Motion)
    case focusMoved(forward: Bool)
    case entered
    case escaped
    case filterOpened
    case filterTyped(Character)
    case filterErased
    case matchStepped(forward: Bool)
    case rangeStepped(forward: Bool)
    case coverageSwitched
    case countScaleSwitched
    case zoomSwitched
    case helpSwitched
    case quitPressed
    case unknownKey(String)
    case resultArrived(WorkResult)
}

/// What the layout makes of the window's size.
public struct Viewport: Equatable, Sendable {
    public var rows: Int
    public var columns: Int
    /// Columns of the histogram, a bin each.
    public var plotColumns: Int
    /// Lines that move by a page.
    public var pageLength: Int
    /// How far the help and the error panel can be scrolled.
    public var helpScrollLimit: Int
    public var metricScrollLimit: Int

    public init(
        rows: Int, columns: Int, plotColumns: Int, pageLength: Int, helpScrollLimit: Int = 0, metricScrollLimit: Int = 0
    ) {
        self.rows = rows
        self.columns = columns
        self.plotColumns = max(1, plotColumns)
        self.pageLength = max(1, pageLength)
        self.helpScrollLimit = max(0, helpScrollLimit)
        self.metricScrollLimit = max(0, metricScrollLimit)
    }
}

/// What the worker found, stamped with the generation of the request.
public struct WorkResult: Sendable {
    public enum Content: Sendable {
        case statistics(TensorStatistics)
        case evaluation(Evaluation)
        case detail(RangeDetail)
        case progress(Double)
        case problem(String)
        case finished
    }

    public let generation: Int
    public let content: Content

    public init(generation: Int, content: Content) {
        self.generation = generation
        self.content = content
    }
}
