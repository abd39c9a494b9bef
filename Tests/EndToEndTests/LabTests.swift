import Fixtures
import Foundation
import PseudoTerminal
import Testing

/// The lab from the command line and on a pseudo-terminal: the same numbers.
@Suite(.serialized) struct LabEndToEndTests {
    @Test(arguments: [(24, 80), (36, 120)])
    func theScreenShowsTheCommandsNumbers(rows: Int, columns: Int) throws {
        let output = try Program.run(["lab", "stochastic", "--model", "mlp", "--epochs", "3", "--seed", "5", "--json"])
        #expect(output.status == 0, "\(output.error)")
        let json = try #require(JSONSerialization.jsonObject(with: Data(output.out.utf8)) as? [String: Any])
        #expect(json["experiment"] as? String == "stochastic" && json["seed"] as? Int == 5)
        #expect((json["settings"] as? [String: Any])?["epochs"] as? String == "3")
        #expect((json["curves"] as? [String: Any])?.isEmpty == false && json["seconds"] is Double)
        let results = try #require(json["results"] as? [String: Any])
        let session = try Program.start(rows: rows, columns: columns)
        session.send("6")
        #expect(session.wait(for: "Experiments"))
        for line in [":lab stochastic\r", ":lab model mlp\r", ":lab epochs 3\r", ":lab seed 5\r"] {
            session.send(line)
            #expect(session.wait { !$0.contains(":lab") }, "\(session.text)")
        }
        session.send(":lab stochastic\r\r")
        #expect(session.wait(for: "complete"), "\(session.text)")
        for name in ["start", "float", "nearest", "stochastic"] {
            let value = try #require(results["\(name)_accuracy"] as? Double)
            let text = String(format: "%.2f", value * 100)
            #expect(
                (0..<rows).map(session.line).contains { $0.contains(name) && $0.contains(text) },
                "\(name) \(text)\n\(session.text)")
        }
        // Every panel in the whole window, then a run that is paused, goes on and is stopped.
        for _ in 0..<8 {
            session.send("\tz")
            #expect(session.wait { !$0.contains("Experiments ─") || $0.contains("stochastic") })
            session.send("z")
        }
        session.send(":lab epochs 9000\r")
        #expect(session.wait { !$0.contains(":lab") })
        session.send(":lab stochastic\r\r")
        #expect(session.wait(for: "training"), "\(session.text)")
        session.send(" ")
        #expect(session.wait(for: "paused"), "\(session.text)")
        session.send(" ")
        #expect(session.wait { !$0.contains("paused") })
        session.send("\u{1b}")
        #expect(session.wait(for: "stopped"), "\(session.text)")
        session.send("q")
        #expect(session.waitForEnd() == 0)
        #expect(session.isRestored)
    }

    @Test func captureWritesWhatTheExplorerOpens() throws {
        try TemporaryFolder.with { folder in
            let archive = folder + "/x.npz", network = folder + "/net.safetensors"
            let made = try Program.run(
                ["lab", "capture", "--output", archive, "--network", network, "--count", "8", "--model", "mlp"])
            #expect(made.status == 0, "\(made.error)")
            let scan = try Program.run(
                ["scan", network, "--recipe", "int4 sym channel:0", "--activations", archive, "--json"])
            let json = try #require(JSONSerialization.jsonObject(with: Data(scan.out.utf8)) as? [String: Any])
            let rows = try #require(json["rows"] as? [[String: Any]])
            #expect(rows.count == 3)
            for row in rows { #expect((row["metrics"] as? [String: Any])?["output_error"] is Double) }
            let list = try Program.run(["list", archive])
            #expect(list.out.contains("fc1.output") && list.out.contains("[8,16]"))
            // The same seed writes the same bytes.
            let again = try Program.run([
                "lab", "capture", "--output", folder + "/y.npz", "--count", "8", "--model", "mlp",
            ])
            #expect(again.status == 0)
            #expect(try Fixture.read(archive) == Fixture.read(folder + "/y.npz"))
        }
    }

    @Test(
        arguments: [
            (["lab", "nothing"], 64, "experiment: found nothing, expected bits, ptq"),
            (["lab", "qat", "--epochs", "-1"], 64, "--epochs: found -1, expected 0 to 10000"),
            (["lab", "qat", "--tempo", "1"], 64, "--tempo: qat has no such setting"),
            (["lab", "qat", "--epochs"], 64, "--epochs: found nothing after it"),
            (["lab", "qat", "--weights", "int4 sym channel:3"], 64, "does not fit fc.weight"),
            (["lab", "qat", "--weights", "int4 sym tensor range:dynamic"], 64, "expected range:self"),
            (["lab", "ptq", "--data", "/nowhere.npz"], 1, "/nowhere.npz: found no such file"),
            (["lab", "capture"], 64, "--output"),
            (
                ["lab", "capture", "--output", "/nowhere/x.npz"], 1,
                "found no folder /nowhere, expected one to write into"
            ),
            (["lab", "capture", "--output", "x.npz", "--network", "./x.npz"], 64, "found the file of --output"),
        ] as [([String], Int32, String)]) func wrongUsage(arguments: [String], status: Int32, message: String) throws
    {
        let output = try Program.run(arguments)
        #expect(output.status == status, "\(output.error)")
        #expect(output.error.contains(message), "\(output.error)")
        #expect(output.out.isEmpty)
    }
}
