import Quantization

/// Retraining with rounding in the loop, by one rule after the other for the derivative that rounding does not have.
struct QuantizationAwareExperiment: Experiment {
    let name = "qat"
    let usualSeconds = 36
    let summary = "quantization-aware training: what replaces the gradient of rounding"
    let section = "III-G1"
    let settings: [LabSetting] = [
        .weights("int2 sym channel:0"), .activations("int4 asym tensor"), .calibration,
        .epochs(6, "epochs of retraining for each rule"),
        .rate("0.02"),
        LabSetting(
            "rules",
            "gradient rules, the first one is qat_accuracy: \(GradientRule.allCases.map { $0.rawValue }.joined(separator: ","))",
            .list(GradientRule.allCases.map { $0.rawValue }),
            GradientRule.usual.map { $0.rawValue }.joined(separator: ","),
            usual: [GradientRule.usual.map { $0.rawValue }.joined(separator: ",")]
                + GradientRule.allCases.map { $0.rawValue }),
    ]

    let claim =
        "under the same recipe retraining with rounding in the loop comes nearer to float than rounding after training, whatever rounds"

    func finding(_ report: LabReport) -> String? {
        guard let rounded = report[.rounded], let retrained = report[.retrained], let longer = report[.retrainedFloat]
        else { return nil }
        let learned =
            report[.accuracy("adaround")].map { ", \(LabText.percent($0)) with rounding learnt from samples" } ?? ""
        return
            "rounding alone has \(LabText.percent(rounded))\(learned), retraining \(LabText.percent(retrained)), float retrained as long \(LabText.percent(longer))"
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        let rules = run.settings.list("rules").compactMap { GradientRule(rawValue: $0) }
        let base = try run.trainFloat(until: 0.2)
        run.found(.float, base.accuracy)
        let start = try AwareStart(base, run)
        run.found(.rounded, start.roundedAccuracy)
        try findLearnedRounding(start, run)
        run.stage("training float for longer", until: 0.3)
        run.found(.retrainedFloat, try start.trainFloat(run))
        for (place, rule) in rules.enumerated() {
            let accuracy = try start.train(
                rule, run, until: 0.3 + 0.7 * Double(place + 1) / Double(rules.count)
            ).accuracy
            if place == 0 { run.found(.retrained, accuracy) }
            run.found(.accuracy(rule.resultName), accuracy)
        }
    }

    /// The best that rounding after training does under the same recipe: up or down learnt from the calibration samples.
    private func findLearnedRounding(_ start: AwareStart, _ run: LabRun) throws(LabFailure) {
        let method = AdaptiveRounding()
        guard method.obstacle(start.weights, start.activations) == nil else { return }
        run.stage("adaround", until: 0.25)
        let problem = PostTrainingProblem(
            network: start.base.network.folded(), weights: start.weights, activations: start.activations,
            samples: start.base.data.training.prefix(run.settings.integer("calibration")), run: run)
        let improved = try method.improve(problem)
        run.found(.accuracy(method.name), try run.accuracy(improved, on: start.base.data.test))
        run.showRegions(of: improved.network, method.name, start.base.data, improved.pass(on: run.tape))
    }
}

extension LabMeasure {
    /// Of the float network, trained for as many further steps as the quantized ones.
    static let retrainedFloat = accuracy("float_retrained")
}

/// Where quantization-aware training begins: a float network, and what rounding alone makes of it.
struct AwareStart {
    let base: FloatBase
    let weights: Recipe?
    let activations: Recipe?
    let records: LayerRecords
    let roundedAccuracy: Double

    init(_ base: FloatBase, _ run: LabRun) throws(LabFailure) {
        self.base = base
        weights = run.settings.recipe("weights")
        activations = run.settings.recipe("activations")
        let samples = base.data.training.prefix(run.settings.integer("calibration"))
        records = try run.records(of: base.network, samples)
        // As training begins, batch norms not folded: with a range a channel both are the same.
        let rounded = try QuantizedNetwork(
            base.network, weights: weights, activations: activations, records: records, context: run.context)
        roundedAccuracy = try run.accuracy(rounded, on: base.data.test)
        run.showRegions(of: rounded.network, LabMeasure.rounded.subject, base.data, rounded.pass(on: run.tape))
    }

    /// The control: a copy of the float network trained by the same plan without rounding.
    func trainFloat(_ run: LabRun) throws(LabFailure) -> Double {
        let network = base.network.copy()
        var trainer = Trainer(network, base.data.training, base.retrainingPlan(run.settings), on: run.tape)
        run.follow(&trainer, name: "float-retrained", network: network, data: base.data)
        var random = RandomSource(seed: run.settings.seed, stream: "aware")
        try trainer.run(&random)
        return try run.accuracy(network, on: base.data.test)
    }

    /// Trains a copy of the float network by a rule.
    ///
    /// - Parameter teacher: what a student learns from besides the labels: logits of all training samples.
    func train(
        _ rule: GradientRule, _ run: LabRun, name: String? = nil,
        teacher: (logits: [Float], term: DistillationTerm)? = nil, samples: Samples? = nil, epochs: Int? = nil,
        until share: Double
    ) throws(LabFailure) -> (network: AwareNetwork, accuracy: Double) {
        let name = name ?? rule.rawValue
        run.stage("training \(name)", until: share)
        let aware = try AwareNetwork(
            base.network, rule: rule, weights: weights, activations: activations, records: records, on: run.tape,
            context: run.context)
        let samples = samples ?? base.data.training
        var plan = base.retrainingPlan(run.settings)
        // As many steps over fewer samples.
        plan.epochs = epochs ?? plan.epochs * max(1, base.data.training.count / max(1, samples.count))
        if rule == .honest { plan.decay = 0 }
        let accuracy = try run.train(aware, name: name, base, on: samples, plan) { trainer in
            guard let teacher else { return }
            let classes = base.data.classes, tape = run.tape
            trainer.loss = { logits, labels, places in
                tape.distillation(
                    logits, labels: labels,
                    teacher: places.flatMap { teacher.logits[$0 * classes..<($0 + 1) * classes] }, term: teacher.term)
            }
        } afterUpdate: { _, epoch, isShown in
            guard isShown else { return }
            for (layer, limit) in aware.limits { run.point(name, .limit, layer: layer, x: epoch, y: limit) }
        }
        return (aware, accuracy)
    }
}
