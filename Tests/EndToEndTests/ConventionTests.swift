import Foundation
import Glibc
import PseudoTerminal
import Testing

/// The conventions of terminal programs, a test each; docs/terminal.md lists them. Those of moving and of looks that need no terminal
/// are in `TerminalUITests/ConventionTests.swift`.
@Suite(.serialized) struct TerminalConventionTests {
    /// `q` goes back or quits, Esc cancels, Tab moves the focus, `?` helps, `/` filters, `n` `N` go on, `:` commands.
    @Test func generalKeysDoWhatTheyDoElsewhere() throws {
        let session = try Program.start()
        session.send("?")
        #expect(session.wait(for: "╭ Help"))
        session.send("q")
        #expect(session.wait { !$0.contains("╭ Help") })
        session.send("/out")
        #expect(session.wait(for: "Tensors 2/37"))
        session.send("\r")
        session.send("n")
        #expect(session.wait { $0.line(0).contains("outlier_columns") && $0.line(0).contains("exact") })
        session.send("N")
        #expect(session.wait { $0.line(0).contains("one_outlier") })
        session.send("\u{1b}")
        #expect(session.wait(for: "Tensors 37"))
        session.send(":int6\r")
        #expect(session.wait(for: "int6 sym tensor"))
        session.send("\t\t")
        #expect(session.wait(for: "╭ Transfer"))
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    @Test func escapeIsAnsweredWithoutWaitingForMore() throws {
        let session = try Program.start()
        session.send("/zz")
        #expect(session.wait(for: "filter: zz"))
        let before = PseudoTerminal.now()
        session.send("\u{1b}")
        #expect(session.wait(seconds: 5) { !$0.contains("filter:") })
        // ncurses waits a second unless told otherwise: a bound on behaviour, far from what is measured (43 ms).
        #expect(PseudoTerminal.now() - before < 0.8)
    }

    /// Makes terminal descriptions of the text `source` in a folder.
    private static func compileTerminals(_ folder: String) throws {
        let tic = try Process.run(
            URL(fileURLWithPath: "/usr/bin/tic"), arguments: ["-x", "-o", folder, folder + "/source"])
        tic.waitUntilExit()
        #expect(tic.terminationStatus == 0)
    }

    /// 0, 8, 16 and 256 colours, and the palette stays the user's.
    @Test(arguments: [("vt100", 0), ("xterm", 8), ("xterm-16color", 8), ("xterm-256color", 256)])
    func colourTiers(name: String, colours: Int) throws {
        var environment = ["TERM": name]
        let folder = try Program.emptyFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        if name == "xterm-16color" {
            // Not among the descriptions of a small system: made from one that is.
            try "\(name)|16 colours, colors#16, pairs#256, use=xterm,\n".write(
                toFile: folder + "/source", atomically: true, encoding: .utf8)
            try Self.compileTerminals(folder)
            environment["TERMINFO"] = folder
        }
        let session = try Program.start(environment: environment)
        session.settle()
        let used = Set((0..<24).flatMap { row in (0..<80).map { session.cell(row, $0).foreground } })
        if colours == 0 { #expect(used == [-1]) } else { #expect(used.count > 3) }
        #expect(!session.written.contains("\u{1b}]4;") && !session.written.contains("\u{1b}]104"))
        if colours == 8 { #expect(!session.written.contains("38;5;")) }
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    /// A terminal that claims mixed colours gets them where the system knows how to ask for them, else those of its palette.
    @Test(arguments: [true, false])
    func mixedColours(isDescribed: Bool) throws {
        var environment = ["COLORTERM": "truecolor"]
        let folder = try Program.emptyFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let mixture = #"\:2\:\:%p1%{65536}%/%d\:%p1%{256}%/%{255}%&%d\:%p1%{255}%&%d"#
        // Of a name that no system has, so that its own descriptions do not count.
        environment["TERM"] = "qlens-256color"
        var source = "qlens-256color|a palette, use=xterm-256color,\n"
        if isDescribed {
            source +=
                "qlens-direct|mixed colours, RGB, colors#0x1000000, pairs#0x7FFF, initc@, op=\\E[39;49m, "
                + "setaf=\\E[%?%p1%{8}%<%t3%p1%d%e38\(mixture)%;m, setab=\\E[%?%p1%{8}%<%t4%p1%d%e48\(mixture)%;m, "
                + "setb@, setf@, use=xterm,\n"
        }
        try source.write(toFile: folder + "/source", atomically: true, encoding: .utf8)
        try Self.compileTerminals(folder)
        environment["TERMINFO"] = folder
        let session = try Program.start(environment: environment)
        session.settle()
        #expect(session.written.contains("38:2:") == isDescribed && session.written.contains("38;5;") != isDescribed)
        session.send("b")
        #expect(session.wait(for: "int5 sym tensor"))
        session.send("q")
        #expect(session.waitForEnd() == 0 && session.isRestored)
    }

    /// What the terminal says of its background chooses the colours, and is no key.
    @Test(arguments: ["\u{1b}\\", "\u{7}"])
    func coloursFollowTheBackground(end: String) throws {
        func colours(_ session: PseudoTerminal) -> [Int] {
            session.settle()
            return (0..<21).flatMap { row in (0..<80).map { session.cell(row, $0).foreground } }
        }
        let session = try Program.start(), asked = try Program.start(), unknown = colours(session)
        #expect(session.written.contains("\u{1b}]11;?"))
        asked.send(":theme light\r")
        #expect(asked.wait { _ in colours(asked) != unknown })
        // In pieces, as a slow line has it.
        session.send("\u{1b}]11;rgb:ffff/ff")
        session.settle()
        session.send("ff/ffff\(end)")
        #expect(session.wait { _ in colours(session) == colours(asked) })
        let light = colours(session)
        #expect(light != unknown)
        asked.send(":theme dark\r")
        #expect(asked.wait { _ in colours(asked) != light })
        session.send("\u{1b}]11;rgb:1c1c/1c1c/1c1c\(end)")
        #expect(session.wait { _ in colours(session) == colours(asked) })
        #expect(colours(session) != light)
        // What is no colour changes nothing, and neither do its letters.
        session.send("\u{1b}]11;rgb:bb/qq\(end)")
        session.send("b")
        #expect(session.wait(for: "int5 sym tensor"))
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    @Test func withoutATerminalThereIsAMessage() throws {
        let result = try Program.run([])
        #expect(result.status == 64 && result.out.isEmpty && result.error.contains("not a terminal"))
        #expect(!result.error.contains("\u{1b}"))
    }

    /// C and an uninstalled locale: the program takes C.UTF-8 and still draws its characters.
    @Test(arguments: ["C", "POSIX", "en_XX.UTF-8", "de_DE.ISO-8859-1"])
    func localesWithoutUnicode(name: String) throws {
        let session = try Program.start(environment: ["LC_ALL": name])
        #expect(session.contains("╭ Recipe") && session.contains("●"))
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    @Test func glyphLevelsByOptionAndConfiguration() throws {
        func hasBraille(_ session: PseudoTerminal) -> Bool {
            session.text.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) }
        }
        let braille = try Program.start(rows: 36, columns: 120)
        #expect(braille.wait(until: hasBraille))
        let blocks = try Program.start(["--glyphs", "blocks"], rows: 36, columns: 120)
        #expect(blocks.wait { $0.text.contains { "▘▝▖▗▞▛▚▜▙▟".contains($0) } } && !hasBraille(blocks))
        let folder = try Program.emptyFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/qlens", withIntermediateDirectories: true)
        try "glyphs = ascii\ntheme = mono\n".write(toFile: folder + "/qlens/config", atomically: true, encoding: .utf8)
        let ascii = try Program.start(environment: ["XDG_CONFIG_HOME": folder])
        #expect(ascii.text.unicodeScalars.allSatisfy { $0.isASCII } && ascii.contains("+ Recipe -"))
        #expect((0..<24).allSatisfy { row in (0..<80).allSatisfy { ascii.cell(row, $0).foreground == -1 } })
        let option = try Program.start(["--ascii"])
        #expect(option.text.unicodeScalars.allSatisfy { $0.isASCII })
        let console = try Program.start(environment: ["TERM": "linux"])
        #expect(console.text.unicodeScalars.allSatisfy { $0.isASCII }, "the Linux console has few characters")
    }

    @Test func keysGoOnAfterASuspension() throws {
        let session = try PseudoTerminal(
            ["/bin/bash", "--norc", "--noprofile", "-i"], environment: Program.environment(["PS1": "prompt> "]),
            rows: 24, columns: 80)
        #expect(session.wait(for: "prompt>"))
        session.send(Program.path("qlens") + "\r")
        #expect(session.wait { $0.line(0).contains("● exact") })
        for key in ["b", "m"] {
            session.send("\u{1a}")
            #expect(session.wait { $0.isScreenRestored && $0.contains("Stopped") })
            session.send("fg\r")
            #expect(session.wait { $0.line(0).contains("● exact") })
            session.send(key)
            #expect(session.wait(for: key == "b" ? "int5 sym tensor" : "int5 symfull tensor"))
        }
        session.send("q")
        #expect(session.wait { $0.isScreenRestored })
        session.send("exit\r")
        #expect(session.waitForEnd() != nil)
    }

    /// Everything drawn lies between the two marks of synchronized output, and every mark has its other.
    @Test func framesAreShownAtOnce() throws {
        let session = try Program.start()
        for key in ["b", "j", "?", "q", "2"] {
            session.send(key)
            session.settle()
        }
        let parts = session.written.components(separatedBy: "\u{1b}[?2026h").dropFirst()
        #expect(parts.count > 5)
        for part in parts {
            let halves = part.components(separatedBy: "\u{1b}[?2026l")
            #expect(halves.count == 2, "\(part)")
            // Between two frames no more than modes: no row is moved to, nothing is written.
            #expect(!halves[1].contains { $0 == "H" || $0 == "│" }, "\(halves[1])")
        }
        session.send("q")
        #expect(session.waitForEnd() == 0 && session.isRestored)
    }

    /// Library messages wait until the picture is gone.
    @Test func standardErrorIsKeptOffTheScreen() throws {
        let session = try PseudoTerminal(
            [Program.path("terminal-probe")], environment: Program.environment(), rows: 24, columns: 80)
        #expect(session.wait(for: "probe ready"))
        session.send("e")
        #expect(session.wait(for: "probe wrote"))
        #expect(!session.written.contains("a library's complaint"))
        session.send("q")
        #expect(session.waitForEnd() == 0)
        #expect(session.written.contains("a library's complaint") && session.isRestored)
    }

    // MARK: Configuration and state

    @Test(arguments: ["theme = pink", "x", "usual bits = 1"])
    func aBadConfigurationGivesFileLineReason(text: String) throws {
        let folder = try Program.emptyFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/qlens", withIntermediateDirectories: true)
        try "# mine\n\(text)\n".write(toFile: folder + "/qlens/config", atomically: true, encoding: .utf8)
        let session = try Program.explorer(environment: ["XDG_CONFIG_HOME": folder])
        #expect(session.waitForEnd().map { $0 >> 8 } == 1)
        #expect(session.written.contains("\(folder)/qlens/config:2: found"), "\(session.written)")
        #expect(session.written.contains("expected") && session.isCooked)
    }

    @Test func theLastStateIsRestoredWithResume() throws {
        let home = try Program.emptyFolder()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let samples = try Program.samples()
        defer { try? FileManager.default.removeItem(atPath: samples) }
        let environment = ["XDG_STATE_HOME": home]
        let first = try Program.start([samples], environment: environment)
        first.send("/scaled\r")
        #expect(first.wait { $0.line(0).contains("scaled_channels") && $0.line(0).contains("exact") })
        first.send("s")
        #expect(first.wait { $0.line(0).contains("channel:0") && $0.line(0).contains("exact") })
        // From all elements the first step is to the worst range, which is channel 0.
        first.send("p...")
        #expect(first.wait { $0.contains("channel 2 @0") && $0.line(0).contains("exact") })
        first.send("b:save \(home)/mine\r")
        #expect(first.wait(for: "saved: \(home)/mine.qlens"))
        first.send("q")
        #expect(first.waitForEnd() == 0)
        let second = try Program.start([samples, "--resume"], environment: environment)
        #expect(second.wait { $0.line(0).contains("scaled_channels") && $0.line(0).contains("int5 sym channel:0") })
        #expect(
            second.wait { ($0.contains("channel 2 @0") || $0.contains("channel 2 of axis 0")) && $0.contains("▲") },
            "\(second.text)")
        let third = try Program.start(environment: environment)
        third.send(":open \(home)/mine.qlens\r")
        #expect(third.wait { $0.line(0).contains("scaled_channels") && $0.line(0).contains("int5 sym channel:0") })
        third.send("o")
        #expect(third.wait(for: "recent"), "\(third.text)")
        third.send("\u{1b}")
        #expect(third.wait { !$0.contains("recent") })
        third.send("m")
        #expect(third.wait { $0.line(0).contains("int5 symfull channel:0") })
        // A hang-up keeps the state too.
        third.signal(SIGTERM)
        #expect(third.waitForEnd().map { $0 & 0x7F } == SIGTERM)
        let fourth = try Program.start([samples, "--resume"], environment: environment)
        #expect(fourth.wait { $0.line(0).contains("int5 symfull channel:0") })
    }

    // MARK: Help, man page, completions, the headless mode

    @Test func helpManualAndCompletions() throws {
        let help = try Program.run(["--help"])
        #expect(help.status == 0 && help.out.contains("manual"))
        #expect(try Program.run(["--version"]).status == 0)
        let manual = try Program.run(["manual"])
        #expect(manual.status == 0 && manual.out.hasPrefix(".TH QLENS 1"))
        for part in [
            ".SH NAME", ".SH KEYS", ".SH RECIPES", ".SH CONFIGURATION", "clip:percentile:P", "\\-\\-no\\-mouse",
        ] {
            #expect(manual.out.contains(part), "\(part)")
        }
        for (shell, sign) in [("bash", "complete "), ("zsh", "#compdef qlens"), ("fish", "complete -c 'qlens'")] {
            let script = try Program.run(["--generate-completion-script", shell])
            #expect(script.status == 0 && script.out.contains(sign) && script.out.contains("inspect"), "\(shell)")
            #expect(script.out.contains("group:128"), "\(shell): words of recipes")
        }
    }

    /// Everything that the screen says is to be had without one.
    @Test func theHeadlessModeNeedsNoTerminal() throws {
        let samples = try Program.samples()
        defer { try? FileManager.default.removeItem(atPath: samples) }
        for arguments in [["list", samples], ["inspect", samples, "gauss", "--recipe", "int4"], ["manual"]] {
            let result = try Program.run(arguments, environment: ["TERM": "dumb"])
            #expect(result.status == 0 && !result.out.isEmpty && !result.out.contains("\u{1b}"))
        }
    }

    // MARK: Work

    /// A tensor that takes a while: keys are answered meanwhile, progress is said, Esc stops, nothing stale appears.
    @Test func workStaysOffTheScreensThread() throws {
        let folder = try Program.emptyFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/large.npy"
        try Self.writeLarge(path, count: 48 << 20)
        let session = try Program.explorer([path, "--recipe", "int4 asym group:16 clip:mse"])
        #expect(session.wait { $0.line(0).contains("≈ estimate") }, "an estimate comes first")
        #expect(session.wait { $0.line(0).firstMatch(of: #/estimate \d+ %/#) != nil }, "progress")
        session.send("?")
        #expect(session.wait(for: "╭ Help"))
        session.send("q")
        #expect(session.wait { !$0.contains("╭ Help") })
        #expect(session.wait { $0.line(0).contains("s left") || $0.line(0).contains("exact") }, "time left")
        session.send("m")
        #expect(session.wait { $0.line(0).contains("int4 sym") || $0.line(23).contains("int4 sym") })
        #expect(session.wait { $0.line(0).contains("≈ estimate") })
        session.send("\u{1b}")
        #expect(session.wait(for: "stopped; any change begins anew"))
        session.settle(300)
        #expect(
            session.line(0).contains("≈ estimate") && !session.line(0).contains("%"),
            "what was stopped stays an estimate")
        session.send(":int8 sym tensor\r")
        #expect(session.wait(seconds: 60) { $0.line(0).contains("● exact") && $0.line(0).contains("int8 sym tensor") })
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    private static func writeLarge(_ path: String, count: Int) throws {
        let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count / 1_024), 1024), }"
        var header = Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }) + [1, 0]
        let padded = dictionary + String(repeating: " ", count: (64 - (dictionary.utf8.count + 11) % 64) % 64) + "\n"
        header += [UInt8(padded.utf8.count & 255), UInt8(padded.utf8.count >> 8)] + Array(padded.utf8)
        let file = try #require(fopen(path, "wb"))
        defer { fclose(file) }
        fwrite(header, 1, header.count, file)
        var block = [Float](repeating: 0, count: 1 << 20), seed: UInt32 = 1
        for index in block.indices {
            seed = seed &* 1_664_525 &+ 1_013_904_223
            block[index] = Float(Int32(bitPattern: seed)) / 2e9
        }
        for _ in 0..<count >> 20 { fwrite(block, 4, block.count, file) }
    }

    @Test func noProcessorTimeWhenIdle() throws {
        let session = try Program.start(rows: 60, columns: 200)
        session.settle(300)
        func used() -> [String] {
            let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(session.process)/task")) ?? []
            return tasks.sorted().map { task in
                let text =
                    (try? String(contentsOfFile: "/proc/\(session.process)/task/\(task)/schedstat", encoding: .utf8))
                    ?? ""
                return task + " " + (text.split(separator: " ").first.map(String.init) ?? "")
            }
        }
        let before = used()
        session.settle(700)
        #expect(used() == before && !before.isEmpty)
    }
}
