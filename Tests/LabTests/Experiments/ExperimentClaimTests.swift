import Basics
import Quantization
import Testing

@testable import Lab

/// What single experiments are to show.
struct ExperimentClaimTests {
    /// At its defaults static and dynamic ranges differ, and what is worse than plain rounding says where it loses.
    @Test func postTrainingExplainsItself() throws {
        let experiment = try #require(ExperimentCatalog.experiment("ptq"))
        let weights = try Recipe("int3 sym tensor"), activations = try Recipe("int3 asym tensor")
        let report = try SmallRun.of(experiment, [("weights", "\(weights)"), ("activations", "\(activations)")])
        #expect(report.state == .finished)
        #expect(report[.accuracy("static")] != report[.accuracy("dynamic")])
        let plain = try #require(report[.rounded])
        for improver in ImproverCatalog.all {
            let result = try #require(report.results.first { $0.measure == .accuracy(improver.name) })
            guard case .number(let accuracy) = result.value, accuracy < plain else {
                #expect(result.notes.isEmpty, "\(improver.name)")
                continue
            }
            // A method that rounds weights itself does nothing where inputs alone are rounded.
            var heads: [String] = []
            if improver.obstacle(weights, nil) == nil { heads.append("weights alone: ") }
            if improver.obstacle(nil, activations) == nil { heads.append("inputs alone: ") }
            #expect(
                result.notes.first == improver.condition && result.notes.count == 1 + heads.count, "\(improver.name)")
            for (line, head) in zip(result.notes.dropFirst(), heads) { #expect(line.hasPrefix(head)) }
        }
    }

    /// A method that has nothing to work on says so instead of giving the number of plain rounding.
    @Test(arguments: [
        ("kmeans3 tensor", ["adaround"]), ("binary channel:0", ["adaround"]), ("pq2x16", ["adaround", "gptq"]),
        ("float", ["adaround", "gptq", "ocs", "equalization", "weight_correction"]),
    ]) func methodsThatDoNotApply(recipe: String, names: [String]) throws {
        let report = try SmallRun.of(
            PostTrainingExperiment(), [("weights", recipe), ("activations", "int4 asym tensor")])
        #expect(report.state == .finished)
        for improver in ImproverCatalog.all {
            let isOut = names.contains(improver.name)
            #expect((report[.accuracy(improver.name)] == nil) == isOut, "\(recipe) \(improver.name)")
            #expect(report.remarks.contains { $0.hasPrefix("\(improver.name) does not apply: ") } == isOut)
        }
    }

