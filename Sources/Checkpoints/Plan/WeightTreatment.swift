public import Quantization

/// What a plan does with a weight.
public enum WeightTreatment: Hashable, Sendable, CustomStringConvertible {
    case quantized(Recipe)
    /// It stays as it is stored: no error, and the bits that it has.
    case kept

    /// The word for a weight that stays as it is.
    public static let keepWord = "keep"

    /// A recipe, or `keep`.
    public init(_ text: String) throws(RecipeError) {
        let words = text.split(separator: " ")
        self = words.count == 1 && words[0] == Self.keepWord ? .kept : .quantized(try Recipe(text))
    }

    public var recipe: Recipe? { if case .quantized(let recipe) = self { recipe } else { nil } }

    public var description: String {
        switch self {
        case .quantized(let recipe): recipe.description
        case .kept: Self.keepWord
        }
    }
}
