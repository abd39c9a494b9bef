import Basics
public import Quantization
public import TensorFiles

/// What the user wants every time: `config` in the configuration folder.
///
///     theme = dark
///     glyphs = blocks
///     mouse = off
///     motion = off
///     recipe = int4 sym group:128
///     usual granularity = tensor channel:0 group:32 group:128
public struct Configuration: Equatable, Sendable {
    public var theme: Appearance.ThemeName?
    public var glyphs: Appearance.GlyphLevel?
    public var hasMouse: Bool?
    public var hasMotion: Bool?
    /// The recipe to begin with.
    public var recipe: Recipe?
    /// Values that the keys step through.
    public var usual: [Setting: [String]] = [:]

    public init() {}

    /// - Throws: with file, line, what was found and what is expected.
    public init(_ text: String, path: String) throws(FileError) {
        for line in try KeyValueText(text, path: path).lines {
            func failure(_ expected: String) -> FileError {
                KeyValueText.failure(
                    path, line.number, found: "\(line.name) = \(Printable.quoted(line.value))", expected: expected)
            }
            func oneOf(_ values: [String]) -> FileError { failure("\(line.name) = " + values.joined(separator: ", ")) }
            switch line.name {
            case "theme":
                guard let theme = Appearance.ThemeName(rawValue: line.value) else {
                    throw oneOf(Appearance.ThemeName.allCases.map { $0.rawValue })
                }
                self.theme = theme
            case "glyphs":
                guard let glyphs = Appearance.GlyphLevel(rawValue: line.value) else {
                    throw oneOf(Appearance.GlyphLevel.allCases.map { $0.rawValue })
                }
                self.glyphs = glyphs
            case "mouse":
                guard let isOn = ["on": true, "off": false][line.value] else { throw oneOf(["on", "off"]) }
                hasMouse = isOn
            case "motion":
                guard let isOn = ["on": true, "off": false][line.value] else { throw oneOf(["on", "off"]) }
                hasMotion = isOn
            case "recipe":
                do throws(RecipeError) {
                    recipe = try Recipe(line.value)
                } catch {
                    throw failure(error.expected)
                }
            default:
                guard line.name.hasPrefix("usual "),
                    let setting = Setting.allCases.first(where: { "usual " + $0.key == line.name })
                else {
                    throw KeyValueText.failure(
                        path, line.number, found: Printable.quoted(line.name),
                        expected: Self.names.joined(separator: ", "))
                }
                usual[setting] = try Self.values(of: setting, line.value, failure)
            }
        }
    }

    /// What a line does.
    public static func help(of name: String) -> String { Words.help(ofConfiguration: name) }

    /// The names that lines may have.
    public static var names: [String] {
        ["theme", "glyphs", "mouse", "motion", "recipe"] + Setting.allCases.map { "usual " + $0.key }
    }

    private static func values(
        of setting: Setting, _ text: String, _ failure: (String) -> FileError
    ) throws(FileError) -> [String] {
        let values = text.split(separator: " ").map(String.init)
        guard !values.isEmpty else { throw failure(Words.atLeastOneValue) }
        for value in values {
            let recipe: Recipe
            do throws(RecipeError) {
                recipe = try Recipe().changed(by: setting.word(for: value, in: Recipe()))
            } catch {
                throw failure(error.expected)
            }
            guard setting.value(in: recipe) == value else { throw failure(Words.asInRecipe(setting.key)) }
        }
        return values
    }
}
