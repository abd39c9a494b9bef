import Basics
public import Quantization

/// What each toolkit's rules make of the recipe.
struct ConventionsQuestion: Question {
    typealias Answer = [ConventionResult]

    static var life: AnswerLife { .request }

    func answer(_ work: TensorWork) throws(Cancelled) {
        for convention in ConventionPair.all {
            if convention?.hasAsymmetric == false, work.request.recipe.mapping == .asymmetric { continue }
            let recipe = work.request.recipe.following(convention)
            guard let evaluator = try? Evaluator(work.tensor, recipe: recipe, summary: work.summary) else { continue }
            let evaluation = try work.evaluate(evaluator, recipe)
            let result = ConventionResult(
                convention: convention, evaluation: evaluation,
                quantizer: try evaluator.quantizer(ofRange: work.range, context: work.quiet))
            work.put(self) { $0 = ($0 ?? []) + [result] }
        }
    }
}

extension ExplorerState {
    public var conventionResults: [ConventionResult] { results[ConventionsQuestion.self] ?? [] }
}

/// What one toolkit's rules make of the recipe; nil is this program's.
public struct ConventionResult: Sendable {
    public let convention: Convention?
    public let evaluation: Evaluation
    /// Of the range that is shown.
    public let quantizer: Quantizer
}
