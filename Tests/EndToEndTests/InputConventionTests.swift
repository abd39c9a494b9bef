import Foundation
import Glibc
import PseudoTerminal
import Testing

/// The conventions of mouse, pasting and copying, a test each.
@Suite(.serialized) struct InputConventionTests {
    private func mouse(_ button: Int, _ row: Int, _ column: Int, released: Bool = false) -> String {
        "\u{1b}[<\(button);\(column + 1);\(row + 1)\(released ? "m" : "M")"
    }

    /// Click, wheel and drag by SGR reports, beyond column 222 too, where older encodings end.
    @Test(arguments: ["xterm-256color", "tmux-256color", "xterm", "linux"])
    func theMouseReachesEveryColumn(name: String) throws {
        let session = try Program.start(
            ["--glyphs", "blocks", "--recipe", "int4 sym tensor"], rows: 60, columns: 400, environment: ["TERM": name])
        #expect(session.written.contains("\u{1b}[?1006h"))
        let row = try #require((0..<60).first { session.line($0).contains("b bits") })
        session.send(mouse(65, row, 380))
        #expect(session.wait(for: "int5 sym tensor"))
        session.send(mouse(0, row, 390) + mouse(0, row, 390, released: true))
        #expect(session.wait(for: "int16"), "a click on the selected row opens the catalogue")
        session.send("\u{1b}")
        #expect(session.wait { !$0.contains("filter:") })
        session.send(mouse(0, 8, 10) + mouse(0, 8, 10, released: true))
        #expect(session.wait { !$0.line(0).contains("gauss") && $0.line(0).contains("exact") })
        // The upper clip limit is the last column of the plot.
        session.send(":goto one_outlier\r")
        #expect(session.wait { $0.line(0).contains("one_outlier") })
        // A frame that is read in part has the new name beside the old state and plot.
        session.settle()
        #expect(
            session.wait { screen in
                screen.line(0).contains("exact") && (1..<30).contains { screen.line($0).contains("┊") }
            })
        session.settle()
        let line = try #require((1..<30).first { session.line($0).contains("┊") }, "\(session.text)")
        let limit = try #require((223..<359).last { session.cell(line, $0).text == "┊" })
        session.send(mouse(0, line, limit))
        for step in 1...20 { session.send(mouse(32, line, limit - 3 * step)) }
        session.send(mouse(0, line, limit - 60, released: true))
        #expect(session.wait(for: "clip:manual:"), "\(session.line(0))")
        session.send("q")
        #expect(session.waitForEnd() == 0)
        #expect(session.isRestored)
    }

    @Test func theMouseCanBeLeftToTheTerminal() throws {
        let without = try Program.start(["--no-mouse"])
        #expect(!without.written.contains("\u{1b}[?1000h"))
        without.send("\u{14}")
        #expect(without.wait { $0.written.contains("\u{1b}[?1000h") })
        without.send("\u{14}")
        #expect(without.wait { $0.written.contains("\u{1b}[?1000l") })
        without.send("b")
        #expect(without.wait(for: "int5 sym tensor"))
    }

    /// Reports that are cut, too long or nonsense do nothing and spoil nothing.
    @Test func brokenReportsAreIgnored() throws {
        let session = try Program.start()
        for text in [
            "\u{1b}[<0;1", "x", "\u{1b}[<;;M", "\u{1b}[<0;0;0M", "\u{1b}[<99999999999999999999;1;1M",
            "\u{1b}[<0;" + String(repeating: "1", count: 60) + "M", "\u{1b}[<0;9999;9999M", "\u{1b}[201~",
        ] { session.send(text) }
        session.settle()
        session.send("\u{1b}")
        session.settle(120)
        session.send("b")
        #expect(session.wait(for: "int5"), "\(session.text)")
    }

    @Test func pastedTextDoesNotRunCommands() throws {
        let session = try Program.start()
        #expect(session.written.contains("\u{1b}[?2004h"))
        session.send("\u{1b}[200~bbbq\r\u{1b}[A\u{1b}[201~")
        #expect(session.wait(for: "pasted text is taken"))
        #expect(session.line(0).contains("int4 sym tensor"))
        session.send(":")
        session.send("\u{1b}[200~int7 asym tensor\r\u{1b}[201~")
        #expect(session.wait(for: ":int7 asym tensor") && session.line(0).contains("int4 sym tensor"))
        session.send("\r")
        #expect(session.wait { $0.line(0).contains("int7 asym tensor") })
        session.send("q")
        #expect(session.waitForEnd() == 0)
        #expect(session.written.contains("\u{1b}[?2004l"))
    }

    /// A long paste is taken at once, and one whose end comes in pieces, or never, does not take the keyboard for good.
    @Test func longAndBrokenPastesLeaveTheKeyboard() throws {
        let session = try Program.start()
        session.send(":")
        session.send("\u{1b}[200~" + String(repeating: "x", count: 200_000))
        session.send("\u{1b}")
        session.settle(120)
        session.send("[201~")
        #expect(session.wait(for: "xxxx"))
        session.send("\u{15}int5\r")
        #expect(session.wait { $0.line(0).contains("int5 sym tensor") }, "\(session.text)")
        session.send("\u{1b}[200~lost")
        session.settle(60)
        session.send("\u{3}")
        #expect(session.waitForEnd().map { $0 & 0x7F } == SIGINT)
        #expect(session.isRestored)
    }

    /// OSC 52; in tmux also within its own wrapping.
    @Test func copyingReachesTheClipboard() throws {
        let recipe = Data("int4 sym tensor".utf8).base64EncodedString()
        let session = try Program.start()
        session.send("y")
        #expect(session.wait { $0.written.contains("\u{1b}]52;c;\(recipe)\u{7}") })
        #expect(session.wait(for: "clipboard: int4 sym tensor") && !session.written.contains("Ptmux"))
        session.send("Y")
        let command = "qlens samples qlens-samples && qlens inspect qlens-samples gauss --recipe 'int4 sym tensor'"
        let text = Data(command.utf8).base64EncodedString()
        #expect(session.wait { $0.written.contains("\u{1b}]52;c;\(text)\u{7}") })
        let inside = try Program.start(environment: ["TMUX": "/tmp/tmux-0/default,1,0"])
        inside.send("y")
        #expect(inside.wait { $0.written.contains("\u{1b}Ptmux;\u{1b}\u{1b}]52;c;\(recipe)\u{7}\u{1b}\\") })
    }

    /// The copied command prints the numbers of the screen.
    @Test func theCopiedCommandPrintsTheSame() throws {
        let folder = try Program.emptyFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let session = try Program.start(["--recipe", "int3 asym tensor clip:mse"])
        #expect(session.wait { $0.text.firstMatch(of: #/MSE +[0-9.e-]+/#) != nil })
        let shown = try #require(session.text.firstMatch(of: #/MSE +([0-9.e-]+)/#)?.output.1)
        let program = Program.path("qlens")
        let process = Process(), out = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let line =
            "qlens() { '\(program)' \"$@\"; }; qlens samples qlens-samples >/dev/null && "
            + "qlens inspect qlens-samples gauss --recipe 'int3 asym tensor clip:mse' --json"
        process.arguments = ["-c", line]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardOutput = out
        try process.run()
        let data = out.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let value = try #require((report["metrics"] as? [String: Any])?["mse"] as? Double)
        #expect(String(format: "%.4g", value) == shown)
    }
}
