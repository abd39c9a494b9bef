import Basics
public import Quantization

/// Other recipes on the tensor.
struct PinsQuestion: Question {
    typealias Answer = PinResults

    let recipes: [Recipe]

    static var life: AnswerLife { .tensor }
    static var needsRecipe: Bool { false }

    func answer(_ work: TensorWork) throws(Cancelled) {
        for recipe in recipes {
            let evaluator: Evaluator
            do throws(ShapeMismatch) {
                evaluator = try Evaluator(work.tensor, recipe: recipe, summary: work.summary)
            } catch {
                let reason = error.description
                work.put(self) { $0 = ($0 ?? PinResults()).with(recipe, misfit: reason) }
                continue
            }
            let evaluation = try work.judge(evaluator, recipe)
            work.put(self) { $0 = ($0 ?? PinResults()).with(evaluation) }
        }
    }
}

/// What pinned recipes do to the tensor.
public struct PinResults: Sendable {
    /// Exact results.
    public private(set) var evaluations: [Recipe: Evaluation] = [:]
    /// Recipes that do not fit the tensor, and why.
    public private(set) var misfits: [Recipe: String] = [:]

    func with(_ evaluation: Evaluation) -> PinResults {
        var result = self
        result.evaluations[evaluation.recipe] = evaluation
        return result
    }

    func with(_ recipe: Recipe, misfit: String) -> PinResults {
        var result = self
        result.misfits[recipe] = misfit
        return result
    }
}

extension ExplorerState {
    public var pinResults: PinResults { results[PinsQuestion.self] ?? PinResults() }
}
