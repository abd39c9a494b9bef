import Basics
import Quantization

/// Post-training quantization: static and dynamic ranges, the size of the calibration, and what each improver gains.
struct PostTrainingExperiment: Experiment {
    let name = "ptq"
    let usualSeconds = 10
    let summary = "post-training quantization: calibration, improvers one by one, the sensitivity of layers"
    let section = "III-D, III-G2"
    let claim =
        "rounding a trained network costs accuracy, and methods that look at a few samples, without training, win most of it back"
    let settings: [LabSetting] = [
        .weights("int3 sym tensor"), .activations("int4 asym tensor"), .calibration,
        LabSetting(
            "outliers", "how many times larger some channels are made in a network of the same function; 1 for none",
            .number(1...1_000), "16", usual: ["1", "4", "16", "64"]),
    ]

    func finding(_ report: LabReport) -> String? {
        guard let float = report[.float], let plain = report[.rounded] else { return nil }
        let best = ImproverCatalog.all.compactMap { improver in
            report[.accuracy(improver.name)].map { (improver.name, $0) }
        }.max { $0.1 < $1.1 }
        var text = "rounding takes float's \(LabText.percent(float)) to \(LabText.percent(plain))"
        if let best, best.1 > plain { text += "; \(best.0) brings \(LabText.percent(best.1))" }
        if let hurt = report[.outliers], let mended = report[.mended("equalization")], mended > hurt {
            text +=
                "; where few channels are large, rounding has \(LabText.percent(hurt)) and equalization \(LabText.percent(mended))"
        }
        return text
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        let base = try run.trainFloat(until: 0.35)
        let test = base.data.test
        run.found(.float, base.accuracy)
        let weights = run.settings.recipe("weights"), activations = run.settings.recipe("activations")
        let float = base.network.folded()
        func problem(_ weights: Recipe?, _ activations: Recipe?, of network: Network? = nil, samples: Int? = nil)
            -> PostTrainingProblem
        {
            PostTrainingProblem(
                network: network ?? float, weights: weights, activations: activations,
                samples: base.data.training.prefix(samples ?? run.settings.integer("calibration")), run: run)
        }
        run.stage("rounding", until: 0.4)
        let usual = problem(weights, activations)
        let rounded = try usual.rounded(float)
        let plain = try run.accuracy(rounded, on: test)
        run.found(.rounded, plain)
        run.show(rounded, LabMeasure.rounded.subject, of: base)
        let errors = try LayerErrors(rounded, of: float, on: usual.samples, run)
        run.show(errors.table(divergences: []))
        if let activations { try compareRanges(activations, { problem(nil, $0, samples: $1) }, test, run) }
        for (place, improver) in ImproverCatalog.all.enumerated() {
            run.stage(improver.name, until: 0.6 + 0.25 * Double(place + 1) / Double(ImproverCatalog.all.count))
            if let obstacle = improver.obstacle(weights, activations) ?? improver.obstacle(in: float) {
                run.remark("\(improver.name) does not apply: \(obstacle)")
                continue
            }
            let measure = LabMeasure.accuracy(improver.name)
            let improved = try improver.improve(usual), accuracy = try run.accuracy(improved, on: test)
            run.found(measure, accuracy)
            run.showRegions(of: improved.network, improver.name, base.data, improved.pass(on: run.tape))
            guard accuracy < plain else { continue }
            var lines = [improver.condition]
            if weights != nil, activations != nil {
                let alone = [("weights", problem(weights, nil)), ("inputs", problem(nil, activations))].filter {
                    improver.obstacle($0.1.weights, $0.1.activations) == nil
                }
                lines += try parts(improver, alone, test, run)
            }
            run.note(lines, of: measure)
        }
        run.stage("outlier channels", until: 0.95)
        let outlying = float.withWiderChannels(
            run.settings.number("outliers"), share: 0.125, seed: run.settings.seed)
        try findOutliers(problem(weights, activations, of: outlying), test, run)
        guard let weights else { return }
        run.stage("sensitivity", until: 1)
        let divergences = try run.sensitivity(of: float, weights, on: usual.samples)
        run.found(.sensitivity, divergences)
        run.show(errors.table(divergences: divergences))
    }

