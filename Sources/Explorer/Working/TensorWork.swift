import Basics
import Quantization
import Tensors

/// What a question is answered with: the tensor, what is known about it, and cached results. For one request, on the worker's thread.
final class TensorWork {
    let request: EvaluationRequest
    let summary: TensorSummary
    /// Of the request's recipe; nil where it does not fit the tensor.
    let evaluator: Evaluator?
    /// The range that is shown.
    let range: Int
    /// For work that says nothing of its progress, and for work that does.
    let quiet: WorkContext
    let loud: WorkContext

    private let cache: ResultCache
    private let answeredEarly: Set<AnyQuestion>
    private let post: @Sendable (WorkResult.Content) -> Void

    init(
        _ request: EvaluationRequest, summary: TensorSummary, evaluator: Evaluator?, range: Int, quiet: WorkContext,
        loud: WorkContext, cache: ResultCache, answeredEarly: Set<AnyQuestion> = [],
        post: @escaping @Sendable (WorkResult.Content) -> Void
    ) {
        self.request = request
        self.summary = summary
        self.evaluator = evaluator
        self.range = range
        self.quiet = quiet
        self.loud = loud
        self.cache = cache
        self.answeredEarly = answeredEarly
        self.post = post
    }

    var tensor: TensorView { request.tensor }
    /// An exact answer comes as fast as an estimate.
    var isSmall: Bool { tensor.count <= WorkPlan.smallCount }

    func isAnsweredEarly(_ question: some Question) -> Bool { answeredEarly.contains(AnyQuestion(question)) }

    /// Sends a part of an answer on its way.
    func put<Asked: Question>(_ question: Asked, _ change: @escaping @Sendable (inout Asked.Answer?) -> Void) {
        post(.answer(AnswerPart(question, change)))
    }

    // MARK: Evaluations

    /// The exact result of a recipe, where it is known.
    func known(_ recipe: Recipe) -> Evaluation? { cache.evaluation(request.tensorKey, recipe) }

    /// The exact result where it is known, else one from a sample; nil where the recipe does not fit the tensor.
    func proposal(_ recipe: Recipe) throws(Cancelled) -> Evaluation? {
        if let known = known(recipe) { return known }
        guard let sample = cache.sample(request.tensorKey, tensor, recipe) else { return nil }
        return try Evaluator.estimate(tensor, recipe: recipe, sample: sample, summary: summary, context: quiet)
    }

    /// The exact result of a recipe, which is cached; nil where it does not fit the tensor.
    func evaluate(_ recipe: Recipe) throws(Cancelled) -> Evaluation? {
        if let known = known(recipe) { return known }
        guard let evaluator = try? Evaluator(tensor, recipe: recipe, summary: summary) else { return nil }
        return try evaluate(evaluator, recipe)
    }

    func evaluate(_ evaluator: Evaluator, _ recipe: Recipe, isLoud: Bool = false) throws(Cancelled) -> Evaluation {
        if let known = known(recipe) { return known }
        let evaluation = try evaluator.evaluate(isLoud ? loud : quiet)
        cache.keep(evaluation, request.tensorKey)
        return evaluation
    }

    /// The exact results of several recipes, which are cached, as they come; those that do not fit the tensor are left out.
    func evaluateAll(_ recipes: [Recipe], _ found: (Evaluation) -> Void) throws(Cancelled) {
        try Sweep(tensor, recipes: recipes, summary: summary).run(quiet) { evaluation in
            cache.keep(evaluation, request.tensorKey)
            found(evaluation)
        }
    }

    /// The exact result with all that is known about it.
    func judge(_ evaluator: Evaluator, _ recipe: Recipe) throws(Cancelled) -> Evaluation {
        let evaluation = try evaluate(evaluator, recipe)
        return try withOutputs(evaluation, evaluator, quiet) ?? evaluation
    }

    /// The exact result with the error of outputs, where that is not known yet.
    func withOutputs(
        _ evaluation: Evaluation, _ evaluator: Evaluator, _ context: WorkContext
    ) throws(Cancelled) -> Evaluation? {
        guard let inputs = request.inputs, evaluation.metrics.outputError == nil else { return nil }
        let squared = cache.squaredOutput(request.tensorKey)
        guard let error = try evaluator.outputError(inputs, squaredOutput: squared, context: context) else {
            return nil
        }
        cache.keep(squaredOutput: error.squaredOutput, request.tensorKey)
        let judged = evaluation.with(outputError: error.relative)
        cache.keep(judged, request.tensorKey)
        return judged
    }

    // MARK: Answers that are cached

    /// An answer under the request's recipe that was found before.
    func recall<Answer: Sendable>(of question: some Question, range: Int = 0) -> Answer? {
        cache.answer(key(question, range))
    }

    func remember(_ answer: some Sendable, of question: some Question, range: Int = 0, bytes: Int) {
        cache.keep(answer, key(question, range), bytes: bytes)
    }

    /// An answer that was found before, or is found and cached.
    ///
    /// - Parameter bytes: about what the answer takes.
    func remembered<Answer: Sendable>(
        _ question: some Question, range: Int = 0, bytes: (Answer) -> Int, _ find: () throws(Cancelled) -> Answer
    ) throws(Cancelled) -> Answer {
        if let known: Answer = recall(of: question, range: range) { return known }
        let answer = try find()
        remember(answer, of: question, range: range, bytes: bytes(answer))
        return answer
    }

    private func key(_ question: some Question, _ range: Int) -> ResultCache.AnswerKey {
        ResultCache.AnswerKey(
            tensor: request.tensorKey, recipe: request.recipe, range: range, question: AnyQuestion(question))
    }
}
