import Basics
import Quantization

/// The recipes of a grid on the tensor: estimates at once, then each exactly.
struct SweepQuestion: Question {
    typealias Answer = SweepPoints

    let grid: SweepGrid

    static var life: AnswerLife { .tensor }
    static var needsRecipe: Bool { false }

    func answer(_ work: TensorWork) throws(Cancelled) {
        let recipes = (try? grid.recipes(for: work.tensor))?.fitting ?? []
        let names = recipes.map { $0.description }
        work.put(self) { $0 = ($0 ?? SweepPoints()).sweeping(names) }
        var missing: [Recipe] = []
        func put(_ evaluation: Evaluation) {
            let point = SweepPoint(evaluation)
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

/// What recipes do to the tensor.
struct SweepPoints: Sendable {
    /// Those of the grid that fit the tensor, by their texts.
    private(set) var names: [String] = []
    /// Of all grids that were swept.
    private var points: [String: SweepPoint] = [:]

    var known: [SweepPoint] { names.compactMap { points[$0] } }

    func sweeping(_ names: [String]) -> SweepPoints {
        var next = self
        next.names = names
        return next
    }

    func with(_ point: SweepPoint) -> SweepPoints {
        // What is exact stays so.
        guard point.isExact || points[point.name]?.isExact != true else { return self }
        var next = self
        next.points[point.name] = point
        return next
    }
}

extension ExplorerState {
    /// nil until the worker has looked at the grid.
    var sweepPoints: SweepPoints? { results[SweepQuestion.self] }
}
