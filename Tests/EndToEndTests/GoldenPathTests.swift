import Fixtures
import Foundation
import PseudoTerminal
import Testing

/// One way through the whole program, as an engineer goes it: from a checkpoint over its worst tensor to another recipe, the two side by side,
/// an export that went wrong, and back the next day. What the screen says is what the commands print.
@Suite(.serialized) struct GoldenPathTests {
    private func json(_ arguments: [String]) throws -> [String: Any] {
        let output = try Program.run(arguments + ["--json"])
        #expect(output.status == 0, "\(output.error)")
        return try #require(JSONSerialization.jsonObject(with: Data(output.out.utf8)) as? [String: Any])
    }

    private func rows(_ recipe: String, _ file: String) throws -> [[String: Any]] {
        try #require(json(["scan", file, "--recipe", recipe])["rows"] as? [[String: Any]])
    }

    private func sqnr(_ row: [String: Any]) throws -> Double {
        try #require((row["metrics"] as? [String: Any])?["sqnr_db"] as? Double)
    }

    @Test(arguments: [(24, 80), (36, 120)])
    func fromAFileToADecision(rows height: Int, columns: Int) throws {
        let original = Fixture.path("Llama/original.safetensors"), home = try Program.emptyFolder()
        let environment = ["XDG_STATE_HOME": home]
        func two(_ number: Double) -> String { String(format: "%.2f", number) }
        let first = "int4 sym group:64", second = "int4 sym channel:0 clip:mse"
        let before = try rows(first, original), after = try rows(second, original)
        let session = try Program.start(
            [original, "--recipe", first], rows: height, columns: columns, environment: environment)
        // The worst tensor of the file.
        session.send("5")
        #expect(session.wait(for: "complete"), "\(session.text)")
        let worst = try #require(before[0]["name"] as? String)
        session.send("gg\r")
        #expect(session.wait { $0.line(0).contains(worst.suffix(10)) && $0.contains("r/S") }, "\(session.text)")
        // Its recipe is pinned, another tried, and both are laid side by side over the whole file.
        session.send("p:\(second)\r")
        #expect(session.wait { $0.line(0).contains("exact") && $0.contains("clip:mse") }, "\(session.text)")
        session.send("5")
        #expect(session.wait(for: "where B loses most first"), "\(session.text)")
        var differences: [(name: String, value: Double)] = []
        for row in after {
            let name = try #require(row["name"] as? String)
            let other = try #require(before.first { $0["name"] as? String == name })
            differences.append((name, try sqnr(row) - sqnr(other)))
        }
        differences.sort { $0.value < $1.value }
        let losses = differences.filter { $0.value < 0 }
        #expect(session.wait(for: "\(losses.count) of \(differences.count)"), "\(session.text)")
        #expect(session.wait { $0.line(3).contains(two(differences[0].value)) }, "\(session.text)")
        if losses.count > 1 {
            session.send("ggn")
            #expect(session.wait { $0.line(0).contains(losses[1].name.suffix(10)) }, "\(session.text)")
        }
        // Single elements, the next screen, both distributions on an axis that stays.
        session.send("2\t")
        #expect(session.wait { $0.contains("RMS") && $0.contains("[0") }, "\(session.text)")
        for _ in 0..<8 { session.send("+") }
        #expect(session.wait { $0.contains("zoomed") && $0.contains("[0, 0]  r ") }, "\(session.text)")
        session.send("4")
        #expect(session.wait(for: "Pinned recipes"), "\(session.text)")
        for _ in 0..<7 where !session.contains("A over B, two recipes") {
            session.send("\t")
            session.settle()
        }
        #expect(session.wait(for: "A over B, two recipes"), "\(session.text)")
        session.send("L")
        #expect(session.wait(for: "the axis stays"), "\(session.text)")
        // An export that went wrong, what it was, and what is left without it.
        session.send(":save \(home)/first\r")
        #expect(session.wait(for: "first.qlens"), "\(session.text)")
        session.send(":open \(Fixture.path("Diagnosis/original.safetensors"))\r")
        #expect(session.wait { $0.line(0).contains("folded-batch") && $0.line(0).contains("exact") })
        let export = Fixture.path("Diagnosis/export.safetensors")
        session.send(":diagnose \(export)\r")
        #expect(session.wait(for: "not sound"), "\(session.text)")
        session.send(":goto swapped-nibbles.int4\r")
        let found = try json(["diagnose", Fixture.path("Diagnosis/original.safetensors"), export])
        let tensors = try #require(found["tensors"] as? [[String: Any]])
        let tensor = try #require(tensors.first { $0["a"] as? String == "swapped-nibbles.int4" })
        let hypothesis = try #require((tensor["hypotheses"] as? [[String: Any]])?.first)
        let left = two(try #require(hypothesis["sqnr_db"] as? Double))
        let removed = String(format: "%.1f", try #require(hypothesis["removed"] as? Double) * 100)
        #expect(session.wait { $0.contains(left) && $0.contains(removed) }, "\(session.text)")
        session.send("\r")
        #expect(session.wait(for: "taken as corrected"), "\(session.text)")
        // Back to the first file the next day: recipe, pin and screen are there.
        session.send("q")
        #expect(session.waitForEnd() == 0 && session.isRestored)
        let next = try Program.explorer(
            ["\(home)/first.qlens"], rows: height, columns: columns, environment: environment)
        #expect(next.wait(for: "Pinned recipes"), "\(next.text)")
        #expect(
            next.wait { $0.contains("group:64") && $0.contains("channel:0") && $0.contains("clip") }, "\(next.text)")
        next.send("q")
        #expect(next.waitForEnd() == 0 && next.isRestored)
    }
}
