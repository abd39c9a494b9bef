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

    /// The value as the panel shows it: nothing where the format has no such setting.
    func shownValue(in recipe: Recipe) -> String {
        let traits = recipe.format.traits
        let isThere: Bool
        switch self {
        case .format, .bits, .granularity: isThere = true
        case .mapping: isThere = traits.hasMapping
        case .clipping: if case .none = traits.clipping { isThere = false } else { isThere = true }
        case .rounding: isThere = traits.hasRounding
        case .range: isThere = traits.hasRangeMode
        case .scale: isThere = !traits.scaleTypes.isEmpty
        case .convention: isThere = traits.hasConvention
        }
        return isThere ? value(in: recipe) : Words.none
    }

    /// What tells values of the setting apart: several formats may have the same bits.
    func identity(in recipe: Recipe) -> String { self == .bits ? recipe.format.name : value(in: recipe) }

    /// The word of a recipe that gives this setting a value as the panel or a configuration shows it.
    func word(for value: String, in recipe: Recipe) -> String {
        switch self {
        case .format, .mapping, .granularity: value
        case .bits:
            if let bits = Int(value), let token = FormatCatalog.family(of: recipe.format).token(bits: bits) {
                token
            } else {
                FormatCatalog.families.contains { value.hasPrefix($0.prefix) } ? value : "int" + value
            }
        case .clipping: "clip:" + value
        case .rounding: "round:" + value
        case .range: "range:" + value
        case .scale: "scale:" + value
        case .convention: "convention:" + value
        }
    }

    /// Why the setting has no meaning under a recipe; nil where it has.
    func reasonWithoutMeaning(in recipe: Recipe) -> String? {
        let traits = recipe.format.traits, name = recipe.format.name
        switch self {
        case .format: return nil
        case .bits:
            return FormatCatalog.family(of: recipe.format).usual.count > 1 ? nil : Words.hasOneWidth(name)
        case .mapping: return traits.hasMapping ? nil : Words.meansNothing(self, name, Words.onlyForIntegers)
        case .granularity:
            if case .fixed(_, let words) = traits.granularity { return Words.meansNothing(self, name, words) }
        case .clipping:
            if case .none(let words) = traits.clipping { return Words.meansNothing(self, name, words) }
        case .rounding:
            if let convention = recipe.convention { return Words.roundingIsTheConventions(convention) }
            return traits.hasRounding ? nil : Words.meansNothing(self, name, Words.nearestLevel)
        case .range: return traits.hasRangeMode ? nil : Words.meansNothing(self, name, Words.noRangeAhead)
        case .scale: return traits.scaleTypes.isEmpty ? Words.meansNothing(self, name, traits.noScale) : nil
        case .convention: return traits.hasConvention ? nil : Words.meansNothing(self, name, Words.onlyForIntegers)
        }
        return nil
    }
}
