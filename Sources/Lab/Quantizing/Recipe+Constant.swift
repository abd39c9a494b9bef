import Quantization

extension Recipe {
    /// A recipe that the lab itself writes.
    ///
    /// - Precondition: it is one.
    static func constant(_ text: String) -> Recipe {
        guard let recipe = try? Recipe(text) else { preconditionFailure("\(text) is a recipe") }
        return recipe
    }
}