    /// As many samples as a recipe calibrates on are enough: none of them is judged.
    @Test func calibrationTakesAllSamples() throws {
        func accuracy(_ mode: String) throws -> LabReport {
            try SmallRun.of(
                PostTrainingExperiment(),
                [("activations", "int4 asym tensor\(mode)"), ("calibration", "16"), ("weights", "float")])
        }
        let all = try accuracy(" range:static:16"), usual = try accuracy("")
        #expect(all.state == .finished && all[.rounded] == usual[.rounded])
        guard case .failed(let text) = try accuracy(" range:static:17").state else { return #expect(Bool(false)) }
        #expect(text.contains("calibrates on 17 samples, found 16"))
        let channels = try SmallRun.of(PostTrainingExperiment(), [("activations", "int8 asym channel:1")])
        #expect(channels.remarks.contains { $0.hasPrefix("channel:1 gives every input channel a step of its own") })
    }

    /// Where a few channels are large, what scales channels brings back what rounding loses.
    @Test func outlierChannelsAreMended() throws {
        let report = try SmallRun.of(PostTrainingExperiment())
        let hurt = try #require(report[.outliers])
        #expect(hurt < (report[.rounded] ?? 0) - 0.1)
        #expect((report[.mended("equalization")] ?? 0) > hurt + 0.3)
        let table = try #require(report.tables.first { $0.title == "Layers" })
        #expect(table.rows.count == 3 && table.rows.allSatisfy { $0.count == table.columns.count })
        #expect(report.curves.contains { $0.name == "minmax calibration" && $0.points.count == 6 })
    }

    /// A learnt step neither runs away nor vanishes: on no seed does the network end at chance.
    @Test func learnedStepsStayNearTheValues() throws {
        let report = try SmallRun.of(QuantizationAwareExperiment(), [("rules", "lsq"), ("seeds", "12")])
        let learned = try #require(report.results.first { $0.measure == .retrained })
        #expect(learned.bySeed.count == 12 && (learned.bySeed.min() ?? 0) > 0.85)
        #expect((report[.retrainedFloat] ?? 0) > 0.98)
    }

    /// Few samples are left: a teacher says more of them than their labels do.
    @Test func teachersHelpWhereSamplesAreFew() throws {
        let report = try SmallRun.of(DistillationExperiment(), [("seeds", "5")])
        let alone = try #require(report[.retrained])
        #expect((report[.accuracy("distilled_small")] ?? 0) > alone + 0.01)
        #expect((report[.accuracy("distilled")] ?? 0) > alone + 0.01)
    }

    /// The same bytes do more where the loss is sensitive, and no assignment has less loss than the best of all.
    @Test func mixedBitsDoMoreAtTheSameBytes() throws {
        let report = try SmallRun.of(
            MixedPrecisionExperiment(), [("seeds", "2"), ("judged", "256"), ("bits", "2,3,4,5,6,8")])
        let uniform = try #require(report[.uniform]), mixed = try #require(report[.mixed])
        #expect(mixed >= uniform + 0.01)
        for (mixed, uniform) in zip(
            report.results.first { $0.measure == .mixedBytes }!.bySeed,
            report.results.first { $0.measure == .uniformBytes }!.bySeed)
        {
            #expect(mixed <= uniform)
        }
        let table = try #require(report.tables.first { $0.title == "How near sensitivities come" })
        #expect(table.rows.count == LayerSensitivity.allCases.count + 1)
        for row in table.rows {
            guard case .number(let above, _) = row[3] else { return #expect(Bool(false)) }
            #expect(above >= 0)
        }
        let impossible = try SmallRun.of(MixedPrecisionExperiment(), [("saved", "0.9")])
        guard case .failed(let text) = impossible.state else { return #expect(Bool(false)) }
        #expect(text.hasPrefix("--saved: found a budget of ") && text.contains("or more"), "\(text)")
    }

    @Test func finerRangesKeepMore() throws {
        let report = try SmallRun.of(GranularityExperiment(), [("seeds", "3")])
        func number(_ name: String) throws -> Double {
            let result = try #require(report.results.first { $0.measure.name == name })
            guard case .number(let value) = result.value else { return .nan }
            return value
        }
        let channel = try number("channel_accuracy"), tensor = try number("tensor_accuracy")
        #expect(channel > tensor + 0.1)
        let (bits, fewer) = (try number("group_16_bits"), try number("tensor_bits"))
        #expect(bits > fewer)
    }

    /// Without quantization nothing changes.
    @Test func floatIsFloat() throws {
        let report = try SmallRun.of(PostTrainingExperiment(), [("weights", "float"), ("activations", "float")])
        #expect(report[.rounded] == report[.float])
    }

    /// Formats of every kind go through the lab: their own granularity, code books, blocks.
    @Test(arguments: [
        "nf4 group:64", "fp8-e4m3 tensor", "mxfp4", "ternary channel:0", "kmeans3 tensor", "pq2x16",
        "int4 asym channel:0",
        "binary channel:0",
    ]) func formats(recipe: String) throws {
        let report = try SmallRun.of(
            QuantizationAwareExperiment(),
            [("weights", recipe), ("rules", "ste,lsq"), ("epochs", "2"), ("activations", "fp8-e4m3 tensor")])
        #expect(report.state == .finished, "\(recipe)")
        #expect((report[.retrained] ?? 0) > 0.34)
    }

    /// Training finds its way back where rounding alone is lost.
    @Test func trainingHelps() throws {
        let report = try SmallRun.of(
            QuantizationAwareExperiment(),
            [
                ("weights", "int2 sym channel:0"), ("activations", "int3 asym tensor"), ("epochs", "20"),
                ("rules", "lsq,honest"),
            ])
        let trained = try #require(report[.retrained])
        #expect(trained > (report[.rounded] ?? 1) + 0.1)
        #expect(trained > (report[.accuracy("honest")] ?? 1))
    }

    /// With the derivative that rounding has nothing moves, whatever the optimizer and its decay.
    @Test func honestRoundingFreezes() throws {
        let report = try SmallRun.of(QuantizationAwareExperiment(), [("rules", "honest,ste"), ("epochs", "3")])
        #expect(report[.accuracy("honest")] == report[.rounded])
        #expect(report[.accuracy("ste")] != report[.rounded])
        let data = Spirals.dataset(seed: 1).training
        var random = RandomSource(seed: 1)
        let network = PlaneNetwork().network(inputShape: [2], classes: 3, scale: 1, random: &random)
        let tape = Tape(threads: 1)
        let aware = try AwareNetwork(
            network, rule: .honest, weights: try Recipe("int2 sym tensor"), activations: nil,
            records: LayerRecords(of: network, data.prefix(8), on: tape), on: tape, context: WorkContext(threads: 1))
        var trainer = Trainer(aware.network, data, TrainingPlan(epochs: 1, rate: 0.1, decay: 0), on: tape)
        trainer.pass = { _ in aware.pass(isTraining: true) }
        trainer.trained = aware.trained
        try trainer.run(&random)
        for (before, after) in zip(network.parameters, aware.network.parameters) {
            #expect(before.array == after.array, "\(before.name)")
        }
    }

    /// Nearly all updates are smaller than half a step; stochastic rounding keeps their mean.
    @Test func stochasticUpdates() throws {
        let report = try SmallRun.of(StochasticExperiment(), [("epochs", "30"), ("start", "3")])
        #expect((report[.lostUpdates] ?? 0) > 0.99)
        func accuracy(_ name: String) throws -> Double { try #require(report[.accuracy(name)]) }
        #expect(abs(try accuracy("nearest") - accuracy("start")) < 0.01)
        #expect(abs(try accuracy("stochastic") - accuracy("float")) < 0.02)
        #expect(try accuracy("stochastic") > accuracy("nearest") + 0.03)
    }
}
