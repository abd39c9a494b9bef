/// A quantized student that learns from float teachers of two sizes besides the labels.
struct DistillationExperiment: Experiment {
    let name = "distillation"
    let usualSeconds = 43
    let summary = "a quantized student with float teachers: temperature, mix, and what a larger teacher brings"
    let section = "IV-D"
    let settings: [LabSetting] = [
        .weights("int2 sym channel:0"), .activations("int4 asym tensor"), .calibration,
        .epochs(6, "epochs of retraining for each student"),
        .rate("0.02"),
        LabSetting(
            "temperature", "T of both softmaxes", .number(0.1...100), "4", usual: ["1", "2", "4", "8", "20"]),
        LabSetting(
            "mix", "the part of the loss that is the teacher's", .number(0...1), "0.8",
            usual: ["0", "0.3", "0.5", "0.8", "0.9", "1"]),
        LabSetting(
            "retraining", "training samples that students are given; as many steps over fewer samples",
            .integer(10...1_000_000), "200", byModel: ["mlp": "30"], usual: ["30", "200", "1000", "8000"]),
        LabSetting(
            "width", "hidden widths of the larger teacher, times the student's", .integer(1...8), "2",
            usual: ["1", "2", "3", "4"]),
        LabSetting(
            "rule", "the gradient rule of the students", .choice(GradientRule.allCases.map { $0.rawValue }),
            GradientRule.learnedStep.rawValue),
    ]

    let claim =
        "few samples are left to retrain on: their labels alone teach too little, a float teacher says more of each of them"

    func finding(_ report: LabReport) -> String? {
        guard let alone = report[.retrained], let small = report[.accuracy("distilled_small")],
            let large = report[.accuracy("distilled")], let rounded = report[.rounded]
        else { return nil }
        return
            "with labels alone the student goes from \(LabText.percent(rounded)) to \(LabText.percent(alone)); its own float network as teacher is worth \(LabText.points(small - alone)), a larger one \(LabText.points(large - alone))"
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        let rule = GradientRule(rawValue: run.settings["rule"]) ?? .learnedStep
        let term = DistillationTerm(
            temperature: run.settings.number("temperature"), mix: run.settings.number("mix"))
        let base = try run.trainFloat(until: 0.15)
        run.found(.float, base.accuracy)
        let large = try run.trainFloat(
            scale: run.settings.integer("width"), name: "teacher", data: base.data, until: 0.5)
        run.found(.accuracy("teacher"), large.accuracy)
        let start = try AwareStart(base, run)
        run.found(.rounded, start.roundedAccuracy)
        let samples = base.data.training.prefix(run.settings.integer("retraining"))
        run.found(.retrained, try start.train(rule, run, name: "alone", samples: samples, until: 0.65).accuracy)
        for (teacher, name, measure, share) in [
            (base, "small teacher", LabMeasure.accuracy("distilled_small"), 0.82),
            (large, "large teacher", LabMeasure.accuracy("distilled"), 1),
        ] {
            let logits = try teacher.network.logits(of: samples, on: run.tape) { () throws(LabFailure) in
                try run.pass()
            }
            run.found(
                measure,
                try start.train(rule, run, name: name, teacher: (logits, term), samples: samples, until: share).accuracy
            )
        }
    }
}
