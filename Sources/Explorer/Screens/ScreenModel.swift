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
        case estimate(Double?)
        case waiting(Double?)
        case problem(String)
    }

    public struct ListRow: Sendable {
        public let name: String
        public let shape: String
        public let isOpen: Bool
    }

    public struct SettingRow: Sendable {
        public let letter: Character
        public let name: String
        public let value: String
        public let isSelected: Bool
    }

    public let header: Header
    public let listTitle: String
    /// The part of the list around the open tensor.
    public let list: [ListRow]
    /// The position of the open tensor in `list`.
    public let listCursor: Int?
    public let filter: String?
    public let settings: [SettingRow]
    public let explanation: String
    public let metrics: [MetricRow]
    public let metricScroll: Int
    public let distribution: DistributionModel
    /// From the most to the least wanted.
    public let formula: [String]
    public let message: String?
    public let hints: String
    public let focus: Panel
    public let isZoomed: Bool

    public init(_ state: ExplorerState) {
        let tensor = state.tensor
        let resultState: ResultState =
            if let problem = state.problem {
                .problem(problem)
            } else if let evaluation = state.evaluation {
                evaluation.isExact ? .exact : .estimate(state.progress)
            } else {
                .waiting(state.progress)
            }
        header = Header(
            file: ScreenText.fileName(state.file.path), tensor: ScreenText.safe(tensor.name),
            type: "\(tensor.elementType.rawValue) \(tensor.storedShape)", recipe: state.recipe.description,
            state: resultState)
        // Only what a screen can show: lists have up to 100,000 names.
        let cursor = state.listCursor
        let start = max(0, min((cursor ?? 0) - state.rows / 2, state.listed.count - state.rows))
        list = state.listed[start..<min(start + state.rows, state.listed.count)].map { index in
            let view = state.file.tensors[index]
            return ListRow(
                name: ScreenText.safe(view.name), shape: view.storedShape.compact, isOpen: index == state.tensorIndex)
        }
        listCursor = cursor.map { $0 - start }
        let total = state.file.tensors.count
        listTitle = Words.tensors + (state.listed.count == total ? " \(total)" : " \(state.listed.count)/\(total)")
        filter = state.isFiltering || !state.filter.isEmpty ? state.filter : nil
        settings = Setting.allCases.map {
            SettingRow(
                letter: $0.letter, name: $0.name, value: $0.value(in: state.recipe),
                isSelected: $0 == state.settingCursor)
        }
        explanation = Words.explanation(of: state.settingCursor)
        metrics = MetricRow.rows(of: state.evaluation)
        metricScroll = state.metricScroll
        distribution = DistributionModel(state)
        formula = FormulaText.lines(state)
        message = state.message
        hints = state.isHelpVisible ? Words.helpHints : state.isFiltering ? Words.filterHints : Words.hints
        focus = state.focus
        isZoomed = state.isZoomed
    }
}

/// Titles and messages that painters place.
public enum ScreenText {
    public static var program: String { Words.program }
    public static var distribution: String { Words.distribution }
    public static var recipe: String { Words.recipe }
    public static var error: String { Words.error }
    public static var help: String { Words.help }
    public static var noMatch: String { Words.noMatch }
    public static var filterPrompt: String { Words.filterPrompt }

    public static func tooSmall(rows: Int, columns: Int, neededRows: Int, neededColumns: Int) -> String {
        Words.tooSmall(rows: rows, columns: columns, neededRows: neededRows, neededColumns: neededColumns)
    }

    /// The state of the numbers, as the header says it.
    public static func state(_ state: ScreenModel.ResultState) -> String {
        func share(_ progress: Double?) -> String { progress.map { " \(Int($0 * 100)) %" } ?? "" }
        switch state {
        case .exact: return Words.exact
        case .estimate(let progress): return Words.estimate + share(progress)
        case .waiting(let progress): return Words.working + share(progress)
        case .problem: return Words.failed
        }
    }

    static func fileName(_ path: String) -> String {
        safe(path.split(separator: "/").last.map(String.init) ?? path)
    }
}
