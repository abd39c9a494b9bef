import Basics
import Checkpoints
import Lab
public import Quantization
public import TensorFiles
import Tensors

/// Where the user was: what `:save` writes, `:open` and `--resume` bring back.
public struct SessionRecord: Equatable, Sendable {
    /// Of the checkpoint, absolute; nil for the built-in samples.
    public var file: String?
    public var tensor: String
    public var recipe: Recipe
    public var pin: Recipe?
    public var range: Int?
    public var window: DetailQuestion.Window?
    public var cursor: Double?
    public var coverage = RangeDetail.Coverage.units
    public var hasLogCounts = true
    public var hasLogAxis = false
    /// What screens remember, by the names of their lines.
    public var screens: [String: String] = [:]
    /// The number of the screen; 1 at first.
    public var screen = 1
    /// Recipes of the comparison.
    public var pins: [Recipe] = []
    /// Another file that is compared with, absolute.
    public var other: String?
    /// Patterns of the scan.
    public var include: [String] = []
    public var exclude: [String] = []
    /// The experiment of the lab, and settings that are not its own, by experiment and setting.
    public var experiment: String?
    public var labSettings: [String: [String: String]] = [:]

    public init(file: String?, tensor: String, recipe: Recipe) {
        self.file = file
        self.tensor = tensor
        self.recipe = recipe
    }

    static let firstLine = "# qlens session"

    /// Whether a file's beginning is a session's.
    public static func matches(_ bytes: [UInt8]) -> Bool { bytes.starts(with: firstLine.utf8) }

    public var text: String {
        var lines = [Self.firstLine]
        func add(_ name: String, _ value: String) { lines.append("\(name) = \(value)") }
        if let file { add("file", KeyValueText.escaped(file)) }
        add("tensor", KeyValueText.escaped(tensor))
        add("recipe", recipe.description)
        if let pin { add("pin", pin.description) }
        if let range { add("range", String(range)) }
        if let window { add("window", "\(window.low) \(window.high)") }
        if let cursor { add("cursor", "\(cursor)") }
        if coverage != .units { add("elements", coverage.rawValue) }
        if !hasLogCounts { add("counts", "linear") }
        if hasLogAxis { add("axis", "log") }
        if screen != 1 { add("screen", String(screen)) }
        for (index, pin) in pins.enumerated() { add("pin \(index + 1)", pin.description) }
        if let other { add("compare", KeyValueText.escaped(other)) }
        for (index, pattern) in include.enumerated() { add("include \(index + 1)", KeyValueText.escaped(pattern)) }
        for (index, pattern) in exclude.enumerated() { add("exclude \(index + 1)", KeyValueText.escaped(pattern)) }
        if let experiment { add("experiment", experiment) }
        for (experiment, settings) in labSettings.sorted(by: { $0.key < $1.key }) {
            for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
                add("lab \(experiment) \(name)", KeyValueText.escaped(value))
            }
        }
        for (name, record) in screens.sorted(by: { $0.key < $1.key }) { add(name, record) }
        return lines.joined(separator: "\n") + "\n"
    }

    public init(_ text: String, path: String) throws(FileError) {
        self.init(file: nil, tensor: "", recipe: Recipe())
        var hasRecipe = false
        for line in try KeyValueText(text, path: path).lines {
            func failure(_ expected: String) -> FileError {
                KeyValueText.failure(
                    path, line.number, found: "\(line.name) = \(Printable.quoted(line.value))", expected: expected)
            }
            func recipe() throws(FileError) -> Recipe {
                do throws(RecipeError) { return try Recipe(line.value) } catch { throw failure(error.expected) }
            }
            let numbers = line.value.split(separator: " ").compactMap { Double($0) }
            switch line.name {
            case "file": file = KeyValueText.unescaped(line.value)
            case "tensor": tensor = KeyValueText.unescaped(line.value)
            case "recipe":
                self.recipe = try recipe()
                hasRecipe = true
            case "pin": pin = try recipe()
            case "range":
                guard let number = Int(line.value), number >= 0, number < 1 << 40 else {
                    throw failure(Words.wholeNumber)
                }
                range = number
            case "window":
                guard numbers.count == 2, let part = DetailQuestion.Window(low: numbers[0], high: numbers[1]) else {
                    throw failure(Words.lowerAndHigher)
                }
                window = part
            case "cursor":
                guard numbers.count == 1, numbers[0].isFinite else { throw failure(Words.aNumber) }
                cursor = numbers[0]
            case "elements":
                // What files of earlier versions call all is the values.
                guard let found = RangeDetail.Coverage(rawValue: line.value == "all" ? "values" : line.value) else {
                    throw failure(RangeDetail.Coverage.allCases.map { $0.rawValue }.joined(separator: ", "))
                }
                coverage = found
            case "counts":
                guard line.value == "linear" else { throw failure("linear") }
                hasLogCounts = false
            case "axis":
                guard line.value == "log" else { throw failure("log") }
                hasLogAxis = true
            case "screen":
                guard let number = Int(line.value), ScreenCatalog.all.contains(where: { $0.id.number == number }) else {
                    throw failure(ScreenCatalog.all.map { "\($0.id.number)" }.joined(separator: ", "))
                }
                screen = number
            case "compare": other = KeyValueText.unescaped(line.value)
            case "experiment":
                guard ExperimentCatalog.experiment(line.value) != nil else {
                    throw failure(ExperimentCatalog.all.map { $0.name }.joined(separator: ", "))
                }
                experiment = line.value
            case let name where name.hasPrefix("pin "): pins.append(try recipe())
            case let name where name.hasPrefix("include "): include.append(KeyValueText.unescaped(line.value))
            case let name where name.hasPrefix("exclude "): exclude.append(KeyValueText.unescaped(line.value))
            case let name where name.hasPrefix("lab "):
                let parts = name.split(separator: " ").dropFirst().map(String.init),
                    value = KeyValueText.unescaped(line.value)
                guard parts.count == 2, let known = ExperimentCatalog.experiment(parts[0]),
                    let setting = known.allSettings.first(where: { $0.name == parts[1] })
                else { throw failure(Words.asSaved(name)) }
                if let problem = setting.problem(with: value) { throw failure(problem) }
                labSettings[parts[0], default: [:]][parts[1]] = value
            default:
                guard let memory = ScreenCatalog.memories.first(where: { $0.recordName == line.name }) else {
                    let names =
                        [
                            "file", "tensor", "recipe", "pin", "range", "window", "cursor", "elements", "counts",
                            "axis",
                            "screen", "compare", "experiment",
                        ] + Words.numberedNames
                    let all = names + ScreenCatalog.memories.compactMap { $0.recordName }
                    throw KeyValueText.failure(
                        path, line.number, found: Printable.quoted(line.name), expected: all.joined(separator: ", "))
                }
                guard memory.init(record: line.value) != nil else {
                    throw failure(Words.asSaved(line.name))
                }
                screens[line.name] = line.value
            }
        }
        guard hasRecipe else {
            throw FileError(path: path, found: Words.noRecipeLine, expected: "recipe = \(Recipe())")
        }
    }
}

