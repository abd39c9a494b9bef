import Basics
public import Quantization

/// What each format does to the tensor: all of them by the sample first, where that is faster, then each exactly.
struct FormatsQuestion: Question {
    typealias Answer = FormatResults

    static var life: AnswerLife { .tensor }

    func answer(_ work: TensorWork) throws(Cancelled) {
        let recipes = FormatTable.recipes(for: work.request)
        func put(_ recipe: Recipe, _ evaluation: Evaluation) {
            let result = SweepPoint(evaluation)
            work.put(self) { $0 = ($0 ?? FormatResults()).with(result, of: recipes.count) }
        }
        if !work.isSmall {
            for recipe in recipes {
                if let evaluation = try work.proposal(recipe) { put(recipe, evaluation) }
            }
        }
        for recipe in recipes {
            guard let evaluation = try work.evaluate(recipe) else { continue }
            put(recipe, evaluation)
        }
    }
}

/// What formats do to the tensor.
public struct FormatResults: Sendable {
    /// By the text of the recipe.
    public private(set) var results: [String: SweepPoint] = [:]
    /// How many there will be.
    public private(set) var total = 0

    func with(_ result: SweepPoint, of total: Int) -> FormatResults {
        var next = self
        next.total = total
        next.results[result.name] = result
        return next
    }
}

extension ExplorerState {
    public var formatResults: FormatResults { results[FormatsQuestion.self] ?? FormatResults() }
}
