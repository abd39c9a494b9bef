import Basics
import Quantization

/// Many recipes on the tensor: estimates at once, then each exactly.
struct SweepQuestion: Question {
    typealias Answer = SweepPoints

    let recipes: [Recipe]

    static var life: AnswerLife { .tensor }
    static var needsRecipe: Bool { false }

    func answer(_ work: TensorWork) throws(Cancelled) {
        var missing: [Recipe] = []
        func put(_ evaluation: Evaluation) {
            let point = SweepPoint(recipe: evaluation.recipe, metrics: evaluation.metrics, isExact: evaluation.isExact)
            work.put(self) { $0 = ($0 ?? SweepPoints()).with(point) }
        }
        for recipe in recipes {
            if let known = work.known(recipe) { put(known) } else { missing.append(recipe) }
        }
        if !work.isSmall {
            for recipe in missing { if let evaluation = try work.proposal(recipe) { put(evaluation) } }
        }
        try work.evaluateAll(missing, put)
    }
}

/// One recipe on the tensor.
struct SweepPoint: Sendable {
    let recipe: Recipe
    let metrics: Metrics
    let isExact: Bool
}

/// What recipes do to the tensor.
struct SweepPoints: Sendable {
    private(set) var points: [Recipe: SweepPoint] = [:]

    func with(_ point: SweepPoint) -> SweepPoints {
        // What is exact stays so.
        guard point.isExact || points[point.recipe]?.isExact != true else { return self }
        var next = self
        next.points[point.recipe] = point
        return next
    }
}

extension ExplorerState {
    var sweepPoints: [Recipe: SweepPoint] { results[SweepQuestion.self]?.points ?? [:] }
}
