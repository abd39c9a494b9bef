import Foundation
@testable import Lab
import Quantization
import Testing

@testable import Explorer

/// Choosing, telling, running, pausing and stopping experiments.
@Suite struct LabScreenTests {
    private func session() throws -> ScreenSession {
        var session = try ScreenSession(recipe: "int4 sym tensor")
        session.perform(.screenChosen(.lab))
        return session
    }

    private func request(_ requests: [Request]) -> LabRequest? {
        for case .lab(.run(let request)) in requests { return request }
        return nil
    }

    @Test func theListChoosesExperimentsAndSteps() throws {
        var session = try session()
        #expect(session.state.focus == .experiments)
        let names = ExperimentCatalog.all.map { $0.name }
        #expect(session.state.lab.experiment.name == names[0])
        session.perform(.moved(.down))
        #expect(session.state.lab.experiment.name == names[1])
        // On an experiment there is nothing to step, which is said.
        session.perform(.moved(.right))
        #expect(session.state.message?.text == Words.labNothingToStep)
        session.perform(.moved(.last))
        #expect(session.state.lab.experiment.name == names[1])
        #expect(session.state.lab.setting?.name == session.state.lab.settings.last?.name)
        session.perform(.moved(.first))
        for _ in names.dropFirst() { session.perform(.moved(.down)) }
        #expect(session.state.lab.experiment.name == names.last)
        session.perform(.moved(.down))
        let seed = try #require(session.state.lab.setting)
        #expect(seed.name == "seed")
        session.perform(.moved(.right))
        #expect(session.state.lab.value(of: seed) == "2")
        session.perform(.moved(.left))
        session.perform(.moved(.left))
        #expect(session.state.lab.value(of: seed) == "5")
        // Settings belong to their experiment.
        session.type("lab qat")
        #expect(session.state.lab.value(of: seed) == "1")
    }

