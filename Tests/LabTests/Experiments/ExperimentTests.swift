import Basics
import Fixtures
import Foundation
import Quantization
import Testing

@testable import Lab

/// What every experiment keeps to.
struct ExperimentTests {
    @Test func everyExperimentHasAFileAndALine() throws {
        let folder = Bundle.root.appendingPathComponent("Sources/Lab/Experiments").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(files) == Set(ExperimentCatalog.all.map { "\(type(of: $0)).swift" }))
        let improvers = try FileManager.default.contentsOfDirectory(
            atPath: Bundle.root.appendingPathComponent("Sources/Lab/Improvers").path)
        for improver in ImproverCatalog.all { #expect(improvers.contains("\(type(of: improver)).swift")) }
        for experiment in ExperimentCatalog.all {
            #expect(SmallRun.settings[experiment.name] != nil, "\(experiment.name)")
        }
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

    /// Bit for bit the same from a seed, on any number of threads; other seeds give other curves.
    @Test(arguments: ExperimentCatalog.all.map { $0.name }) func repeats(name: String) throws {
        let experiment = try #require(ExperimentCatalog.experiment(name))
        let first = try SmallRun.of(experiment), again = try SmallRun.of(experiment, threads: 1)
        #expect(first.state == .finished)
        #expect(first.repeatable == again.repeatable)
        #expect(first.curves == again.curves)
        #expect(!first.curves.isEmpty)
        #expect(try SmallRun.of(experiment, [("seed", "2")]).curves != first.curves)
    }

    /// Stopped from another thread while it trains; what was found so far stays.
    @Test(arguments: ExperimentCatalog.all.map { $0.name }) func stops(name: String) throws {
        let experiment = try #require(ExperimentCatalog.experiment(name)), control = LabControl()
        let report = try SmallRun.of(experiment, [("seed", "3")], control: control) { report in
            if !report.curves.isEmpty { control.cancel() }
        }
        #expect(report.state == .cancelled)
    }

    /// Several seeds give their means, and what each of them found.
    @Test(arguments: ExperimentCatalog.all.map { $0.name }) func seedsAreRunOneByOne(name: String) throws {
        let experiment = try #require(ExperimentCatalog.experiment(name))
        let both = try SmallRun.of(experiment, [("seed", "5"), ("seeds", "2")])
        #expect(both.state == .finished && both.seeds == [5, 6] && both.share == 1)
        let alone = try ["5", "6"].map { try SmallRun.of(experiment, [("seed", $0)]) }
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
        let stopped = try SmallRun.of(experiment, [("seeds", "9")], control: control) { report in
            if report.seeds.count == 3 { control.cancel() }
        }
        #expect(stopped.state == .cancelled && stopped.seeds == [1, 2])
        #expect(stopped.results == (try SmallRun.of(experiment, [("seeds", "2")])).results)
    }

    /// Networks on the plane side by side: each with its own decisions and the samples that it is right about.
    @Test func regionsAreThoseOfTheNetworks() throws {
        let report = try SmallRun.of(
            QuantizationAwareExperiment(), [("weights", "int2 sym channel:0"), ("rules", "lsq,ste")])
        #expect(report.regions.map { $0.name } == ["float", "ptq", "adaround", "float-retrained", "lsq", "ste"])
        #expect(Set(report.regions.map { $0.classes }).count == 6)
        for regions in report.regions {
            let places = regions.samples.map { [$0.x, $0.y] }
            #expect(places == report.regions[0].samples.map { [$0.x, $0.y] } && places.count == 160)
            #expect(places.joined().allSatisfy { Double(abs($0)) <= regions.extent })
            #expect(regions.classes.count == regions.rows * regions.columns && regions.classes.allSatisfy { $0 < 3 })
            // Of some samples about as many are right as of all.
            let right = Double(regions.samples.count { $0.isRight }) / Double(places.count)
            let measure = LabMeasure.accuracy(regions.name.replacing("-", with: "_"))
            let accuracy = try #require(report[measure] ?? report[.accuracy(regions.name + "_qat")], "\(regions.name)")
            #expect(abs(right - accuracy) < 0.1, "\(regions.name): \(right), of all \(accuracy)")
        }
        // A network whose inputs are no points of the plane has none.
        #expect(try SmallRun.of(BitsExperiment(), [("model", "glyphnet"), ("samples", "400")]).regions.isEmpty)
    }

    @Test func modelsHaveTheirOwnSettings() throws {
        let experiment = StochasticExperiment()
        #expect(try LabSettings(experiment)["epochs"] == "4")
        #expect(try LabSettings(experiment, [("model", "mlp")])["epochs"] == "30")
        #expect(try LabSettings(experiment, [("model", "mlp"), ("epochs", "7")])["epochs"] == "7")
    }

    @Test func pausesAndGoesOn() throws {
        let control = LabControl(), experiment = QuantizationAwareExperiment()
        var paused = false
        let report = try SmallRun.of(experiment, control: control) { report in
            guard !paused, !report.curves.isEmpty else { return }
            paused = true
            control.setPaused(true)
            // It waits until somebody lets it go on.
            DispatchQueue.global().async { control.setPaused(false) }
        }
        #expect(paused)
        #expect(report.state == .finished)
        #expect(try SmallRun.of(experiment).curves == report.curves)
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
        let misfit = try SmallRun.of(QuantizationAwareExperiment(), [("weights", "int4 sym channel:3")])
        guard case .failed(let text) = misfit.state else { return #expect(Bool(false)) }
        #expect(text.contains("channel:3") && text.contains("fc1.weight"))
        #expect(misfit.curves.isEmpty)
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
