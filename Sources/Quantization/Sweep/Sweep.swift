public import Basics
public import Tensors

/// Many recipes on one tensor.
public struct Sweep: Sendable {
    public let tensor: TensorView
    public let recipes: [Recipe]
    private let summary: TensorSummary

    /// - Parameters:
    ///   - tensor: what all of them quantize.
    ///   - recipes: those that do not fit the tensor are left out.
    ///   - summary: of the tensor's first pass.
    public init(_ tensor: TensorView, recipes: [Recipe], summary: TensorSummary) {
        self.tensor = tensor
        self.recipes = recipes
        self.summary = summary
    }

    /// Calls `found` for every recipe with its exact result, that of `Evaluator.evaluate` to the last bit, in no fixed order.
    ///
    /// Recipes whose ranges lie alike share the reading of the tensor.
    public func run(_ context: WorkContext = WorkContext(), _ found: (Evaluation) -> Void) throws(Cancelled) {
        let evaluators = recipes.compactMap { try? Evaluator(tensor, recipe: $0, summary: summary) }
        try EvaluationGroup(evaluators).evaluate(context) { _, evaluation in found(evaluation) }
    }
}
