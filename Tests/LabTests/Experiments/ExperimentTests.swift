import Basics
import Fixtures
import Foundation
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Lab

struct ExperimentTests {
    /// Small settings of each experiment, for a few seconds.
    private static let small: [String: [(String, String)]] = [
        "bits": [], "ptq": [("calibration", "16")],
        "qat": [("epochs", "6"), ("rules", "lsq,ste,clipped-ste,pact,proximal,honest")],
        "stochastic": [("epochs", "8"), ("start", "5"), ("rate", "0.01")],
        "distillation": [("epochs", "6")], "granularity": [],
        "mixed-precision": [("bits", "2,3,4,6"), ("judged", "64")],
        "extreme": [("epochs", "2"), ("size", "64")],
        "zero-shot": [
            ("model", "glyphnet"), ("calibration", "32"), ("steps", "20"), ("generator", "20"), ("images", "128"),
            ("epochs", "1"),
        ],
        "integer-only": [], "hardware": [("width", "1"), ("batch", "2"), ("profiles", "a100,mcu")],
    ]

    private func run(
        _ experiment: any Experiment, _ chosen: [(String, String)] = [], threads: Int = 2,
        control: LabControl = LabControl(), post: @escaping (LabReport) -> Void = { _ in }
    ) throws -> LabReport {
        let settings = try LabSettings(experiment, [("model", "mlp")] + (Self.small[experiment.name] ?? []) + chosen)
        return LabRun(experiment.name, settings, threads: threads, control: control, post: post).perform(experiment)
    }

