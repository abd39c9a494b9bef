import Basics
import Quantization

/// Calibration and retraining of a network whose training data is gone (survey III-G3).
struct ZeroShotExperiment: Experiment {
    let name = "zero-shot"
    let usualSeconds = 23
    let summary = "calibration and retraining without data: samples made from what batch norms remember"
    let section = "III-G3"
    let claim =
        "noise calibrates wrong ranges; samples on which batch norms see what they remember do as well as data, and a generator of them retrains a network"
    let settings: [LabSetting] = [
        .weights("int2 sym channel:0"), .activations("int4 asym tensor"),
        LabSetting(
            "calibration", "samples that ranges are chosen on, real, noise or made", .integer(2...10_000), "256",
            usual: ["32", "64", "128", "256", "512"]),
        LabSetting(
            "steps", "steps that noise is moved by until batch norms see what they remember", .integer(1...10_000),
            "200", usual: ["50", "100", "200", "500"]),
        LabSetting(
            "making", "learning rate of the samples", .number(0...10), "0.1", usual: ["0.02", "0.05", "0.1", "0.5"]),
        LabSetting(
            "generator", "training steps of the generator", .integer(1...100_000), "500",
            usual: ["100", "250", "500", "1000"]),
        LabSetting(
            "images", "samples that a network is retrained on, made by the generator", .integer(64...100_000), "4000",
            usual: ["1000", "2000", "4000", "8000"]),
        .epochs(6, "epochs of retraining on the generator's samples, as many steps on matched noise"),
        .rate("0.02"),
    ]

    /// Bits of inputs that calibrations are compared at, weights having eight.
    private static let widths = [8, 6, 5, 4, 3, 2]
    /// Where noise fails, and calibration on data does not.
    private static let telling = 3

    func finding(_ report: LabReport) -> String? {
        guard let real = report[.telling("real")], let noise = report[.telling("noise")],
            let made = report[.telling("level1")], let level1 = report[.accuracy("level1")]
        else { return nil }
        let retrained = [
            report[.accuracy("level2")].map { "\(LabText.percent($0)) retrained on matched noise" },
            report[.accuracy("level2_gan")].map { "\(LabText.percent($0)) on the generator's samples" },
        ].compactMap { $0 }
        return
            "inputs of \(Self.telling) bits calibrated on data \(LabText.percent(real)), on noise \(LabText.percent(noise)), on matched noise \(LabText.percent(made)); \(report.recipes): \(LabText.percent(level1)) calibrated"
            + (retrained.isEmpty ? "" : ", ") + LabText.list(retrained)
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        let base = try run.trainFloat(until: 0.15)
        guard base.network.hasBatchNorms else {
            throw .usage(
                "zero-shot: found no batch norm in \(base.model.name), expected a network that remembers its data, as --model glyphnet does"
            )
        }
        run.found(.float, base.accuracy)
        let training = base.data.training, range = training.valueRange
        let count = min(run.settings.integer("calibration"), training.count)
        let match = StatisticsMatch(base.network, on: run.tape)
        var random = RandomSource(seed: run.settings.seed, stream: "noise")
        let noise = SampleMaker.noise(count, shape: training.shape, &random)
        var sources = [
            Source(name: "real", samples: training.prefix(count)), Source(name: "noise", samples: noise),
            Source(name: "uniform", samples: SampleMaker.uniform(count, shape: training.shape, range, &random)),
        ]
        for source in sources { show(source.samples, source.name, range, run) }
        sources.append(Source(name: "level1", samples: try matched(noise, match, range, run)))
        try calibrate(sources, base, match, run)
        try retrain(sources, base, match, range, run)
    }

    private struct Source {
        let name: String
        let samples: Samples
    }

