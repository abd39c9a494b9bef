public import Quantization
public import Tensors

/// One recipe on every weight of a checkpoint: which layers suffer.
///
/// Weights are tensors of real numbers with two axes or more; the others are kept as they are and counted. Tensors are read one after
/// the other in the order of their names, each by all cores, so that memory is bounded by what one evaluation takes.
public struct Scan: Sendable {
    /// What a recipe does to one tensor.
    public struct Row: Sendable {
        public let name: String
        public let shape: Shape
        public let recipe: String
        public let metrics: Metrics
        /// What totals are made of.
        public let sums: ErrorSums
    }

    /// A tensor that stays as it is.
    public struct Kept: Equatable, Sendable {
        public let name: String
        public let shape: Shape
        public let type: String
        public let bytes: Int
        public let elements: Int
        public let reason: String
    }

    public let recipe: Recipe
    /// What is quantized, in the order of the file.
    public let candidates: [TensorView]
    public let kept: [Kept]

    /// - Parameters:
    ///   - include: names that are quantized; all where there is no pattern.
    ///   - exclude: names that are kept, whatever `include` says.
    public init(
        _ tensors: [TensorView], recipe: Recipe, include: [NamePattern] = [], exclude: [NamePattern] = []
    ) {
        self.recipe = recipe
        var candidates: [TensorView] = [], kept: [Kept] = []
        for tensor in tensors {
            if let reason = Self.reasonToKeep(tensor, recipe, include, exclude) {
                kept.append(Kept(tensor, reason: reason))
            } else {
                candidates.append(tensor)
            }
        }
        self.candidates = candidates
        self.kept = kept
    }

    private static func reasonToKeep(
        _ tensor: TensorView, _ recipe: Recipe, _ include: [NamePattern], _ exclude: [NamePattern]
    ) -> String? {
        if !tensor.isFloatingPoint { return "\(tensor.elementType.rawValue) elements" }
        if tensor.storedShape.rank < 2 { return "fewer than two axes" }
        if tensor.count == 0 { return "no element" }
        if let pattern = exclude.first(where: { $0.matches(tensor.name) }) { return "excluded by \(pattern)" }
        if !include.isEmpty, !include.contains(where: { $0.matches(tensor.name) }) { return "not included" }
        do throws(ShapeMismatch) { _ = try recipe.layout(of: tensor) } catch { return error.description }
        return nil
    }

    /// The result of one candidate; nil where none of its elements is finite.
    public func row(_ tensor: TensorView, context: WorkContext) throws(Cancelled) -> Row? {
        guard let evaluator = try? Evaluator(tensor, recipe: recipe) else { return nil }
        let evaluation = try evaluator.evaluate(context)
        guard evaluation.sums.count > 0 else { return nil }
        return Row(
            name: tensor.name, shape: tensor.shape, recipe: recipe.description, metrics: evaluation.metrics,
            sums: evaluation.sums)
    }
}

extension Scan.Kept {
    public init(_ tensor: TensorView, reason: String) {
        self.init(
            name: tensor.name, shape: tensor.storedShape, type: tensor.typeName, bytes: tensor.byteCount,
            elements: tensor.storedShape.count, reason: reason)
    }
}
