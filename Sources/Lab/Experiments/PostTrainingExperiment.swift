import Basics
import Quantization

/// Post-training quantization: static and dynamic ranges, the size of the calibration, and what each improver gains.
struct PostTrainingExperiment: Experiment {
    let name = "ptq"
    let summary = "post-training quantization: calibration, improvers one by one, the sensitivity of layers"
    let section = "III-D, III-G2"
    let settings: [LabSetting] = [
        .weights("int3 sym tensor"), .activations("int4 asym tensor"), .calibration,
    ]

    func perform(_ run: LabRun) throws(LabFailure) {
        let base = try run.trainFloat(until: 0.4)
        let test = base.data.test
        run.found(.float, base.accuracy)
        let weights = run.settings.recipe("weights"), activations = run.settings.recipe("activations")
        func problem(_ count: Int, _ weights: Recipe?, _ activations: Recipe?) -> PostTrainingProblem {
            PostTrainingProblem(
                network: base.network.folded(), weights: weights, activations: activations,
                samples: base.data.training.prefix(count), run: run)
        }
        run.stage("rounding", until: 0.5)
        let count = run.settings.integer("calibration")
        let usual = problem(count, weights, activations)
        let rounded = try usual.rounded(usual.network)
        let plain = try run.accuracy(rounded, on: test)
        run.found(.rounded, plain)
        run.show(rounded, of: base)
        if let activations, rounded.hasFixedRanges || activations.rangeMode == .dynamic && activations.hasRanges {
            try compareRanges(activations, { problem($0, weights, $1) }, test, run)
        }
        for (place, improver) in ImproverCatalog.all.enumerated() {
            run.stage(improver.name, until: 0.6 + 0.35 * Double(place + 1) / Double(ImproverCatalog.all.count))
            let measure = LabMeasure.accuracy(improver.name)
            let accuracy = try run.accuracy(try improver.improve(usual), on: test)
            run.found(measure, accuracy)
            guard accuracy < plain else { continue }
            var lines = [improver.condition]
            if weights != nil, activations != nil {
                lines += try parts(
                    improver,
                    [("weights", problem(count, weights, nil)), ("inputs", problem(count, nil, activations))],
                    test, run)
            }
            run.note(lines, of: measure)
        }
        if let weights {
            run.stage("sensitivity", until: 1)
            run.found(.sensitivity, try run.sensitivity(of: usual.network, weights, on: usual.samples))
        }
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

    /// The same ranges chosen before and at run time, and chosen on more and more samples.
    private func compareRanges(
        _ activations: Recipe, _ problem: (Int, Recipe?) -> PostTrainingProblem, _ test: Samples, _ run: LabRun
    ) throws(LabFailure) {
        var fixed = activations, dynamic = activations
        if activations.rangeMode == .dynamic { fixed.rangeMode = .own }
        dynamic.rangeMode = .dynamic
        let count = run.settings.integer("calibration")
        func accuracy(_ count: Int, _ recipe: Recipe) throws(LabFailure) -> Double {
            let problem = problem(count, recipe)
            return try run.accuracy(try problem.rounded(problem.network), on: test)
        }
        run.found(.accuracy("static"), try accuracy(count, fixed))
        run.found(.accuracy("dynamic"), try accuracy(count, dynamic))
        run.stage("calibration sizes", until: 0.6)
        // How many samples a moving average takes is the recipe's own.
        guard fixed.rangeMode == .own else { return }
        for size in [1, 4, 16, 64, 256, 1_024] {
            run.point("static", .calibration, x: Double(size), y: try accuracy(size, fixed))
        }
    }
}
