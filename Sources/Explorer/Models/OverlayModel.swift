import Basics
import Quantization

/// What lies over the panels, worded.
public enum OverlayModel: Sendable {
    case page(PageModel)
    case picker(PickerModel)
    case prompt(PromptModel)
    case files(FilesModel)
    case formats(FormatTableModel)

    public struct PageModel: Sendable {
        public let title: String
        /// nil where the lines are the keys, which the front end knows.
        public let lines: [PageLine]?
        public let scroll: Int
        /// What is looked for among the keys; nil where nothing is.
        public var search: LineEditor?
    }

    /// Lines of a list with one of them selected.
    public struct Row: Sendable {
        public let text: String
        /// What has to follow it.
        public var parameters = ""
        public let note: String
    }

    public struct PickerModel: Sendable {
        public let title: String
        public let filter: LineEditor
        public let rows: [Row]
        public let selection: Int
        /// Names and contents of the selected choice's fields.
        public let fields: [(name: String, editor: LineEditor)]
        public let activeField: Int?
        /// The word as it would be taken, and what is wrong with it.
        public let result: String
        public let problem: String?
        /// What the selected choice is.
        public let explanation: String
        /// How many there are without the filter, which the height of the list follows.
        public let choiceCount: Int
    }

    public struct PromptModel: Sendable {
        public let editor: LineEditor
        public let candidates: [Row]
        /// nil while they are only offered.
        public let selected: Int?
        public let problem: String?
    }

    public struct FilesModel: Sendable {
        public let title: String
        public let filter: LineEditor
        /// The part of the list around the selection.
        public let rows: [Row]
        /// Where `rows` begins within the whole list, and the selection within `rows`.
        public let start: Int
        public let selection: Int
        /// Instead of rows, or what could not be opened.
        public let notice: String?
        public let hasProblem: Bool
    }

    /// What the screen is for, and ten keys.
    private static func keys(of screen: any Screen) -> [PageLine] {
        [.text(screen.help), .blank] + screen.tenKeys.map { .pair($0.keys, $0.does) }
            + [.blank, .text(Words.moreKeys)]
    }

    public init?(_ state: ExplorerState) {
        switch state.overlay {
        case nil: return nil
        case .keys(let page):
            let screen = ScreenCatalog[state.screen]
            self = .page(
                PageModel(
                    title: Words.keysOf(screen.title), lines: page.search == nil ? Self.keys(of: screen) : nil,
                    scroll: page.scroll, search: page.search))
        case .help(let scroll): self = .page(PageModel(title: Words.help, lines: nil, scroll: scroll))
        case .explanation(let topic, let scroll):
            self = .page(PageModel(title: topic.title, lines: state.explanation(of: topic), scroll: scroll))
        case .log(let scroll):
            let lines: [PageLine] = state.log.map { $0.kind == .warning ? .warning($0.text) : .text($0.text) }
            self = .page(
                PageModel(title: Words.log, lines: lines.isEmpty ? [.text(Words.nothingSaid)] : lines, scroll: scroll))
        case .file(let lines, let scroll):
            self = .page(PageModel(title: Words.file, lines: lines, scroll: scroll))
        case .stored(_, let scroll):
            self = .page(PageModel(title: Words.stored, lines: StoredLines.lines(state), scroll: scroll))
        case .conventions(let pair):
            self = .page(
                PageModel(title: Words.conventions, lines: ConventionLines.lines(pair, state), scroll: pair.scroll))
        case .formats(let table): self = .formats(FormatTableModel(table, state))
        case .picker(let picker): self = .picker(Self.model(picker))
        case .prompt(let prompt):
            self = .prompt(
                PromptModel(
                    editor: prompt.editor,
                    candidates: prompt.candidates.map {
                        Row(
                            text: ScreenText.safe($0.text), parameters: $0.parameters, note: ScreenText.safe($0.note))
                    },
                    selected: prompt.selected, problem: prompt.problem))
        case .files(let browser): self = .files(Self.model(browser, shown: state.rows))
        }
    }

    private static func model(_ picker: Picker) -> PickerModel {
        let listed = picker.listed, selected = picker.selected
        let fields = selected.map { index in
            zip(picker.choices[index].parameters, picker.fields(of: index)).map { (name: $0, editor: $1) }
        }
        return PickerModel(
            title: Words.name(of: picker.setting), filter: picker.filter,
            rows: listed.map { Row(text: picker.choices[$0].template, note: picker.choices[$0].words) },
            selection: selected.flatMap { listed.firstIndex(of: $0) } ?? 0, fields: fields ?? [],
            activeField: picker.activeField, result: picker.word.map(Words.value) ?? "", problem: picker.problem,
            explanation: selected.map { picker.choices[$0].words } ?? "", choiceCount: picker.choices.count)
    }

    /// Only what a screen can show: folders may hold very many files.
    private static func model(_ browser: FileBrowser, shown: Int) -> FilesModel {
        let listed = browser.listed
        let selection = max(0, min(browser.selection, listed.count - 1))
        let start = max(0, min(selection - shown, listed.count - 2 * shown))
        let rows = listed[start..<min(start + 2 * shown, listed.count)].map { entry in
            Row(
                text: ScreenText.safe(entry.name),
                note: entry.isRecent ? Words.recent : entry.size.map { NumberText.short(Double($0)) + "B" } ?? "")
        }
        let notice =
            browser.problem
            ?? (browser.entries == nil ? Words.readingFolder : rows.isEmpty ? Words.emptyFolder : nil)
        return FilesModel(
            title: "\(Words.files) \(ScreenText.safe(browser.folder))", filter: browser.filter, rows: rows,
            start: start, selection: selection - start, notice: notice,
            hasProblem: browser.problem != nil)
    }
}
