import Quantization

/// A word after `:` and what it does. A new one is a line in `CommandCatalog.commands`.
public struct PromptCommand: Sendable {
    public let name: String
    /// A second, shorter name.
    let alias: String?
    /// As help writes it: `FILE`, `[on|off]`, or nothing.
    public let parameters: String
    public let help: String
    /// What its parameter may become, given its beginning or a part of it; the likeliest first.
    let completions: @Sendable (ExplorerState, String) -> [String]
    /// Its parameter is a path, which the file service completes.
    var completesPaths = false
    /// Where it belongs to one screen: there it is offered first, and not at all on the others.
    private(set) var home: ScreenID?
    /// Whether there is something that it could be done to.
    private(set) var isPossible: @Sendable (ExplorerState) -> Bool = { _ in true }
    let run: @Sendable (inout ExplorerState, String) -> Result<[Request], CommandProblem>

    init(
        _ name: String, alias: String? = nil, _ parameters: String = "", _ help: String,
        completions: @escaping @Sendable (ExplorerState, String) -> [String] = { _, _ in [] },
        completesPaths: Bool = false,
        run: @escaping @Sendable (inout ExplorerState, String) -> Result<[Request], CommandProblem>
    ) {
        self.name = name
        self.alias = alias
        self.parameters = parameters
        self.help = help
        self.completions = completions
        self.completesPaths = completesPaths
        self.run = run
    }

    /// A command whose parameter is one of some names.
    init<Value: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ help: String, oneOf type: Value.Type,
        does: @escaping @Sendable (inout ExplorerState, Value) -> [Request]
    ) {
        let all = Value.allCases.map { $0.rawValue }
        self.init(name, all.joined(separator: "|"), help, completions: { _, text in Self.matches(text, in: all) }) {
            state, text in
            guard let value = Value(rawValue: text) else {
                return .failure(.expected(text, all.joined(separator: ", ")))
            }
            return .success(does(&state, value))
        }
    }

    /// The command as one of a screen.
    func on(_ screen: ScreenID) -> PromptCommand {
        var command = self
        command.home = screen
        return command
    }

    /// The command as one that is only offered where something holds.
    func offered(where isPossible: @escaping @Sendable (ExplorerState) -> Bool) -> PromptCommand {
        var command = self
        command.isPossible = isPossible
        return command
    }

    /// Those that begin with a text, then those that hold it elsewhere.
    static func matches(_ text: String, in all: [String]) -> [String] {
        let word = text.lowercased()
        let begin = all.filter { $0.lowercased().hasPrefix(word) }
        return begin + all.filter { !$0.lowercased().hasPrefix(word) && $0.lowercased().contains(word) }
    }

    /// A command that is the same as an action.
    init(_ name: String, alias: String? = nil, _ help: String, does action: Action) {
        self.init(name, alias: alias, "", help) { state, argument in
            guard argument.isEmpty else { return .failure(.unwanted(argument, name)) }
            return .success(state.reduce(action))
        }
    }
}

/// Why a line after `:` could not be done.
struct CommandProblem: Error {
    let text: String

    static func expected(_ found: String, _ expected: String) -> CommandProblem {
        CommandProblem(text: Words.found(found, expected: expected))
    }
    static func unwanted(_ found: String, _ name: String) -> CommandProblem {
        expected(found, Words.nothingAfter(name))
    }
}
