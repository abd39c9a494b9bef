import Checkpoints
import Lab
import Quantization
import TensorFiles
import Tensors

public enum CommandCatalog {
    public static let commands: [PromptCommand] = [
        PromptCommand("quit", alias: "q", "", Words.helpQuit) { state, argument in
            guard argument.isEmpty else { return .failure(.unwanted(argument, "quit")) }
            state.shouldQuit = true
            return .success([])
        },
        PromptCommand(
            "open", alias: "e", "FILE", Words.helpOpen, completions: { PromptCommand.matches($1, in: $0.recentFiles) },
            completesPaths: true
        ) { state, path in
            path.isEmpty ? .success(state.openBrowser()) : .success(state.open(path: path))
        },
        PromptCommand("files", Words.helpFiles, does: .filesOpened),
        PromptCommand("save", alias: "w", "[FILE]", Words.helpSave, completesPaths: true) { state, path in
            let whole = path.isEmpty || path.hasSuffix(".qlens") ? path : path + ".qlens"
            return .success([.files(.write(state.session, path: whole.isEmpty ? nil : whole))])
        },
        PromptCommand("picture", "[panel] FILE.svg", Words.helpPicture, completesPaths: true) { state, text in
            let word = "panel ", isPanel = text.hasPrefix(word)
            let path = isPanel ? String(text.dropFirst(word.count).drop { $0 == " " }) : text
            guard path.hasSuffix(".svg") else { return .failure(.expected(path, "FILE.svg")) }
            return .success([.picture(path: path, panel: isPanel ? state.focus : nil)])
        },
        PromptCommand(
            "goto", "NAME", Words.helpTensor, completions: { state, text in state.names(matching: text) },
            run: { state, name in
                if let position = state.file.position(named: name) { return .success(state.open(position)) }
                // A part of a name is enough; of several the first one, and how many there are.
                let matches = name.isEmpty ? [] : state.names(matching: name)
                if let first = matches.first, let position = state.file.position(named: first) {
                    let requests = state.open(position)
                    if matches.count > 1 { state.say(Words.firstOf(matches.count, matching: name)) }
                    return .success(requests)
                }
                do throws(FileError) {
                    _ = try state.file.tensor(named: name)
                    return .success([])
                } catch {
                    return .failure(CommandProblem(text: error.description))
                }
            }
        ).offered(where: { $0.file.tensors.count > 1 }),
        PromptCommand("range", "NUMBER", Words.helpRange) { state, text in
            guard let count = state.evaluation?.rangeCount else {
                return .failure(CommandProblem(text: state.reasonForWaiting))
            }
            guard let number = Int(text), number >= 0, number < count else {
                return .failure(.expected(text, "0 … \(count - 1)"))
            }
            state.chosenRange = number
            if state.coverage == .units { state.coverage = .range }
            return .success([state.request(keepsEvaluation: true)])
        }.offered(where: { ($0.evaluation?.rangeCount ?? 0) > 1 }),
        PromptCommand("nan", "", Words.helpNaN) { state, _ in state.openNextNotFinite() }.offered(where: {
            $0.file.tensors.count > 1
        }),
        PromptCommand("sort", Words.helpSort, oneOf: ListOrder.self) { state, order in state.sort(by: order) },
        PromptCommand("cursor", "VALUE", Words.helpCursor) { state, text in
            guard let value = Double(text), Float(value).isFinite else {
                return .failure(.expected(text, Words.aNumber))
            }
            return .success(state.reduce(.pointed(.distribution, .value(value))))
        },
        PromptCommand("window", "[LO HI]", Words.helpWindow) { state, text in
            if text.isEmpty { return .success(state.reduce(.axisShown)) }
            let numbers = text.split { $0 == " " || $0 == "," }.compactMap { Double($0) }
            guard numbers.count == 2, let window = DetailQuestion.Window(low: numbers[0], high: numbers[1]),
                !state.hasLogAxis || window.low > 0
            else { return .failure(.expected(text, Words.twoNumbers)) }
            state.window = window
            state.axis = Axis(low: window.low, high: window.high, isLogarithmic: state.hasLogAxis)
            return .success([state.request(keepsEvaluation: true)])
        },
        PromptCommand("pin", alias: "p", Words.helpPin, does: .pinSwitched),
        PromptCommand("undo", alias: "u", Words.helpUndo, does: .undone).offered(where: { !$0.past.isEmpty }),
        PromptCommand("redo", Words.helpRedo, does: .redone).offered(where: { !$0.future.isEmpty }),
        PromptCommand("conventions", Words.helpConventions, does: .conventionsCompared),
        PromptCommand("formats", Words.helpFormats, does: .formatsCompared),
        PromptCommand(
            "compare", "FILE", Words.helpCompare,
            completions: { PromptCommand.matches($1, in: $0.recentFiles) }, completesPaths: true
        ) { state, path in
            path.isEmpty ? .failure(.expected("", "FILE")) : .success(state.openOther(path))
        },
        PromptCommand(
            "diagnose", "[FILE]", Words.helpDiagnose,
            completions: { PromptCommand.matches($1, in: $0.recentFiles) }, completesPaths: true
        ) { state, path in
            path.isEmpty && state.comparison.other == nil
                ? .failure(.expected("", "FILE")) : .success(state.diagnose(path))
        }.on(.compare),
        PromptCommand("include", "[PATTERN]", Words.helpInclude) { state, pattern in
            state.remember(.patterns(include: state.model.include, exclude: state.model.exclude))
            state.model.include = pattern.isEmpty ? [] : [NamePattern(pattern)]
            if pattern.isEmpty { state.model.exclude = [] }
            return .success(state.rescan())
        }.on(.model),
        PromptCommand("exclude", "PATTERN", Words.helpExclude) { state, pattern in
            guard !pattern.isEmpty else { return .failure(.expected("", "PATTERN")) }
            state.remember(.patterns(include: state.model.include, exclude: state.model.exclude))
            state.model.exclude.append(NamePattern(pattern))
            return .success(state.rescan())
        }.on(.model),
        PromptCommand(
            "rank", "KEY", Words.helpRank,
            completions: { PromptCommand.matches($1, in: RankColumn.names) }
        ) { state, key in
            guard let order = RankColumn(key) else {
                return .failure(.expected(key, RankColumn.names.joined(separator: ", ")))
            }
            return .success(state.sortRanking(by: order) + state.choose(.model))
        }.on(.model),
        PromptCommand(
            "lab", "[NAME|SETTING VALUE]", Words.helpLab,
            completions: { state, text in
                PromptCommand.matches(
                    text, in: ExperimentCatalog.all.map { $0.name } + state.lab.settings.map { $0.name })
            },
            run: { state, text in state.tellLab(text) }),
        PromptCommand("budget", "NUMBER", Words.helpBudget) { state, text in state.setBudget(text) }.on(.plan),
        PromptCommand("export", "FILE", Words.helpExport, completesPaths: true) { state, path in
            path.isEmpty ? .failure(.expected("", "FILE")) : .success(state.exportPlan(to: path))
        }.on(.plan),
        PromptCommand("theme", Words.helpTheme, oneOf: Appearance.ThemeName.self) { state, theme in
            state.appearance.theme = theme
            return []
        },
        PromptCommand("glyphs", Words.helpGlyphs, oneOf: Appearance.GlyphLevel.self) { state, glyphs in
            state.appearance.glyphs = glyphs
            return []
        },
        PromptCommand(
            "mouse", "on|off", Words.helpMouse, completions: { PromptCommand.matches($1, in: ["on", "off"]) },
            run: { state, text in
                guard let isOn = ["on": true, "off": false][text] else { return .failure(.expected(text, "on, off")) }
                return .success(state.appearance.hasMouse == isOn ? [] : state.reduce(.mouseSwitched))
            }),
        PromptCommand("log", "", Words.helpLog) { state, _ in
            // From the end, where the latest is.
            state.overlay = .log(scroll: Int.max)
            return .success([])
        },
        PromptCommand("file", Words.helpFile, does: .fileShown),
        PromptCommand("stored", "[ELEMENT]", Words.helpStored) { state, text in
            guard let first = text.isEmpty ? 0 : Int(text), first >= 0, first < max(1, state.tensor.count) else {
                return .failure(.expected(text, "0 … \(max(0, state.tensor.count - 1))"))
            }
            return .success(state.showStored(from: first))
        },
        PromptCommand("explain", alias: "i", Words.helpExplain, does: .explanationAsked),
        PromptCommand("help", alias: "h", Words.helpHelp, does: .helpSwitched),
    ]

