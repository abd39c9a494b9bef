import Quantization
import Tensors

/// What the worker found of the tensors it has seen, in one number of bytes: stepping back and forth costs nothing.
final class ResultCache {
    struct AnswerKey: Hashable {
        let tensor: TensorKey
        let recipe: Recipe
        let range: Int
        let question: AnyQuestion
    }

    private enum Key: Hashable {
        case firstPass(TensorKey)
        case evaluation(TensorKey, Recipe)
        case squaredOutput(TensorKey)
        case sample(SampleKey)
        case answer(AnswerKey)
    }

    /// Granularity and clipping decide what a sample holds.
    private struct SampleKey: Hashable {
        let tensor: TensorKey
        let granularity: Granularity
        /// Searched ranges are fewer.
        let isSearched: Bool
        /// Vectors are taken whole.
        let valuesPerCode: Int
        /// Blocks are taken whole, with the weights of their columns.
        let rowMultiple: Int
        let isJoint: Bool
        let rangeMode: RangeMode
    }

    private static let budget = 128 << 20
    private let cache = BoundedCache(budget: budget)
    private var file: Int?

    /// Drops what belongs to another file, which its results would hold open.
    func begin(_ key: TensorKey) {
        if let file, file != key.file { cache.removeAll() }
        file = key.file
    }

    /// The tensor's first pass, run or not: one that was stopped goes on where it was.
    func firstPass(_ key: TensorKey, _ tensor: TensorView) -> FirstPass {
        if let kept: FirstPass = cache.value(Key.firstPass(key)) { return kept }
        let pass = FirstPass(tensor)
        cache.keep(pass, for: Key.firstPass(key), bytes: 4 << 20)
        return pass
    }

    func evaluation(_ key: TensorKey, _ recipe: Recipe) -> Evaluation? {
        cache.value(Key.evaluation(key, recipe))
    }

    func keep(_ evaluation: Evaluation, _ key: TensorKey) {
        let bytes = 2_048 + 8 * evaluation.codeCounts.count + 128 * evaluation.quantizers.count
        cache.keep(evaluation, for: Key.evaluation(key, evaluation.recipe), bytes: bytes)
    }

    /// A part of the tensor that fits a recipe's ranges and what is done with them; nil where the recipe does not fit the tensor.
    func sample(_ key: TensorKey, _ tensor: TensorView, _ recipe: Recipe) -> TensorSample? {
        let key = SampleKey(
            tensor: key, granularity: recipe.granularity, isSearched: recipe.looksAtValues,
            valuesPerCode: recipe.format.valuesPerCode, rowMultiple: recipe.format.rowMultiple,
            isJoint: recipe.format.isJoint, rangeMode: recipe.rangeMode)
        if let kept: TensorSample = cache.value(Key.sample(key)) { return kept }
        guard let made = try? TensorSample(tensor, for: recipe) else { return nil }
        cache.keep(made, for: Key.sample(key), bytes: 2 << 20)
        return made
    }

    /// ‖WX‖² of the tensor, which no recipe changes.
    func squaredOutput(_ key: TensorKey) -> Double? { cache.value(Key.squaredOutput(key)) }
    func keep(squaredOutput: Double, _ key: TensorKey) {
        cache.keep(squaredOutput, for: Key.squaredOutput(key), bytes: 64)
    }

    func answer<Answer: Sendable>(_ key: AnswerKey) -> Answer? { cache.value(Key.answer(key)) }
    func keep(_ answer: some Sendable, _ key: AnswerKey, bytes: Int) {
        cache.keep(answer, for: Key.answer(key), bytes: bytes)
    }
}
