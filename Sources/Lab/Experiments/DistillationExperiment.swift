/// A quantized student that learns from float teachers of two sizes besides the labels.
struct DistillationExperiment: Experiment {
    let name = "distillation"
    let summary = "a quantized student with float teachers: temperature, mix, and what a larger teacher brings"
    let section = "IV-D"
    let settings: [LabSetting] = [
        .weights("int2 sym channel:0"), .activations("int2 asym tensor"), .calibration,
        .epochs(6, "epochs of retraining for each student"),
        LabSetting(
            "rate", "learning rate of retraining", .number(0...10), "0.02", usual: ["0.005", "0.01", "0.02", "0.05"]),
        LabSetting(
            "temperature", "T of both softmaxes", .number(0.1...100), "4", usual: ["1", "2", "4", "8", "20"]),
        LabSetting(
            "mix", "the part of the loss that is the teacher's", .number(0...1), "0.7",
            usual: ["0", "0.3", "0.5", "0.7", "0.9", "1"]),
        LabSetting(
            "width", "hidden widths of the larger teacher, times the student's", .integer(1...8), "2",
            usual: ["1", "2", "3", "4"]),
        LabSetting(
            "rule", "the gradient rule of the students", .choice(GradientRule.allCases.map { $0.rawValue }),
            GradientRule.learnedStep.rawValue),
    ]

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
        run.found(.retrained, try start.train(rule, run, name: "alone", until: 0.65).accuracy)
        for (teacher, name, measure, share) in [
            (base, "small teacher", LabMeasure.accuracy("distilled_small"), 0.82),
            (large, "large teacher", LabMeasure.accuracy("distilled"), 1),
        ] {
            let logits = try teacher.network.logits(of: base.data.training, on: run.tape) { () throws(LabFailure) in
                try run.pass()
            }
            run.found(measure, try start.train(rule, run, name: name, teacher: (logits, term), until: share).accuracy)
        }
    }
}