    @Test func everyExperimentHasAFileAndALine() throws {
        let folder = Bundle.root.appendingPathComponent("Sources/Lab/Experiments").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(files) == Set(ExperimentCatalog.all.map { "\(type(of: $0)).swift" }))
        let improvers = try FileManager.default.contentsOfDirectory(
            atPath: Bundle.root.appendingPathComponent("Sources/Lab/Improvers").path)
        for improver in ImproverCatalog.all { #expect(improvers.contains("\(type(of: improver)).swift")) }
        for experiment in ExperimentCatalog.all { #expect(Self.small[experiment.name] != nil, "\(experiment.name)") }
    }

    @Test func defaultsOfSettingsAreRight() {
        for experiment in ExperimentCatalog.all {
            for setting in experiment.allSettings {
                for value in [setting.value] + setting.usual {
                    #expect(setting.problem(with: value) == nil, "\(experiment.name) --\(setting.name) \(value)")
                }
            }
            #expect(Set(experiment.allSettings.map { $0.name }).count == experiment.allSettings.count)
        }
    }

    /// At its defaults static and dynamic ranges differ, and what is worse than plain rounding says where it loses.
    @Test func postTrainingExplainsItself() throws {
        let experiment = try #require(ExperimentCatalog.experiment("ptq"))
        let weights = try Recipe("int3 sym tensor"), activations = try Recipe("int3 asym tensor")
        let report = try run(experiment, [("weights", "\(weights)"), ("activations", "\(activations)")])
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

    /// Bit for bit the same from a seed, on any number of threads; other seeds give other curves.
    @Test(arguments: ExperimentCatalog.all.map { $0.name }) func repeats(name: String) throws {
        let experiment = try #require(ExperimentCatalog.experiment(name))
        let first = try run(experiment), again = try run(experiment, threads: 1)
        #expect(first.state == .finished)
        #expect(first.repeatable == again.repeatable)
        #expect(first.curves == again.curves)
        #expect(!first.curves.isEmpty)
        #expect(try run(experiment, [("seed", "2")]).curves != first.curves)
    }

    /// Stopped from another thread while it trains; what was found so far stays.
    @Test(arguments: ExperimentCatalog.all.map { $0.name }) func stops(name: String) throws {
        let experiment = try #require(ExperimentCatalog.experiment(name)), control = LabControl()
        let report = try run(experiment, [("seed", "3")], control: control) { report in
            if !report.curves.isEmpty { control.cancel() }
        }
        #expect(report.state == .cancelled)
    }

    /// Several seeds give their means, and what each of them found.
    @Test(arguments: ExperimentCatalog.all.map { $0.name }) func seedsAreRunOneByOne(name: String) throws {
        let experiment = try #require(ExperimentCatalog.experiment(name))
        let both = try run(experiment, [("seed", "5"), ("seeds", "2")])
        #expect(both.state == .finished && both.seeds == [5, 6] && both.share == 1)
        let alone = try ["5", "6"].map { try run(experiment, [("seed", $0)]) }
        #expect(!both.results.isEmpty)
        for result in both.repeatable {
            guard case .number(let mean) = result.value else { continue }
            let wanted = alone.compactMap { $0[result.measure] }
            #expect(result.bySeed == wanted && abs(mean - wanted.reduce(0, +) / 2) < 1e-12, "\(result.measure.name)")
            #expect(result.spread == wanted.min()!...wanted.max()!)
        }
        // The sentence has numbers of this run.
        let finding = try #require(both.finding)
        #expect(finding.contains { $0.isNumber } && finding != alone[0].finding)
        #expect(!experiment.claim.isEmpty)
    }

    /// Stopped in its third seed, a run keeps the means of two.
    @Test func completeSeedsStay() throws {
        let experiment = StochasticExperiment(), control = LabControl()
        let stopped = try run(experiment, [("seeds", "9")], control: control) { report in
            if report.seeds.count == 3 { control.cancel() }
        }
        #expect(stopped.state == .cancelled && stopped.seeds == [1, 2])
        #expect(stopped.results == (try run(experiment, [("seeds", "2")])).results)
    }

    @Test func modelsHaveTheirOwnSettings() throws {
        let experiment = StochasticExperiment()
        #expect(try LabSettings(experiment)["epochs"] == "4")
        #expect(try LabSettings(experiment, [("model", "mlp")])["epochs"] == "30")
        #expect(try LabSettings(experiment, [("model", "mlp"), ("epochs", "7")])["epochs"] == "7")
    }

    /// A method that has nothing to work on says so instead of giving the number of plain rounding.
    @Test(arguments: [
        ("kmeans3 tensor", ["adaround"]), ("binary channel:0", ["adaround"]), ("pq2x16", ["adaround", "gptq"]),
        ("float", ["adaround", "gptq", "ocs", "equalization", "weight_correction"]),
    ]) func methodsThatDoNotApply(recipe: String, names: [String]) throws {
        let report = try run(PostTrainingExperiment(), [("weights", recipe), ("activations", "int4 asym tensor")])
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
            try run(
                PostTrainingExperiment(),
                [("activations", "int4 asym tensor\(mode)"), ("calibration", "16"), ("weights", "float")])
        }
        let all = try accuracy(" range:static:16"), usual = try accuracy("")
        #expect(all.state == .finished && all[.rounded] == usual[.rounded])
        guard case .failed(let text) = try accuracy(" range:static:17").state else { return #expect(Bool(false)) }
        #expect(text.contains("calibrates on 17 samples, found 16"))
        let channels = try run(PostTrainingExperiment(), [("activations", "int8 asym channel:1")])
        #expect(channels.remarks.contains { $0.hasPrefix("channel:1 gives every input channel a step of its own") })
    }

    /// Where a few channels are large, what scales channels brings back what rounding loses.
    @Test func outlierChannelsAreMended() throws {
        let report = try run(PostTrainingExperiment())
        let hurt = try #require(report[.outliers])
        #expect(hurt < (report[.rounded] ?? 0) - 0.1)
        #expect((report[.mended("equalization")] ?? 0) > hurt + 0.3)
        let table = try #require(report.tables.first { $0.title == "Layers" })
        #expect(table.rows.count == 3 && table.rows.allSatisfy { $0.count == table.columns.count })
        #expect(report.curves.contains { $0.name == "minmax calibration" && $0.points.count == 6 })
    }

    /// A learnt step neither runs away nor vanishes: on no seed does the network end at chance.
    @Test func learnedStepsStayNearTheValues() throws {
        let report = try run(QuantizationAwareExperiment(), [("rules", "lsq"), ("seeds", "12")])
        let learned = try #require(report.results.first { $0.measure == .retrained })
        #expect(learned.bySeed.count == 12 && (learned.bySeed.min() ?? 0) > 0.85)
        #expect((report[.retrainedFloat] ?? 0) > 0.98)
    }

    /// Few samples are left: a teacher says more of them than their labels do.
    @Test func teachersHelpWhereSamplesAreFew() throws {
        let report = try run(DistillationExperiment(), [("seeds", "5")])
        let alone = try #require(report[.retrained])
        #expect((report[.accuracy("distilled_small")] ?? 0) > alone + 0.01)
        #expect((report[.accuracy("distilled")] ?? 0) > alone + 0.01)
    }

    /// The same bytes do more where the loss is sensitive, and no assignment has less loss than the best of all.
    @Test func mixedBitsDoMoreAtTheSameBytes() throws {
        let report = try run(MixedPrecisionExperiment(), [("seeds", "2"), ("judged", "256"), ("bits", "2,3,4,5,6,8")])
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
        let impossible = try run(MixedPrecisionExperiment(), [("saved", "0.9")])
        guard case .failed(let text) = impossible.state else { return #expect(Bool(false)) }
        #expect(text.hasPrefix("--saved: found a budget of ") && text.contains("or more"), "\(text)")
    }

    @Test func finerRangesKeepMore() throws {
        let report = try run(GranularityExperiment(), [("seeds", "3")])
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

    @Test func pausesAndGoesOn() throws {
        let control = LabControl(), experiment = QuantizationAwareExperiment()
        var paused = false
        let report = try run(experiment, control: control) { report in
            guard !paused, !report.curves.isEmpty else { return }
            paused = true
            control.setPaused(true)
            // It waits until somebody lets it go on.
            DispatchQueue.global().async { control.setPaused(false) }
        }
        #expect(paused)
        #expect(report.state == .finished)
        #expect(try run(experiment).curves == report.curves)
    }

    @Test func settingsThatMeanNothing() throws {
        func message(_ chosen: [(String, String)]) -> String {
            do throws(LabFailure) {
                _ = try LabSettings(QuantizationAwareExperiment(), chosen)
                return ""
            } catch { return error.description }
        }
        #expect(message([("epochs", "many")]) == "--epochs: found many, expected 0 to 10000")
        #expect(message([("rules", "lsq,lsq")]).hasPrefix("--rules: found lsq,lsq, expected some of"))
        #expect(message([("temperature", "2")]).contains("qat has no such setting"))
        #expect(message([("weights", "int4 sim")]).hasPrefix("--weights: "))
        let misfit = try run(QuantizationAwareExperiment(), [("weights", "int4 sym channel:3")])
        guard case .failed(let text) = misfit.state else { return #expect(Bool(false)) }
        #expect(text.contains("channel:3") && text.contains("fc1.weight"))
        #expect(misfit.curves.isEmpty)
    }

    /// Without quantization nothing changes.
    @Test func floatIsFloat() throws {
        let report = try run(PostTrainingExperiment(), [("weights", "float"), ("activations", "float")])
        #expect(report[.rounded] == report[.float])
    }

    /// Formats of every kind go through the lab: their own granularity, code books, blocks.
    @Test(arguments: [
        "nf4 group:64", "fp8-e4m3 tensor", "mxfp4", "ternary channel:0", "kmeans3 tensor", "pq2x16",
        "int4 asym channel:0",
        "binary channel:0",
    ]) func formats(recipe: String) throws {
        let report = try run(
            QuantizationAwareExperiment(),
            [("weights", recipe), ("rules", "ste,lsq"), ("epochs", "2"), ("activations", "fp8-e4m3 tensor")])
        #expect(report.state == .finished, "\(recipe)")
        #expect((report[.retrained] ?? 0) > 0.34)
    }

    /// Training finds its way back where rounding alone is lost.
    @Test func trainingHelps() throws {
        let report = try run(
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
        let report = try run(QuantizationAwareExperiment(), [("rules", "honest,ste"), ("epochs", "3")])
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

    /// What cannot be learnt is reported, with its position, instead of numbers that mean nothing.
    @Test func valuesThatCannotBeLearnt() throws {
        try TemporaryFolder.with { (folder: String) throws in
            func message(_ inputs: [Float], _ labels: [Float], _ chosen: [(String, String)] = []) throws -> String {
                let path = folder + "/own.npz"
                try NpzWriter.write(
                    [
                        .init(name: "images", shape: Shape([inputs.count / 2, 2])!, values: inputs),
                        .init(name: "labels", shape: Shape([labels.count])!, values: labels),
                    ], to: path)
                let report = try run(BitsExperiment(), [("data", path)] + chosen)
                if case .failed(let text) = report.state { return text }
                return "\(report.state)"
            }
            let plain = (0..<200).map { Float($0 % 7) / 7 }, two = (0..<100).map { Float($0 % 2) }
            #expect(try message(plain, two) == "finished")
            #expect(try message(plain.map { $0 * 3e38 }, two).contains("found no finite number, expected one"))
            #expect(try message(plain, [Float](repeating: 4, count: 100)).contains("found one class, 4"))
            #expect(try message(plain, two.map { $0 / 2 }).contains("found label 0.5"))
            #expect(try message(plain.map { $0 == 0 ? .nan : $0 }, two).contains("no finite number"))
            #expect(try message(plain, Array(two.dropLast())).contains("a label for every sample"))
            #expect(
                try message(plain, two, [("weights", "nf4 group:64")]).contains("expected int2 to int16"))
            // Sorted by class: a seeded order mixes them.
            #expect(try message(plain, (0..<100).map { Float($0 / 50) }) == "finished")
        }
    }

    /// Nearly all updates are smaller than half a step; stochastic rounding keeps their mean.
    @Test func stochasticUpdates() throws {
        let report = try run(StochasticExperiment(), [("epochs", "30"), ("start", "3")])
        #expect((report[.lostUpdates] ?? 0) > 0.99)
        func accuracy(_ name: String) throws -> Double { try #require(report[.accuracy(name)]) }
        #expect(abs(try accuracy("nearest") - accuracy("start")) < 0.01)
        #expect(abs(try accuracy("stochastic") - accuracy("float")) < 0.02)
        #expect(try accuracy("stochastic") > accuracy("nearest") + 0.03)
    }

    @Test func ownData() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/own.npz"
            let data = Spirals.dataset(seed: 9).training.prefix(400)
            try NpzWriter.write(
                [
                    .init(name: "images", shape: Shape([400, 2])!, values: data.inputs),
                    .init(name: "labels", shape: Shape([400])!, values: data.labels.map(Float.init)),
                ], to: path)
            let opened = try DataFile.open(path, most: 200, seed: 1)
            #expect(opened.training.count == 200)
            #expect(opened.test.count == 50)
            #expect(opened.classes == 3)
            // Other samples for another seed, the same for the same.
            #expect(try DataFile.open(path, most: 200, seed: 1).training.inputs == opened.training.inputs)
            #expect(try DataFile.open(path, most: 200, seed: 2).training.inputs != opened.training.inputs)
            let report = try run(PostTrainingExperiment(), [("data", path)])
            #expect((report[.float] ?? 0) > 0.6)
            let misfit = try run(PostTrainingExperiment(), [("data", path), ("model", "glyphnet")])
            guard case .failed(let text) = misfit.state else { return #expect(Bool(false)) }
            #expect(text.contains("found samples of shape [2], expected images of 4×4"))
        }
    }

    @Test func idxFiles() throws {
        try TemporaryFolder.with { folder in
            func write(_ name: String, _ extents: [Int], _ bytes: [UInt8]) throws -> String {
                let path = folder + "/" + name
                let head: [UInt8] = [0, 0, 8, UInt8(extents.count)]
                let sizes = extents.flatMap {
                    [UInt8($0 >> 24), UInt8($0 >> 16 & 255), UInt8($0 >> 8 & 255), UInt8($0 & 255)]
                }
                try Data(head + sizes + bytes).write(to: URL(fileURLWithPath: path))
                return path
            }
            let path = try write("train-images-idx3-ubyte", [20, 4, 4], (0..<320).map { UInt8($0 % 256) })
            _ = try write("train-labels-idx1-ubyte", [20], (0..<20).map { UInt8($0 % 3) })
            #expect(try DataFile.open(path, most: 12, seed: 1).training.count == 12)
            _ = try write("t10k-images-idx3-ubyte", [12, 4, 4], (0..<192).map { UInt8($0 % 256) })
            _ = try write("t10k-labels-idx1-ubyte", [12], (0..<12).map { UInt8($0 % 3) })
            let data = try DataFile.open(path, most: 1_000, seed: 1)
            #expect(data.training.count == 20 && data.test.count == 12 && data.classes == 3)
            #expect(data.training.shape == [1, 4, 4])
            #expect(data.training.inputs.max() == 1)
            #expect(throws: FileError.self) {
                try DataFile.open(folder + "/t10k-labels-idx1-ubyte", most: 9, seed: 1)
            }
        }
    }
}

extension Bundle {
    /// The project's folder, found from this file.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}

extension LabReport {
    /// What follows from settings and seed alone.
    fileprivate var repeatable: [LabResult] { results.filter { $0.measure.unit != .speed } }
}