    @Test func lettersStepTheRecipeUnderTheCursor() throws {
        var session = try session()
        func value(_ name: String) throws -> String {
            let lab = session.state.lab
            return lab.value(of: try #require(lab.settings.first { $0.name == name }))
        }
        session.type("lab weights int4 sym channel:0")
        session.perform(.settingStepped(.bits, forward: true))
        #expect(try value("weights") == "int5 sym channel:0")
        session.type("lab activations int8 asym tensor")
        session.perform(.settingStepped(.mapping, forward: true))
        #expect(try value("activations") == "int8 sym tensor")
        #expect(try value("weights") == "int5 sym channel:0")
        // The explorer's own recipe stays.
        #expect(session.state.recipe.description == "int4 sym tensor")
        session.type("lab weights float")
        session.perform(.settingStepped(.bits, forward: true))
        #expect(try value("weights") == "int8 sym tensor")
    }

    @Test func commandsSayWhatIsWrong() throws {
        var session = try session()
        for (line, part) in [
            ("lab nothing", "expected bits, ptq, qat"), ("lab seed one", "--seed: found one, expected 0 to"),
            ("lab weights int4 sim", "--weights: "), ("lab qat now", "found \"now\""),
        ] {
            session.type(line)
            guard case .prompt(let prompt) = session.state.overlay else {
                Issue.record("\(line) was taken")
                continue
            }
            #expect(prompt.problem?.contains(part) == true, "\(prompt.problem ?? "")")
            session.perform(.escaped)
        }
        // Enter on a setting types its value.
        session.type("lab calibration 64")
        session.perform(.entered)
        guard case .prompt(let prompt) = session.state.overlay else { return #expect(Bool(false)) }
        #expect(prompt.editor.string == "lab calibration 64")
    }

    @Test func runsPausesAndStops() throws {
        var session = try session()
        // Space runs it from any row, Enter from its name.
        session.type("lab seed 3")
        #expect(session.state.labCommandLine == "qlens lab bits --seed 3")
        let zeroth = try #require(request(session.state.reduce(.walkPaused)))
        #expect(zeroth.settings["seed"] == "3")
        session.perform(.moved(.first))
        let first = try #require(request(session.state.reduce(.entered)))
        #expect(first.experiment.name == ExperimentCatalog.all[0].name && session.state.lab.isRunning)
        guard case .lab(.pause(true))? = session.state.reduce(.walkPaused).first else { return #expect(Bool(false)) }
        guard case .lab(.pause(false))? = session.state.reduce(.walkPaused).first else { return #expect(Bool(false)) }
        let second = try #require(request(session.state.reduce(.entered)))
        // What an earlier run still says is dropped.
        let late = LabReport(first.experiment, first.settings)
        let before = session.state.lab.report?.share
        session.perform(.labReported(number: first.number, late))
        #expect(session.state.lab.report?.share == before && second.number == first.number + 1)
        guard case .lab(.stop)? = session.state.reduce(.escaped).first else { return #expect(Bool(false)) }
        #expect(session.state.screen == .lab)
        // The run goes on while other screens are looked at.
        session.perform(.screenChosen(.tensor))
        #expect(session.state.lab.isRunning)
    }

    /// The worker's thread finds the very numbers of a run on this one, and a newer run stops an older.
    /// Settings that a run refuses leave the last results; letters are those of the curves.
    @Test func refusedSettingsKeepTheLastResults() throws {
        var session = try session()
        for line in ["lab qat", "lab model mlp", "lab epochs 1", "lab rules ste,clipped-ste"] { session.type(line) }
        session.perform(.moved(.first))
        session.type("lab qat")
        session.perform(.walkPaused)
        let first = try #require(session.state.lab.report)
        #expect(first.state == .finished && first.results.count == 7)
        session.type("lab weights int4 sym channel:3")
        session.perform(.walkPaused)
        #expect(session.state.lab.report?.results == first.results)
        #expect(session.state.message?.kind == .warning && session.state.message?.text.contains("channel:3") == true)
        let bars = LabOutcomesModel(session.state).bars, pictures = LabCurvesModel(session.state).pictures
        for bar in bars {
            let name = bar.name.replacing(" ", with: "-")
            let marks = Set(pictures.flatMap { $0.curves }.filter { $0.name == name }.map { $0.mark })
            #expect(marks == Set([bar.mark].compactMap { $0 }), "\(bar.name)")
        }
        #expect(bars.first { $0.name == "ste" }?.mark == "c" && bars.first { $0.name == "ptq" }?.mark == nil)
    }

    /// [ and ] go through what was reported; a long run is thinned out, with its ends kept.
    @Test func runsAreLookedBackAt() throws {
        var session = try session()
        session.type("lab stochastic")
        let experiment = session.state.lab.experiment
        session.perform(.clipStepped(.low, right: false))
        #expect(session.state.message?.text == Words.labNothingToReplay)
        func report(_ second: Int, of last: Int) throws {
            var report = LabReport(experiment, try LabSettings(experiment, []))
            (report.seconds, report.share) = (Double(second), Double(second) / Double(last))
            report.state = second == last ? .finished : .running
            session.perform(.labReported(number: 0, report))
        }
        func second() -> Double? { session.state.lab.report?.seconds }
        for place in 1...5 { try report(place, of: 5) }
        #expect(second() == 5)
        session.perform(.clipStepped(.low, right: false))
        session.perform(.clipStepped(.low, right: false))
        #expect(second() == 3 && session.state.message?.text == Words.labReplay(3, of: 5))
        for _ in 0..<9 { session.perform(.clipStepped(.low, right: false)) }
        #expect(second() == 1)
        for _ in 0..<9 { session.perform(.clipStepped(.low, right: true)) }
        #expect(second() == 5 && session.state.lab.pastPlace == nil)
        // Another run begins anew; who looks back stays there while it goes on.
        for place in 1...40 { try report(place, of: 1_000) }
        #expect(session.state.lab.past.count == 40)
        session.perform(.clipStepped(.low, right: false))
        #expect(second() == 39)
        for place in 41...1_000 {
            try report(place, of: 1_000)
            #expect(abs((second() ?? 0) - 39) <= 8 && session.state.lab.past.count <= 200)
        }
        let kept = session.state.lab.past.map { $0.seconds }
        #expect(kept.first == 1 && kept.last == 1_000 && kept == kept.sorted() && kept.count > 80)
        let steps = zip(kept.dropFirst(), kept).map { $0 - $1 }
        #expect((steps.max() ?? 0) <= 8)
    }

    @Test func theWorkerRunsThem() async throws {
        let experiment = try #require(ExperimentCatalog.experiment("stochastic"))
        func settings(_ seed: String) throws -> LabSettings {
            try LabSettings(experiment, [("model", "mlp"), ("epochs", "2"), ("seed", seed)])
        }
        let wanted = LabRun("stochastic", try settings("4"), threads: 1).perform { run throws(LabFailure) in
            try experiment.perform(run)
        }
        let (reports, posting) = AsyncStream.makeStream(of: (Int, LabReport).self)
        let worker = LabWorker(threads: 2) { action in
            if case .labReported(let number, let report) = action { posting.yield((number, report)) }
        }
        worker.submit(LabRequest(number: 1, experiment: experiment, settings: try settings("3")))
        worker.submit(LabRequest(number: 2, experiment: experiment, settings: try settings("4")))
        for await (number, report) in reports where number == 2 && report.state != .running {
            #expect(report.state == .finished)
            #expect(report.curves == wanted.curves)
            #expect(report.results == wanted.results)
            break
        }
        // Paused it stands still until it is stopped.
        worker.submit(
            LabRequest(
                number: 3, experiment: experiment,
                settings: try LabSettings(experiment, [("model", "mlp"), ("epochs", "9000")])))
        worker.setPaused(true)
        worker.stopRun()
        for await (number, report) in reports where number == 3 && report.state != .running {
            #expect(report.state == .cancelled)
            break
        }
        worker.stop()
    }
}