extension ExplorerState {
    /// Where the user is: file, tensor, recipe, range, cursor.
    public var session: SessionRecord {
        var record = SessionRecord(
            file: hasSamples ? nil : Folder.absolute(file.path), tensor: tensor.name, recipe: recipe)
        record.pin = pin
        record.range = chosenRange
        record.window = window
        record.cursor = cursor
        record.coverage = coverage
        record.hasLogCounts = hasLogCounts
        record.hasLogAxis = hasLogAxis
        record.screens = memories.records
        record.screen = screen.number
        record.pins = comparison.pins
        record.other = comparison.other.map { Folder.absolute($0.path) }
        record.include = model.include.map { $0.description }
        record.exclude = model.exclude.map { $0.description }
        record.experiment = lab.place == 0 ? nil : lab.experiment.name
        record.labSettings = lab.chosen.filter { !$0.value.isEmpty }
        return record
    }

    /// Goes to a recorded state in the open file. A tensor that is not there leaves the first one, and says so.
    public mutating func resume(_ record: SessionRecord) {
        let index = file.position(named: record.tensor)
        if let index, index != tensorIndex {
            tensorIndex = index
            forgetTensor()
        }
        recipe = record.recipe
        past = []
        future = []
        isMovingClip = false
        pin = record.pin
        results.baseline = nil
        if index == nil {
            warn(Words.noSuchTensor(Printable.quoted(record.tensor)))
        } else {
            // These belong to the tensor.
            chosenRange = record.range
            window = record.window
            cursor = record.cursor
        }
        coverage = record.coverage
        hasLogCounts = record.hasLogCounts
        hasLogAxis = record.hasLogAxis
        memories.take(record.screens)
        comparison.pins = record.pins.suffix(ComparisonState.mostPins)
        if let pin, !comparison.pins.contains(pin) { addPin(pin) }
        wantedOther = record.other
        (model.include, model.exclude) = (
            record.include.map { NamePattern($0) }, record.exclude.map { NamePattern($0) }
        )
        model.scan = nil
        lab.place = record.experiment.flatMap { name in ExperimentCatalog.all.firstIndex { $0.name == name } } ?? 0
        lab.chosen = record.labSettings
        if let wanted = ScreenCatalog.all.first(where: { $0.id.number == record.screen })?.id, wanted != screen {
            lastFocus[screen] = focus
            screen = wanted
            focus = lastFocus[wanted] ?? ScreenCatalog[wanted].firstPanel
        }
        axis = nil
        wholeAxis = nil
    }
}