    /// What hands that know vi type.
    private static let habits = [
        "q!": "quit", "qa": "quit", "qa!": "quit", "wq": "quit", "x": "quit", "w!": "save", "e!": "open",
        "edit": "open",
        "write": "save",
    ]

    static func command(named name: String) -> PromptCommand? {
        let name = habits[name] ?? name
        return commands.first { $0.name == name || $0.alias == name }
    }

    /// A command, or words of a recipe.
    static func run(_ line: String, on state: inout ExplorerState) -> Result<[Request], CommandProblem> {
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        if let first = parts.first, let command = command(named: first) {
            return command.run(&state, parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        do throws(RecipeError) {
            let next = try state.recipe.changed(by: line)
            do throws(ShapeMismatch) {
                _ = try next.layout(of: state.tensor.shape)
            } catch {
                return .failure(CommandProblem(text: error.description))
            }
            return .success(state.change(to: next))
        } catch {
            let isOneWord = parts.count == 1 && !line.contains(":")
            let nearest = NearestNames.nearest(to: parts.first ?? "", in: commands.map { $0.name }, limit: 2)
            return .failure(
                CommandProblem(
                    text: Words.found(error.token, expected: error.expected)
                        + (isOneWord && !nearest.isEmpty ? Words.orCommand(nearest.joined(separator: ", ")) : "")))
        }
    }

    private static let completionLimit = 200

    /// The path that a line ends in, where its command takes one.
    static func path(in line: String) -> String? {
        guard let blank = line.firstIndex(of: " "), let command = command(named: String(line[..<blank])),
            command.completesPaths
        else { return nil }
        return String(line[line.index(after: blank)...].drop { $0 == " " })
    }

    /// What the last word of a line may become, the likeliest first, with what it is.
    static func completions(of line: String, in state: ExplorerState) -> [Prompt.Candidate] {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let isParameter = words.count > 1 && command(named: words[0]) != nil
        let choices = isParameter ? [] : Setting.allCases.flatMap { ChoiceCatalog.choices(of: $0, shape: .scalar) }
        return texts(of: line, in: state).map { text in
            if isParameter {
                let tensor = state.file.position(named: text).map { state.file.tensors[$0] }
                return Prompt.Candidate(text: text, note: tensor?.storedShape.description ?? "")
            }
            if words.count == 1, let command = command(named: text) {
                return Prompt.Candidate(text: text, parameters: command.parameters, note: command.help)
            }
            return Prompt.Candidate(text: text, note: recipeNote(text, choices))
        }
    }

    /// The commands that there is something to do for: the screen's own first, then those of all screens.
    private static func offered(in state: ExplorerState) -> [PromptCommand] {
        let possible = commands.filter { $0.isPossible(state) }
        return possible.filter { $0.home == state.screen } + possible.filter { $0.home == nil }
    }

    /// What a word of a recipe means.
    private static func recipeNote(_ word: String, _ choices: [Choice]) -> String {
        choices.first { $0.numbers(of: word) != nil || $0.template.hasPrefix(word + ":") }?.words ?? ""
    }

    private static func texts(of line: String, in state: ExplorerState) -> [String] {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        if words.count > 1, let command = command(named: words[0]) {
            let argument = words.dropFirst().joined(separator: " ")
            return Array(command.completions(state, argument).prefix(completionLimit))
        }
        let last = words.last ?? ""
        // What ends the program comes last: Tab and Enter by habit must not.
        func quitLast(_ names: [String]) -> [String] { names.filter { $0 != "quit" } + ["quit"] }
        if last.isEmpty {
            return words.count > 1
                ? Recipe.exampleWords : quitLast(offered(in: state).map { $0.name } + Recipe.exampleWords)
        }
        let names = words.count == 1 ? quitLast(commands.map { $0.name }) : []
        return (names + Recipe.exampleWords).filter { $0.hasPrefix(last) }
    }

    /// The part of a line before a command's parameter, which a completion replaces as a whole.
    static func replacedPart(of line: String) -> String? {
        guard let blank = line.firstIndex(of: " "), command(named: String(line[..<blank])) != nil else { return nil }
        return String(line[...blank])
    }
}
