/// How a clipping range becomes a quantizer, with the recipe's settings looked up once: short ranges come in millions.
enum QuantizerRule: Sendable {
    /// Equal steps.
    case uniform(any UniformFormat, Mapping, ScaleType, Convention?)
    /// Fixed levels under a scale.
    case scaled(CodeBook, ScaleRule)
    /// The format fits its levels to values and has no clipping range.
    case none(String)

    /// - Parameter tensorLargest: the largest magnitude of the tensor, which some formats look at.
    init(_ recipe: Recipe, tensorLargest: Float = 0) {
        switch recipe.format.coding.kind {
        case .uniform(let format):
            self = .uniform(format, recipe.mapping, recipe.scaleType, recipe.convention)
        case .scaled(let format):
            self = .scaled(format.book, format.scaleRule(recipe.scaleType, tensorLargest: tensorLargest))
        case .fitted, .joint: self = .none(recipe.format.name)
        }
    }

    func quantizer(for range: ClipRange) -> Quantizer {
        switch self {
        case .uniform(let format, let mapping, let scaleType, let convention):
            return .affine(
                format.quantizer(for: range, mapping: mapping, scaleType: scaleType, convention: convention))
        case .scaled(let book, let rule):
            let used = range.effective(for: .symmetric)
            return .book(BookQuantizer(book: book, scale: rule.scale(of: used.high), range: used))
        case .none(let name): preconditionFailure("\(name) has no clipping range")
        }
    }
}
