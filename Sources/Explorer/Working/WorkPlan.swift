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
        /// Searched ranges are fewer.
        let isSearched: Bool
        /// Vectors are taken whole.
        let valuesPerCode: Int
        /// Blocks are taken whole, with the weights of their columns.
        let rowMultiple: Int
        let isJoint: Bool
        let rangeMode: RangeMode
    }

    /// Exact results of the tensor, so that stepping back and forth costs nothing.
    private var evaluations: [Recipe: Evaluation] = [:]
    /// Finished curves and timelines of the tensor, for the same reason.
    private var objectives: [ViewKey: ObjectiveCurves] = [:]
    private var timelines: [ViewKey: RangeTimeline] = [:]
    private var profiles: [ProfileKey: StripProfiles] = [:]
    private var heatMaps: [HeatKey: HeatMap] = [:]
    /// ‖WX‖² of the tensor, which no recipe changes.
    private var squaredOutput: Double?

    private struct ProfileKey: Hashable {
        let recipe: Recipe
        let kind: StripKind
    }

    private struct HeatKey: Hashable {
        let recipe: Recipe
        let question: HeatQuestion
    }

    private struct ViewKey: Hashable {
        let recipe: Recipe
        let range: Int
        let size: Int
    }

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
        // Once bytes of the file turned out to be damaged or gone, no number made of them is shown.
        let post: @Sendable (WorkResult.Content) -> Void = { content in
            post(tensor.fault.map { .problem(Words.fault($0.found, expected: $0.expected)) } ?? content)
        }
        if tensorKey != request.tensorKey {
            tensorKey = request.tensorKey
            firstPass = FirstPass(tensor)
            samples = [:]
            evaluations = [:]
            objectives = [:]
            timelines = [:]
            profiles = [:]
            heatMaps = [:]
            squaredOutput = nil
        }
        guard tensor.count > 0 else { return post(.problem(Words.emptyTensor)) }
        guard let firstPass else { return }
        if let first = request.extras.storedFrom { post(.stored(StoredLook(tensor, from: first))) }
        do {
            _ = try request.recipe.layout(of: tensor)
        } catch {
            // The statistics do not depend on the recipe.
            let context = context(cancel, post: post)
            post(.problem("\(error)"))
            let summary = try firstPass.run(context)
            post(.statistics(summary.statistics))
            if summary.statistics.finiteCount > 0 { try judgePins(request, summary, cancel, post) }
            return
        }
        let known = evaluations[request.recipe]
        if let known { post(.evaluation(known)) }
        try estimate(request, firstPass.summary, isKnown: known != nil, cancel, post)
        // What guides searches is there from the second recipe on: the curves follow at once.
        let isProposed = try proposeObjective(request, firstPass.summary, cancel, post)
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
        if let judged = try withOutputs(evaluation, evaluator, request.inputs, context(cancel, post: post)) {
            post(.evaluation(judged))
        }
        var question = request.question
        question.range = min(request.range ?? evaluation.worstRange, evaluation.rangeCount - 1)
        post(.detail(try evaluator.detail(question, context: context(cancel, post: nil))))
        if let baseline = request.baseline, let evaluator = try? Evaluator(tensor, recipe: baseline, summary: summary) {
            post(.baseline(try judge(evaluator, baseline, request, cancel)))
        }
        if let question = request.extras.heatMap { try paintHeatMap(question, request, evaluator, cancel, post) }
        if let kind = request.extras.profiles { try lookAtStrips(kind, request, evaluator, cancel, post) }
        try judgePins(request, summary, cancel, post)
        try answerExtras(request, evaluator, question.range, isProposed: isProposed, summary, cancel, post)
    }

    // MARK: What other screens show

    private func paintHeatMap(
        _ question: HeatQuestion, _ request: EvaluationRequest, _ evaluator: Evaluator, _ cancel: CancelFlag,
        _ post: @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        let key = HeatKey(recipe: request.recipe, question: question)
        if heatMaps[key] == nil {
            if heatMaps.count >= 16 { heatMaps = [:] }
            heatMaps[key] = try evaluator.heatMap(
                rowAxis: question.rowAxis, columnAxis: question.columnAxis, rows: question.rows,
                columns: question.columns, context: context(cancel, post: nil))
        }
        post(.heatMap(heatMaps[key]))
    }

    private func lookAtStrips(
        _ kind: StripKind, _ request: EvaluationRequest, _ evaluator: Evaluator, _ cancel: CancelFlag,
        _ post: @escaping @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        let key = ProfileKey(recipe: request.recipe, kind: kind)
        if profiles[key] == nil {
            if profiles.count >= 8 { profiles = [:] }
            profiles[key] = try evaluator.profiles(of: kind, context: context(cancel, post: post))
        }
        post(.profiles(profiles[key]))
    }

    private func judgePins(
        _ request: EvaluationRequest, _ summary: TensorSummary, _ cancel: CancelFlag,
        _ post: @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        for pinned in request.extras.pins {
            let evaluator: Evaluator
            do throws(ShapeMismatch) {
                evaluator = try Evaluator(request.tensor, recipe: pinned, summary: summary)
            } catch {
                post(.misfit(pinned, error.description))
                continue
            }
            post(.pinned(try judge(evaluator, pinned, request, cancel)))
        }
    }

    /// The exact result with the error of outputs, where that is not known yet; kept as the recipe's.
    private func withOutputs(
        _ evaluation: Evaluation, _ evaluator: Evaluator, _ inputs: LayerInputs?, _ context: WorkContext
    ) throws(Cancelled) -> Evaluation? {
        guard let inputs, evaluation.metrics.outputError == nil else { return nil }
        guard let error = try evaluator.outputError(inputs, squaredOutput: squaredOutput, context: context) else {
            return nil
        }
        squaredOutput = error.squaredOutput
        let judged = evaluation.with(outputError: error.relative)
        evaluations[evaluation.recipe] = judged
        return judged
    }

    /// The exact result of another recipe, with all that can be told of it.
    private func judge(
        _ evaluator: Evaluator, _ recipe: Recipe, _ request: EvaluationRequest, _ cancel: CancelFlag
    ) throws(Cancelled) -> Evaluation {
        let quiet = context(cancel, post: nil)
        let evaluation = try evaluate(evaluator, recipe, quiet)
        return try withOutputs(evaluation, evaluator, request.inputs, quiet) ?? evaluation
    }

    // MARK: What some panels show

    private func proposeObjective(
        _ request: EvaluationRequest, _ summary: TensorSummary?, _ cancel: CancelFlag,
        _ post: @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) -> Bool {
        guard let points = request.extras.objectivePoints, let summary, summary.statistics.finiteCount > 0,
            let evaluator = try? Evaluator(request.tensor, recipe: request.recipe, summary: summary),
            evaluator.hasObjectiveAtHand
        else { return false }
        if let kept = objectives[ViewKey(recipe: request.recipe, range: 0, size: points)] {
            post(.objective(kept))
        } else {
            let curves = try evaluator.objective(
                ofRange: 0, points: points, settles: false, context: context(cancel, post: nil))
            // What comes from a table of all values is settled already.
            if let curves, curves.isExact {
                keep(curves, ViewKey(recipe: request.recipe, range: 0, size: points))
            }
            post(.objective(curves))
        }
        return true
    }

    private func keep(_ curves: ObjectiveCurves, _ key: ViewKey) {
        if objectives.count >= 32 { objectives = [:] }
        objectives[key] = curves
    }

    /// In the order in which they are missed most.
    private func answerExtras(
        _ request: EvaluationRequest, _ evaluator: Evaluator, _ range: Int, isProposed: Bool, _ summary: TensorSummary,
        _ cancel: CancelFlag, _ post: @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        let quiet = context(cancel, post: nil), extras = request.extras
        if let points = extras.objectivePoints {
            let key = ViewKey(recipe: request.recipe, range: range, size: points)
            if let kept = objectives[key] {
                post(.objective(kept))
            } else {
                if !isProposed, request.tensor.count > Self.smallCount {
                    post(
                        .objective(
                            try evaluator.objective(ofRange: range, points: points, settles: false, context: quiet)))
                }
                let settled = try evaluator.objective(ofRange: range, points: points, settles: true, context: quiet)
                if let settled { keep(settled, key) }
                post(.objective(settled))
            }
        }
        if let columns = extras.timelineColumns {
            let key = ViewKey(recipe: request.recipe, range: range, size: columns)
            var timeline = timelines[key]
            if timeline == nil {
                timeline = try evaluator.timeline(ofRange: range, columns: columns, context: quiet)
                if timelines.count >= 32 { timelines = [:] }
                timelines[key] = timeline
            }
            post(.timeline(timeline))
        }
        if extras.wantsStudy { post(.study(try evaluator.stochasticStudy(ofRange: range, context: quiet))) }
        if let columns = extras.formatColumns {
            post(.formatStudy(try evaluator.formatStudy(ofRange: range, columns: columns, context: quiet)))
        }
        if extras.wantsFormats { try compareFormats(request, summary, quiet, post) }
        if extras.wantsConventions { try compareConventions(request, range, summary, quiet, post) }
    }

    /// All of them by the sample first, where that is faster; then each exactly.
    private func compareFormats(
        _ request: EvaluationRequest, _ summary: TensorSummary, _ quiet: WorkContext,
        _ post: @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        let recipes = FormatTable.recipes(for: request), tensor = request.tensor
        func answer(_ recipe: Recipe, _ evaluation: Evaluation) {
            let result = FormatResult(recipe: recipe, metrics: evaluation.metrics, isExact: evaluation.isExact)
            post(.format(result, of: recipes.count))
        }
        if tensor.count > Self.smallCount {
            for recipe in recipes {
                if let known = evaluations[recipe] {
                    answer(recipe, known)
                } else if let sample = sample(tensor, recipe),
                    let evaluation = try Evaluator.estimate(
                        tensor, recipe: recipe, sample: sample, summary: summary, context: quiet)
                {
                    answer(recipe, evaluation)
                }
            }
        }
        for recipe in recipes {
            guard let evaluator = try? Evaluator(tensor, recipe: recipe, summary: summary) else { continue }
            answer(recipe, try evaluate(evaluator, recipe, quiet))
        }
    }

    private func compareConventions(
        _ request: EvaluationRequest, _ range: Int, _ summary: TensorSummary, _ quiet: WorkContext,
        _ post: @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        for convention in ConventionPair.all {
            if convention?.hasAsymmetric == false, request.recipe.mapping == .asymmetric { continue }
            let recipe = request.recipe.following(convention)
            guard let evaluator = try? Evaluator(request.tensor, recipe: recipe, summary: summary) else { continue }
            let evaluation = try evaluate(evaluator, recipe, quiet)
            post(
                .convention(
                    ConventionResult(
                        convention: convention, evaluation: evaluation,
                        quantizer: try evaluator.quantizer(ofRange: range, context: quiet))))
        }
    }

    /// The exact result, which is kept.
    private func evaluate(
        _ evaluator: Evaluator, _ recipe: Recipe, _ context: WorkContext
    ) throws(Cancelled) -> Evaluation {
        if let kept = evaluations[recipe] { return kept }
        let evaluation = try evaluator.evaluate(context)
        if evaluations.count >= 192 { evaluations = [:] }
        evaluations[recipe] = evaluation
        return evaluation
    }

    /// How far the farthest element lies, of a tensor that is not the open one.
    func outlierScore(of tensor: TensorView, cancel: CancelFlag) throws(Cancelled) -> Double? {
        guard tensor.count > 0 else { return nil }
        let statistics = try FirstPass(tensor).run(context(cancel, post: nil)).statistics
        return tensor.fault == nil ? statistics.outlierScore : nil
    }

    /// A part of the tensor that fits a recipe's ranges and what is done with them.
    private func sample(_ tensor: TensorView, _ recipe: Recipe) -> TensorSample? {
        let key = SampleKey(
            granularity: recipe.granularity, isSearched: recipe.looksAtValues,
            valuesPerCode: recipe.format.valuesPerCode, rowMultiple: recipe.format.rowMultiple,
            isJoint: recipe.format.isJoint, rangeMode: recipe.rangeMode)
        if let kept = samples[key] { return kept }
        guard let made = try? TensorSample(tensor, for: recipe) else { return nil }
        if samples.count >= 8 { samples = [:] }
        samples[key] = made
        return made
    }

    private func estimate(
        _ request: EvaluationRequest, _ summary: TensorSummary?, isKnown: Bool, _ cancel: CancelFlag,
        _ post: @escaping @Sendable (WorkResult.Content) -> Void
    ) throws(Cancelled) {
        let tensor = request.tensor, recipe = request.recipe
        guard tensor.count > Self.smallCount else { return }
        guard let sample = sample(tensor, recipe) else { return }
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
