public import Quantization

/// What lies over the panels and takes the keys.
public enum Overlay: Sendable {
    /// The ten keys of the screen.
    case keys(KeyPage)
    /// Every key.
    case help(scroll: Int)
    /// What the focused thing is.
    case explanation(ExplanationTopic, scroll: Int)
    /// What was said so far.
    case log(scroll: Int)
    /// What the file says of itself.
    case file([PageLine], scroll: Int)
    /// How the open tensor is stored, from an element on.
    case stored(first: Int, scroll: Int)
    /// What two toolkits' rules make of the recipe.
    case conventions(ConventionPair)
    /// What every format does to the tensor.
    case formats(FormatTable)
    case picker(Picker)
    case prompt(Prompt)
    case files(FileBrowser)

    /// How far a page of text is scrolled; nil where the overlay is none.
    var scroll: Int? {
        switch self {
        case .help(let scroll), .explanation(_, let scroll), .log(let scroll), .file(_, let scroll),
            .stored(_, let scroll):
            scroll
        case .keys(let page): page.search == nil ? page.scroll : nil
        case .conventions(let pair): pair.scroll
        case .formats: 0
        case .picker, .prompt, .files: nil
        }
    }

    func scrolled(to scroll: Int) -> Overlay {
        switch self {
        case .help: .help(scroll: scroll)
        case .keys(let page): .keys(KeyPage(search: page.search, scroll: scroll))
        case .explanation(let topic, _): .explanation(topic, scroll: scroll)
        case .log: .log(scroll: scroll)
        case .file(let lines, _): .file(lines, scroll: scroll)
        case .stored(let first, _): .stored(first: first, scroll: scroll)
        case .conventions(let pair): .conventions(pair.scrolled(to: scroll))
        case .formats, .picker, .prompt, .files: self
        }
    }

    /// What it asks the worker while it is open.
    var questions: [any Question] {
        switch self {
        case .explanation(.setting(.rounding), _): [DrawsQuestion()]
        case .conventions: [ConventionsQuestion()]
        case .formats: [FormatsQuestion()]
        case .stored(let first, _): [StoredQuestion(first: first)]
        case .keys, .help, .explanation, .log, .file, .picker, .prompt, .files: []
        }
    }

    /// Letters are text here.
    public var takesText: Bool { scroll == nil }
}

/// The conventions that are compared, as positions in the list of all.
public struct ConventionPair: Equatable, Sendable {
    /// This program's rules, then every toolkit's.
    public static let all: [Convention?] = [nil] + Convention.allCases

    public var first: Int
    public var second: Int
    /// The list of all may lie below what the window holds.
    public var scroll = 0

    /// The recipe's own against another.
    init(_ convention: Convention?) {
        first = Self.all.firstIndex(of: convention) ?? 0
        second = first == 0 ? 1 : 0
    }

    func scrolled(to scroll: Int) -> ConventionPair {
        var pair = self
        pair.scroll = scroll
        return pair
    }

    static func moved(_ position: Int, by offset: Int) -> Int {
        (position + offset + all.count) % all.count
    }
}

/// The line after `:`.
public struct Prompt: Sendable {
    public var editor: LineEditor
    /// What the word before the cursor may become: shown while one types, taken by Tab.
    public var candidates: [Candidate] = []
    public var selected: Int?
    /// The line as it was before Tab began to go through the candidates.
    var completing: String?
    /// Where in the history the arrows are.
    var historyPosition: Int?
    /// The line as it was before the arrows.
    var draft = ""
    public var problem: String?

    /// A word that Tab may put in, and what it is.
    public struct Candidate: Equatable, Sendable {
        public let text: String
        /// What has to follow it.
        public let parameters: String
        public let note: String

        init(text: String, parameters: String = "", note: String) {
            self.text = text
            self.parameters = parameters
            self.note = note
        }
    }

    init(_ text: String = "") { editor = LineEditor(text) }
}

/// A folder to choose a file from.
public struct FileBrowser: Sendable {
    public struct Entry: Equatable, Sendable {
        public let name: String
        public let path: String
        public let isFolder: Bool
        /// Bytes; nil where unknown or a folder.
        public let size: Int?
        /// Opened before, from the list of recent files.
        public let isRecent: Bool

        public init(name: String, path: String, isFolder: Bool, size: Int? = nil, isRecent: Bool = false) {
            self.name = name
            self.path = path
            self.isFolder = isFolder
            self.size = size
            self.isRecent = isRecent
        }
    }

    public var folder: String
    /// nil while the folder is being read.
    public var entries: [Entry]? { didSet { list() } }
    public var filter = LineEditor() { didSet { list() } }
    /// What the filter lets through.
    public private(set) var listed: [Entry] = []
    public var selection = 0
    public var problem: String?

    init(folder: String) { self.folder = folder }

    private mutating func list() {
        let words = filter.string.lowercased().split(separator: " ")
        listed = (entries ?? []).filter { entry in
            let name = entry.name.lowercased()
            return words.allSatisfy { name.contains($0) }
        }
    }
}