    private func show(_ samples: Samples, _ title: String, _ range: ClosedRange<Float>, _ run: LabRun) {
        samples.inputs.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            run.show(LabPictures(title, start, count: samples.count, shape: samples.shape, range: range))
        }
    }

    // MARK: Level 1

    private func matched(_ noise: Samples, _ match: StatisticsMatch, _ range: ClosedRange<Float>, _ run: LabRun)
        throws(LabFailure) -> Samples
    {
        run.stage("moving noise until batch norms see what they remember", until: 0.35)
        let steps = run.settings.integer("steps")
        let maker = SampleMaker(
            match: match, batch: Network.batch, steps: steps, rate: Float(run.settings.number("making")), range: range)
        let batches = (noise.count + maker.batch - 1) / maker.batch, stride = max(1, steps / 60)
        return try maker.moved(noise) { batch, step, samples, loss throws(LabFailure) in
            run.advance((Double(batch) + Double(step + 1) / Double(steps)) / Double(batches))
            if batch == 0, step % stride == 0 || step + 1 == steps {
                run.point("level1", .matching, x: Double(step), y: loss)
                run.show(
                    LabPictures(
                        "level1", samples.values.base, count: samples.shape[0], shape: Array(samples.shape.dropFirst()),
                        range: range))
            }
            try run.pass()
        }
    }

    private func calibrate(_ sources: [Source], _ base: FloatBase, _ match: StatisticsMatch, _ run: LabRun)
        throws(LabFailure)
    {
        run.stage("calibrating", until: 0.45)
        let folded = base.network.folded()
        var statistics = LabTable(
            "What batch norms see", columns: ["samples", "norm", "mean off", "σ off"],
            note:
                "The channel that is farthest from what the batch norm remembers, in remembered deviations: real samples are a few of those it remembers"
        )
        var limits = LabTable(
            "Where ranges of inputs end", columns: ["samples"] + folded.weighted.map { $0.name },
            note: "Of 8 bits, on samples of each kind: too wide wastes levels, too narrow clips")
        var accuracies = LabTable(
            "Right % by bits of inputs", columns: ["samples"] + Self.widths.map { "a\($0)" },
            note: "Weights of 8 bits, ranges of inputs chosen on samples of each kind")
        for (place, source) in sources.enumerated() {
            for gap in match.gaps(source.samples) {
                statistics.rows.append([
                    .text(source.name), .text(gap.name), .number(gap.mean, digits: 2),
                    .number(gap.deviation, digits: 2),
                ])
            }
            let records = try run.records(of: folded, source.samples)
            func accuracy(_ weights: Recipe?, _ inputs: Recipe?) throws(LabFailure) -> (Double, QuantizedNetwork) {
                let quantized = try QuantizedNetwork(
                    folded, weights: weights, activations: inputs, records: records, context: run.context)
                return (try run.accuracy(quantized, on: base.data.test), quantized)
            }
            var row: [LabTable.Cell] = [.text(source.name)]
            for bits in Self.widths {
                let (right, quantized) = try accuracy(
                    .constant("int8 sym channel:0"), .constant("int\(bits) asym tensor"))
                row.append(.number(right * 100, digits: 3))
                run.point(source.name, .bits, x: Double(bits), y: right)
                if bits == Self.telling { run.found(.telling(source.name), right) }
                if bits == 8 {
                    limits.rows.append(
                        [.text(source.name)]
                            + folded.weighted.map {
                                .number(quantized.inputs[$0.name]?.limit ?? 0, digits: 3)
                            })
                }
            }
            accuracies.rows.append(row)
            run.found(
                .accuracy(source.name),
                try accuracy(run.settings.recipe("weights"), run.settings.recipe("activations")).0)
            run.show(accuracies)
            run.show(statistics)
            run.show(limits)
            run.advance(Double(place + 1) / Double(sources.count))
        }
    }

    // MARK: Level 2

    private func retrain(
        _ sources: [Source], _ base: FloatBase, _ match: StatisticsMatch, _ range: ClosedRange<Float>, _ run: LabRun
    ) throws(LabFailure) {
        guard let matched = sources.last?.samples else { return }
        let images = run.settings.integer("images")
        run.found(
            .accuracy("level2"),
            try accuracy(
                retrainedOn: matched, base, "level2",
                epochs: run.settings.integer("epochs") * max(1, images / base.model.training.batch)
                    / max(1, matched.count / base.model.training.batch),
                run, until: 0.6))
        var random = RandomSource(seed: run.settings.seed, stream: "generator")
        guard
            let generator = SampleGenerator(
                shape: matched.shape, classes: base.data.classes, range: range, random: &random)
        else {
            run.remark("no generator: it makes images whose sides are multiples of 4")
            return
        }
        run.stage("training a generator", until: 0.8)
        let seeds = generator.seeds(images, &random), few = seeds.prefix(LabPictures.most)
        let steps = run.settings.integer("generator"), stride = max(1, steps / 60)
        try generator.train(for: match, steps: steps, seeds: seeds, random: &random) { trainer in
            trainer.beforeStep = { () throws(LabFailure) in try run.pass() }
            trainer.onStep = { step, steps, loss in
                run.advance(Double(step + 1) / Double(steps))
                guard step % stride == 0 || step + 1 == steps else { return }
                run.point("level2_gan", .matching, x: Double(step), y: loss)
                if let some = try? generator.samples(of: few, on: run.tape) { show(some, "level2_gan", range, run) }
            }
        }
        let made = try generator.samples(of: seeds, on: run.tape) { () throws(LabFailure) in try run.pass() }
        let agreed = try run.accuracy(base.network, on: made)
        run.remark("the float network sees the class that was asked for in \(LabText.percent(agreed)) of what was made")
        run.found(
            .accuracy("level2_gan"),
            try accuracy(
                retrainedOn: made, base, "level2_gan", epochs: run.settings.integer("epochs"), run, until: 1))
    }

    /// Retrains on samples as if they were the data, with the float network as the only teacher, and judges on real test samples.
    private func accuracy(
        retrainedOn made: Samples, _ base: FloatBase, _ name: String, epochs: Int, _ run: LabRun, until share: Double
    ) throws(LabFailure) -> Double {
        let logits = try base.network.logits(of: made, on: run.tape) { () throws(LabFailure) in try run.pass() }
        let data = Dataset(training: made, test: base.data.test, classes: base.data.classes, origin: name)
        let start = try AwareStart(
            FloatBase(model: base.model, network: base.network, data: data, accuracy: base.accuracy), run)
        let term = DistillationTerm(temperature: 4, mix: 1)
        return try start.train(
            .learnedStep, run, name: name, teacher: (logits, term), epochs: max(1, epochs), until: share
        ).accuracy
    }
}

extension LabMeasure {
    /// At eight bits of weights and three of inputs.
    fileprivate static func telling(_ source: String) -> LabMeasure { accuracy("\(source)_w8a3") }
}

extension LabReport {
    /// Both recipes' formats, for sentences.
    fileprivate var recipes: String {
        ["weights", "activations"].compactMap { name in
            settings.first { $0.name == name }.map { "\(name) \($0.value.prefix { $0 != " " })" }
        }.joined(separator: ", ")
    }
}
