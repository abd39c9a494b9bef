public import Quantization

/// What a plan does with a weight.
public struct WeightTreatment: Hashable, Sendable, CustomStringConvertible {
    /// nil where the weight stays as it is stored: no error, and the bits that it has.
    public let recipe: Recipe?
    /// The recipe's text, or `keep`. Kept, since what is known of a weight is looked up by it many times for a plan.
    public let description: String

    private init(recipe: Recipe?, description: String) { (self.recipe, self.description) = (recipe, description) }

    /// The word for a weight that stays as it is.
    public static let keepWord = "keep"

    public static let kept = WeightTreatment(recipe: nil, description: keepWord)

    public static func quantized(_ recipe: Recipe) -> WeightTreatment {
        WeightTreatment(recipe: recipe, description: recipe.description)
    }

    /// A recipe, or `keep`.
    public init(_ text: String) throws(RecipeError) {
        let words = text.split(separator: " ")
        self = words.count == 1 && words[0] == Self.keepWord ? .kept : .quantized(try Recipe(text))
    }

    // As recipes are: equal where their texts are.
    public static func == (first: WeightTreatment, second: WeightTreatment) -> Bool {
        first.description == second.description
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
