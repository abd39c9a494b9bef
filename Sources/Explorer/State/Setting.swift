import Quantization

/// The settings of a recipe, in the order of the panel. Each has one letter everywhere.
public enum Setting: Int, CaseIterable, Sendable {
    case format, bits, mapping, granularity, clipping, rounding, range, scale, convention

    public var letter: Character {
        switch self {
        case .format: "f"
        case .bits: "b"
        case .mapping: "m"
        case .granularity: "s"
        case .clipping: "c"
        case .rounding: "r"
        case .range: "t"
        case .scale: "w"
        case .convention: "e"
        }
    }

    public var name: String { Words.name(of: self) }

    /// The name in configuration files, the same in every language.
    public var key: String {
        switch self {
        case .format: "format"
        case .bits: "bits"
        case .mapping: "mapping"
        case .granularity: "granularity"
        case .clipping: "clipping"
        case .rounding: "rounding"
        case .range: "range"
        case .scale: "scale"
        case .convention: "convention"
        }
    }

    func value(in recipe: Recipe) -> String {
        switch self {
        case .format: recipe.format.name
        case .bits: String(recipe.format.bits)
        case .mapping: recipe.mapping.rawValue
        case .granularity: recipe.granularity.description
        case .clipping: recipe.clipping.description
        case .rounding: recipe.rounding.description
        case .range: recipe.rangeMode.description
        case .scale: recipe.scaleType.rawValue
        case .convention: recipe.convention?.rawValue ?? "none"
        }
    }

    /// The word of a recipe that gives this setting a value as the panel shows it.
    func word(for value: String) -> String {
        switch self {
        case .format, .mapping, .granularity: value
        case .bits: "int" + value
        case .clipping: "clip:" + value
        case .rounding: "round:" + value
        case .range: "range:" + value
        case .scale: "scale:" + value
        case .convention: "convention:" + value
        }
    }

    /// Why the setting has no meaning under a recipe; nil where it has.
    func reasonWithoutMeaning(in recipe: Recipe) -> String? {
        guard self == .rounding, let convention = recipe.convention else { return nil }
        return Words.roundingIsTheConventions(convention)
    }
}