    /// Whether an improver loses in the weights or in what layers are given: both rounded alone, with and without it.
    private func parts(
        _ improver: any Improver, _ problems: [(name: String, problem: PostTrainingProblem)], _ test: Samples,
        _ run: LabRun
    ) throws(LabFailure) -> [String] {
        var lines: [String] = []
        for (name, problem) in problems {
            let plain = try run.accuracy(try problem.rounded(problem.network), on: test)
            let improved = try run.accuracy(try improver.improve(problem), on: test)
            func percent(_ share: Double) -> String { NumberText.fixed(share * 100, places: 2) + " %" }
            lines.append("\(name) alone: \(percent(improved)), rounded plainly \(percent(plain))")
        }
        return lines
    }

    // MARK: Outlier channels

    private func findOutliers(
        _ problem: PostTrainingProblem, _ test: Samples, _ run: LabRun
    ) throws(LabFailure) {
        guard run.settings.number("outliers") > 1, !problem.network.streams.isEmpty,
            problem.weights != nil || problem.activations != nil
        else { return }
        run.found(.outliers, try run.accuracy(try problem.rounded(problem.network), on: test))
        for improver in ImproverCatalog.all
        where improver.mendsOutlierChannels && improver.obstacle(problem.weights, problem.activations) == nil
            && improver.obstacle(in: problem.network) == nil
        {
            run.found(.mended(improver.name), try run.accuracy(try improver.improve(problem), on: test))
        }
    }

    // MARK: Ranges

    /// Ranges chosen before and at run time, at fewer and fewer bits, and chosen on more and more samples, by the largest value and by
    /// the least error. Weights stay float, so that ranges alone differ.
    private func compareRanges(
        _ activations: Recipe, _ problem: (Recipe, Int?) -> PostTrainingProblem, _ test: Samples, _ run: LabRun
    ) throws(LabFailure) {
        if activations.rangeMode == .own, !activations.granularity.spansEntries { return }
        if case .channel = activations.granularity {
            run.remark(
                "\(activations.granularity) gives every input channel a step of its own, which an integer product cannot take out of its sums: simulation alone can compute this"
            )
        }
        func judged(_ recipe: Recipe, _ count: Int? = nil) throws(LabFailure) -> (accuracy: Double, limit: Double)? {
            let problem = problem(recipe, count), rounded = try problem.rounded(problem.network)
            guard rounded.hasFixedRanges || recipe.rangeMode == .dynamic else { return nil }
            return (try run.accuracy(rounded, on: test), rounded.meanLimit)
        }
        var fixed = activations, dynamic = activations
        if activations.rangeMode == .dynamic { fixed.rangeMode = .own }
        dynamic.rangeMode = .dynamic
        run.stage("static and dynamic ranges", until: 0.5)
        guard let before = try judged(fixed), let later = try judged(dynamic) else { return }
        run.found(.accuracy("static"), before.accuracy)
        run.found(.accuracy("dynamic"), later.accuracy)
        guard activations.format.hasEqualSteps else { return }
        for bits in [8, 6, 4, 3, 2] {
            guard let low = try? fixed.changed(by: "int\(bits)"),
                let lowDynamic = try? dynamic.changed(by: "int\(bits)"),
                let before = try judged(low), let later = try judged(lowDynamic)
            else { continue }
            run.point("static", .bits, x: Double(bits), y: before.accuracy)
            run.point("dynamic", .bits, x: Double(bits), y: later.accuracy)
        }
        run.stage("calibration sizes", until: 0.6)
        // How many samples a moving average takes is the recipe's own.
        guard fixed.rangeMode == .own else { return }
        var rows: [[LabTable.Cell]] = []
        guard let largest = try? fixed.changed(by: "int3 clip:minmax"),
            let least = try? fixed.changed(by: "int3 clip:mse")
        else { return }
        for size in [1, 4, 16, 64, 256, 1_024] {
            guard let plain = try judged(largest, size), let clipped = try judged(least, size) else { continue }
            run.point("minmax", .calibration, x: Double(size), y: plain.accuracy)
            run.point("mse", .calibration, x: Double(size), y: clipped.accuracy)
            rows.append([
                .integer(size), .number(plain.limit, digits: 3), .number(plain.accuracy * 100),
                .number(clipped.limit, digits: 3), .number(clipped.accuracy * 100),
            ])
        }
        run.show(
            LabTable(
                "Calibration samples, inputs in int3",
                columns: ["samples", "largest", "right %", "clip:mse", "right %"],
                rows: rows,
                note:
                    "The largest value of more samples is larger still, and the step grows with it: ranges that follow it may get worse with more calibration, those by the least error need not"
            ))
    }
}

extension LabMeasure {
    /// Of plain rounding where few channels are large.
    static let outliers = accuracy("outliers")
    /// The same with a method before.
    static func mended(_ improver: String) -> LabMeasure { accuracy("outliers_\(improver)") }
}
