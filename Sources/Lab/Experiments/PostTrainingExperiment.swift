import Quantization

/// Post-training quantization: static and dynamic ranges, the size of the calibration, and what each improver gains.
struct PostTrainingExperiment: Experiment {
    let name = "ptq"
    let summary = "post-training quantization: calibration, improvers one by one, the sensitivity of layers"
    let section = "III-D, III-G2"
    let settings: [LabSetting] = [
        .weights("int3 sym tensor"), .activations("int8 asym tensor"), .calibration,
    ]

    func perform(_ run: LabRun) throws(LabFailure) {
        let base = try run.trainFloat(until: 0.4)
        let test = base.data.test
        run.result("float_accuracy", base.accuracy)
        let weights = run.settings.recipe("weights"), activations = run.settings.recipe("activations")
        func problem(_ count: Int, activations: Recipe?) -> PostTrainingProblem {
            PostTrainingProblem(
                network: base.network.folded(), weights: weights, activations: activations,
                samples: base.data.training.prefix(count), run: run)
        }
        run.stage("rounding", until: 0.5)
        let count = run.settings.integer("calibration")
        let usual = problem(count, activations: activations)
        let rounded = try usual.rounded(usual.network)
        run.result("ptq_accuracy", try run.accuracy(rounded, on: test))
        run.show(rounded, of: base)
        // The same ranges chosen before, and at run time.
        if let activations, activations.granularity.spansEntries {
            for (name, mode) in [("static_accuracy", RangeMode.own), ("dynamic_accuracy", .dynamic)] {
                var recipe = activations
                recipe.rangeMode = mode
                let other = problem(count, activations: recipe)
                run.result(name, try run.accuracy(try other.rounded(other.network), on: test))
            }
            run.stage("calibration sizes", until: 0.6)
            var fixed = activations
            fixed.rangeMode = .own
            for size in [1, 4, 16, 64, 256, 1_024] where size <= base.data.training.count {
                let other = problem(size, activations: fixed)
                run.point(
                    "static", .calibration, x: Double(size),
                    y: try run.accuracy(try other.rounded(other.network), on: test))
            }
        }
        for (place, improver) in ImproverCatalog.all.enumerated() {
            run.stage(improver.name, until: 0.6 + 0.35 * Double(place + 1) / Double(ImproverCatalog.all.count))
            run.result("\(improver.name)_accuracy", try run.accuracy(try improver.improve(usual), on: test))
        }
        if let weights {
            run.stage("sensitivity", until: 1)
            run.result(
                "sensitivity",
                byName: try run.sensitivity(of: usual.network, weights, on: usual.samples))
        }
    }
}
