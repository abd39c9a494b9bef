import Quantization
import Tensors

/// What the worker knows of the tensors it has seen, and the steps of answering a request.
///
/// One thread at a time uses it.
final class WorkPlan {
    private let threads: Int
    private let isInBackground: Bool
    private var tensorKey: TensorKey?
    private var firstPass: FirstPass?
    /// By granularity and clipping, which decide what a sample holds.
    private var samples: [SampleKey: TensorSample] = [:]

    private struct SampleKey: Hashable {
        let granularity: Granularity
        let clipping: String
    }

    /// Exact results of the tensor, so that stepping back and forth costs nothing.
    private var evaluations: [Recipe: Evaluation] = [:]

    /// Up to here an exact answer comes as fast as an estimate.
    private static let smallCount = 1 << 15

    init(threads: Int, isInBackground: Bool) {
        self.threads = threads
        self.isInBackground = isInBackground
    }

    /// Answers a request step by step: an estimate, the first pass, the exact result, the exact histogram.
    func answer(
        _ request: EvaluationRequest, cancel: CancelFlag, post: @escaping @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        let tensor = request.tensor
        if tensorKey != request.tensorKey {
            tensorKey = request.tensorKey
            firstPass = FirstPass(tensor)
            samples = [:]
            evaluations = [:]
        }
        guard tensor.count > 0 else { return post(.problem(Words.emptyTensor)) }
        guard let firstPass else { return }
        do {
            _ = try request.recipe.granularity.layout(of: tensor.shape)
        } catch {
            // The statistics do not depend on the recipe.
            let context = context(cancel, post: post)
            post(.problem("\(error)"))
            post(.statistics(try firstPass.run(context).statistics))
            return
        }
        let known = evaluations[request.recipe]
        if let known { post(.evaluation(known)) }
        try estimate(request, firstPass.summary, isKnown: known != nil, cancel, post)
        let summary = try firstPass.run(context(cancel, post: post))
        post(.statistics(summary.statistics))
        guard summary.statistics.finiteCount > 0 else { return post(.problem(Words.noFinite)) }
        guard let evaluator = try? Evaluator(tensor, recipe: request.recipe, summary: summary) else { return }
        let evaluation: Evaluation
        if let known {
            evaluation = known
        } else {
            evaluation = try evaluate(evaluator, request.recipe, context(cancel, post: post))
        }
        if known == nil { post(.evaluation(evaluation)) }
        var question = request.question
        question.range = min(request.range ?? evaluation.worstRange, evaluation.rangeCount - 1)
        post(.detail(try evaluator.detail(question, context: context(cancel, post: nil))))
        if let baseline = request.baseline, let evaluator = try? Evaluator(tensor, recipe: baseline, summary: summary) {
            if let kept = evaluations[baseline] {
                post(.baseline(kept))
            } else {
                post(.baseline(try evaluate(evaluator, baseline, context(cancel, post: nil))))
            }
        }
    }

    /// The exact result, which is kept.
    private func evaluate(
        _ evaluator: Evaluator, _ recipe: Recipe, _ context: WorkContext
    ) throws(Cancelled) -> Evaluation {
        let evaluation = try evaluator.evaluate(context)
        if evaluations.count >= 64 { evaluations = [:] }
        evaluations[recipe] = evaluation
        return evaluation
    }

    /// How far the farthest element lies, of a tensor that is not the open one.
    func outlierScore(of tensor: TensorView, cancel: CancelFlag) throws(Cancelled) -> Double? {
        guard tensor.count > 0 else { return nil }
        return try FirstPass(tensor).run(context(cancel, post: nil)).statistics.outlierScore
    }

    private func estimate(
        _ request: EvaluationRequest, _ summary: TensorSummary?, isKnown: Bool, _ cancel: CancelFlag,
        _ post: @escaping @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        let tensor = request.tensor, recipe = request.recipe
        guard tensor.count > Self.smallCount else { return }
        let sample: TensorSample
        let key = SampleKey(granularity: recipe.granularity, clipping: recipe.clipping.name)
        if let kept = samples[key] {
            sample = kept
        } else {
            guard let made = try? TensorSample(tensor, for: recipe) else { return }
            if samples.count >= 8 { samples = [:] }
            samples[key] = made
            sample = made
        }
        let quiet = context(cancel, post: nil)
        guard
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
