import Basics
import Quantization
import Tensors

/// The steps of answering a request. One thread at a time uses it.
final class WorkPlan {
    private let threads: Int
    private let isInBackground: Bool
    private let cache = ResultCache()

    /// Up to here an exact answer comes as fast as an estimate.
    static let smallCount = 1 << 15

    init(threads: Int, isInBackground: Bool) {
        self.threads = threads
        self.isInBackground = isInBackground
    }

    /// Answers a request step by step: an estimate, the first pass, the exact result, the exact histogram, the questions.
    func answer(
        _ request: EvaluationRequest, cancel: CancelFlag, post: @escaping @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        let tensor = request.tensor
        // Once bytes of the file turned out to be damaged or gone, no number made of them is shown.
        let post: @Sendable (WorkResult.Content) -> Void = { content in
            post(tensor.fault.map { .problem(Words.fault($0.found, expected: $0.expected)) } ?? content)
        }
        if let problem = tensor.problem {
            return post(.problem(Words.fault(problem.found, expected: problem.expected)))
        }
        guard tensor.count > 0 else { return post(.problem(Words.emptyTensor)) }
        cache.begin(request.tensorKey)
        let firstPass = cache.firstPass(request.tensorKey, tensor)
        let quiet = context(cancel, post: nil)
        func work(
            _ summary: TensorSummary, _ evaluator: Evaluator?, range: Int = 0, early: Set<AnyQuestion> = []
        ) -> TensorWork {
            TensorWork(
                request, summary: summary, evaluator: evaluator, range: range, quiet: quiet,
                loud: context(cancel, post: post), cache: cache, answeredEarly: early, post: post)
        }
        func look(_ question: some Question) {
            guard let answer = question.look(at: tensor) else { return }
            post(.answer(AnswerPart(question) { $0 = answer }))
        }
        let questions = QuestionCatalog.inOrder(request.questions)
        for question in questions { look(question) }
        do {
            _ = try request.recipe.layout(of: tensor)
        } catch {
            // What does not depend on the recipe is computed all the same.
            post(.problem("\(error)"))
            let summary = try firstPass.run(context(cancel, post: post))
            post(.statistics(summary.statistics))
            guard summary.statistics.finiteCount > 0 else { return }
            let work = work(summary, nil)
            for question in questions where !type(of: question).needsRecipe { try question.answer(work) }
            return
        }
        let known = cache.evaluation(request.tensorKey, request.recipe)
        if let known { post(.evaluation(known)) }
        try estimate(request, firstPass.summary, isKnown: known != nil, quiet, post)
        var early: Set<AnyQuestion> = []
        if let summary = firstPass.summary {
            let work = work(summary, try? Evaluator(tensor, recipe: request.recipe, summary: summary))
            for question in questions where try question.answerEarly(work) { early.insert(AnyQuestion(question)) }
        }
        let summary = try firstPass.run(context(cancel, post: post))
        post(.statistics(summary.statistics))
        guard summary.statistics.finiteCount > 0 else { return post(.problem(Words.noFinite)) }
        guard let evaluator = try? Evaluator(tensor, recipe: request.recipe, summary: summary) else { return }
        let first = work(summary, evaluator)
        let evaluation = try first.evaluate(evaluator, request.recipe, isLoud: true)
        if known == nil { post(.evaluation(evaluation)) }
        if let judged = try first.withOutputs(evaluation, evaluator, first.loud) { post(.evaluation(judged)) }
        var question = request.question
        question.range = min(request.range ?? evaluation.worstRange, evaluation.rangeCount - 1)
        post(.detail(try evaluator.detail(question, context: quiet)))
        if let baseline = request.baseline, let evaluator = try? Evaluator(tensor, recipe: baseline, summary: summary) {
            post(.baseline(try first.judge(evaluator, baseline)))
        }
        let last = work(summary, evaluator, range: question.range, early: early)
        for question in questions { try question.answer(last) }
        let hasDeadChannel = tensor.hasDeadChannel(cancel)
        if cancel.isCancelled { throw Cancelled() }
        post(.hasDeadChannel(hasDeadChannel))
    }

    /// What the first pass tells of a tensor that is not the open one; nil where it has no values.
    func facts(of tensor: TensorView, cancel: CancelFlag) throws(Cancelled) -> TensorFacts? {
        guard tensor.count > 0, tensor.problem == nil else { return nil }
        let statistics = try FirstPass(tensor).run(context(cancel, post: nil)).statistics
        let hasDeadChannel = tensor.hasDeadChannel(cancel)
        if cancel.isCancelled { throw Cancelled() }
        return tensor.fault == nil ? TensorFacts(statistics, hasDeadChannel: hasDeadChannel) : nil
    }

    private func estimate(
        _ request: EvaluationRequest, _ summary: TensorSummary?, isKnown: Bool, _ quiet: WorkContext,
        _ post: @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        let tensor = request.tensor, recipe = request.recipe
        guard tensor.count > Self.smallCount, let sample = cache.sample(request.tensorKey, tensor, recipe),
            let evaluation = try Evaluator.estimate(
                tensor, recipe: recipe, sample: sample, summary: summary, context: quiet)
        else { return }
        if !isKnown { post(.evaluation(evaluation)) }
        var question = request.question
        question.range = request.range ?? evaluation.worstRange
        if let detail = try Evaluator.estimatedDetail(
            tensor, recipe: recipe, sample: sample, summary: summary, question: question, context: quiet)
        {
            post(.detail(detail))
        }
    }

    /// Progress is said after 200 ms, and no more often than every 100.
    private func context(
        _ cancel: CancelFlag, post: (@Sendable (WorkResult.Content) -> Void)?
    ) -> WorkContext {
        guard let post else { return WorkContext(threads: threads, cancel: cancel, isInBackground: isInBackground) }
        let clock = ContinuousClock()
        let start = clock.now
        let next = Lock(start + .milliseconds(200))
        return WorkContext(threads: threads, cancel: cancel, isInBackground: isInBackground) { share in
            let isDue = next.withLock { due in
                guard clock.now >= due else { return false }
                due = clock.now + .milliseconds(100)
                return true
            }
            guard isDue else { return }
            let elapsed = (clock.now - start) / .seconds(1)
            let left = elapsed > 1 && share > 0 ? elapsed * (1 - share) / share : nil
            post(.progress(Progress(share: share, secondsLeft: left)))
        }
    }
}
