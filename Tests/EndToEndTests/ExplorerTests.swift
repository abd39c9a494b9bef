import Foundation
import Glibc
import PseudoTerminal
import Testing

/// The built explorer on a real pseudo-terminal.
@Suite(.serialized) struct ExplorerEndToEndTests {
    @Test func quitRestoresTheTerminal() throws {
        let session = try Program.start()
        #expect(!session.isCooked && !session.isRestored)
        session.send("q")
        #expect(session.waitForEnd() == 0)
        #expect(session.isRestored)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP])
    func signalsRestoreTheTerminal(number: Int32) throws {
        let session = try Program.start()
        session.signal(number)
        let status = try #require(session.waitForEnd())
        #expect(status & 0x7F == number, "status \(status)")
        #expect(session.isRestored)
    }

    @Test(arguments: ["f", "i"])
    func trapsRestoreTheTerminal(key: String) throws {
        let session = try PseudoTerminal(
            [Program.path("terminal-probe")], environment: Program.environment(), rows: 24, columns: 80)
        #expect(session.wait(for: "probe ready"))
        #expect(!session.isCooked)
        session.send(key)
        let status = try #require(session.waitForEnd())
        #expect([SIGILL, SIGTRAP].contains(status & 0x7F), "status \(status)")
        #expect(session.isRestored)
        // What the runtime said is shown after the picture is gone.
        let text = String(decoding: session.output, as: UTF8.self)
        #expect(key == "i" || text.contains("the probe was asked to trap"))
    }

    @Test(arguments: ["\u{3}", "\u{1c}"])
    func interruptKeysEndTheProgram(key: String) throws {
        let session = try Program.start()
        session.send(key)
        let status = try #require(session.waitForEnd())
        #expect(status & 0x7F == (key == "\u{3}" ? SIGINT : SIGQUIT))
        #expect(session.isRestored)
    }

    @Test func aHangUpEndsTheProgram() throws {
        var session: PseudoTerminal? = try Program.start()
        let process = session?.process ?? 0
        session = nil  // closes the other end and reaps
        #expect(kill(process, 0) != 0)
    }

    /// Under a shell with job control: the job stops, the shell has the terminal, `fg` brings the picture back in the new size.
    @Test(arguments: ["\u{1a}", "SIGTSTP"])
    func suspendAndResume(how: String) throws {
        let session = try PseudoTerminal(
            ["/bin/bash", "--norc", "--noprofile", "-i"], environment: Program.environment(["PS1": "prompt> "]),
            rows: 24,
            columns: 80)
        #expect(session.wait(for: "prompt>"))
        session.send(Program.path("qlens") + "\r")
        #expect(session.wait { $0.line(0).contains("● exact") }, "\(session.text)")
        if how == "SIGTSTP" { session.signalForeground(SIGTSTP) } else { session.send(how) }
        #expect(session.wait(for: "Stopped"), "\(session.text)")
        session.settle()
        #expect(session.isScreenRestored)
        session.resize(rows: 30, columns: 100)
        session.send("fg\r")
        #expect(session.wait { $0.contains("Tensors 37") && $0.line(0).contains("● exact") }, "\(session.text)")
        session.send("b")
        #expect(session.wait(for: "int5 sym tensor"))
        session.send("q")
        #expect(session.wait { !$0.contains("Tensors 37") && $0.contains("prompt>") })
        session.settle()
        #expect(session.isScreenRestored)
        session.send("exit\r")
        #expect(session.waitForEnd() != nil)
    }

    /// Where no shell could continue it, the suspend key does not freeze the program.
    @Test func suspendWithoutShell() throws {
        let session = try Program.start()
        session.send("\u{1a}")
        session.send("b")
        #expect(session.wait(for: "int5 sym tensor"))
        session.send("q")
        #expect(session.waitForEnd() == 0)
        #expect(session.isRestored)
    }

    @Test func resizeDownToOneAndBack() throws {
        let session = try Program.start()
        for (rows, columns) in [(10, 40), (1, 1), (3, 200), (60, 2), (18, 60), (50, 200), (24, 80)] {
            session.resize(rows: rows, columns: columns)
            let isSmall = rows < 18 || columns < 60
            #expect(
                session.wait {
                    isSmall
                        ? $0.line(0).hasPrefix("q") && !$0.contains("SQNR")
                        : $0.contains("SQNR") && $0.line(0).contains("● exact")
                },
                "\(rows)x\(columns): \(session.text)")
        }
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    /// Formats by key and by name, and the table of all of them.
    @Test func formatsAreReached() throws {
        let session = try Program.start(rows: 36, columns: 120)
        session.send(":goto laplace\r")
        #expect(session.wait { $0.line(0).contains("laplace") && $0.line(0).contains(" exact ") })
        session.send("f")
        #expect(session.wait { $0.line(0).contains("exact  fp4-e2m1 tensor") }, "\(session.text)")
        #expect(session.wait(for: "exponents and mantissas 1/2"))
        session.send(":mxfp4\r")
        #expect(
            session.wait { $0.line(0).hasSuffix("exact  mxfp4") && $0.contains("shared scales") }, "\(session.text)")
        session.send("m")
        #expect(session.wait(for: "no mapping with mxfp4"))
        session.send(":mxfp4 group:64\r")
        #expect(session.wait(for: "its blocks are runs of 32"))
        session.send("\u{1b}")
        session.settle(100)
        session.send(":formats\r")
        #expect(session.wait { $0.contains("bits/weight") && $0.contains("★") && !$0.contains("≈") }, "\(session.text)")
        session.send("gg")
        session.send("\r")
        #expect(
            session.wait {
                $0.line(0).hasSuffix("exact  pq8x256") || $0.line(0).contains("exact  ") && !$0.contains("★")
            })
        session.send("u")
        #expect(session.wait { $0.line(0).hasSuffix("exact  mxfp4") }, "\(session.text)")
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    @Test func arrowKeysAndPages() throws {
        let session = try Program.start(rows: 36, columns: 120)
        session.send("\u{1b}OB")  // the setting below bits
        session.send("\u{1b}OC")
        #expect(session.wait(for: "int4 symfull tensor"))
        for _ in 0..<9 { session.send("\u{1b}[Z") }
        session.send("gg")
        #expect(session.wait(for: "▸ constant"))
        session.send("G")
        #expect(session.wait(for: "▸ with_nan"))
        session.send("?")
        #expect(session.wait(for: "explain what has the focus"))
        session.send("q")
        #expect(session.wait { !$0.contains("explain what has the focus") })
    }

    /// Every number on the screen is that of `inspect` for the recipe in the status line, to every digit shown.
    @Test(arguments: [(24, 80), (36, 120), (60, 200)])
    func theScreenShowsWhatInspectPrints(rows: Int, columns: Int) throws {
        let folder = try Program.samples()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let session = try Program.start([folder], rows: rows, columns: columns)
        session.send("/unequal\r")
        #expect(session.wait { $0.line(0).contains("unequal_channels") && $0.line(0).contains("● exact") })
        session.settle()
        // A key is answered when the recipe is another one.
        var recipes: Set = [try #require(Self.recipe(session))]
        for key in "bmscrwbsscccMwRsbcm" {
            session.send(String(key))
            let before = recipes
            #expect(
                session.wait { session in
                    guard let recipe = Self.recipe(session), session.line(0).contains("● exact") else { return false }
                    // The first row of a frame may be there before the others.
                    let isWhole = Self.shown(session).contains { $0.0 == "MSE" && $0.1 != "–" }
                    return !before.contains(recipe) && isWhole
                }, "\(key): \(session.text)")
            session.settle()
            let recipe = try #require(Self.recipe(session))
            recipes.insert(recipe)
            try Self.compare(
                session, folder: folder, tensor: "unequal_channels", recipe: recipe,
                least: rows == 24 ? 4 : rows == 36 ? 10 : 15)
            // All of them with the panel alone.
            session.send("\u{1b}[Zz")
            #expect(session.wait { $0.contains("relative L2") && !$0.contains("granularity") }, "\(session.text)")
            session.settle()
            try Self.compare(
                session, folder: folder, tensor: "unequal_channels", recipe: recipe, least: rows == 24 ? 13 : 15,
                hasStatistics: false)
            session.send("z\t")
            #expect(session.wait(for: "granularity"), "\(session.text)")
            session.settle()
        }
        #expect(recipes.count > 10)
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    /// Hundreds of random keys, mouse reports and resizes on the built program; then the screen still answers, and says what
    /// `inspect` says.
    @Test(arguments: [1, 2, 3])
    func aRandomWalkEndsWithTheNumbersOfInspect(seed: Int) throws {
        let folder = try Program.samples()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let session = try Program.start([folder], rows: 36, columns: 120)
        var state = UInt64(seed)
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let keys =
            Array("fbmscrwFBMSCRWupyYdD.,avVzx+-=0[]{}jkhlgGnN/?i:\r\t\u{4}\u{15}\u{6}\u{2}\u{12}").map(String.init)
            + ["\u{1b}", "\u{1b}OA", "\u{1b}OB", "\u{1b}[Z", "\u{1b}[5~", "\u{1b}[200~b\u{1b}[201~"]
        for step in 0..<600 {
            switch random(12) {
            case 0: session.resize(rows: 1 + random(60), columns: 1 + random(200))
            case 1:
                let kind = [0, 32, 64, 65][random(4)]
                session.send("\u{1b}[<\(kind);\(1 + random(200));\(1 + random(60))M")
            default: session.send(keys[random(keys.count)])
            }
            if step % 20 == 0 { session.settle(5) }
        }
        // Back to the panels, one escape after the other; a lone one must not join what follows.
        session.resize(rows: 60, columns: 200)
        for _ in 0..<8 {
            session.send("\u{1b}")
            session.settle(60)
        }
        session.send(":goto unequal_channels\r")
        #expect(
            session.wait { $0.line(0).contains("unequal_channels") && $0.line(0).contains(" exact ") },
            "\(session.text)")
        session.send(":int5 asym channel:0 clip:mse\r")
        #expect(session.wait { $0.line(0).hasSuffix("exact  int5 asym channel:0 clip:mse") }, "\(session.text)")
        session.send("\u{1b}")
        session.settle(100)
        // A baseline that the walk pinned takes the units' place: unpinned by pinning what is there, twice.
        while session.contains("vs pin") {
            session.send("p")
            session.settle(60)
        }
        try Self.compare(
            session, folder: folder, tensor: "unequal_channels", recipe: "int5 asym channel:0 clip:mse", least: 15)
        session.send("q")
        session.settle(60)
        if session.isRestored == false { session.send("q") }
        #expect(session.waitForEnd() == 0)
        #expect(session.isRestored)
    }

    /// Compares what the screen says with what `inspect` prints, to every digit shown.
    private static func compare(
        _ session: PseudoTerminal, folder: String, tensor: String, recipe: String, least: Int,
        hasStatistics: Bool = true
    ) throws {
        let result = try Program.run(["inspect", folder, tensor, "--recipe", recipe, "--json"])
        let report = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        let metrics = try #require(report["metrics"] as? [String: Any])
        let stats = try #require(report["stats"] as? [String: Any])
        let shown = Self.shown(session)
        #expect(shown.count >= least, "\(session.text)")
        for (label, text) in shown {
            let key = try #require(Self.keys[label], "\(label)")
            if key == "levels_used" {
                #expect(text == "\(metrics["levels_used"]!)/\(metrics["levels_total"]!)")
            } else {
                #expect(
                    Self.agrees(text, metrics[key] as? Double, percent: key.hasSuffix("fraction")),
                    "\(recipe) \(label): \(text) is not \(metrics[key] ?? "nil")")
            }
        }
        guard hasStatistics else { return }
        let line = session.text
        var checked = 0
        for key in ["min", "max", "mean"] {
            // A narrow panel drops the later ones.
            guard let value = line.firstMatch(of: try Regex("[│ ]\(key) (-?[0-9.e-]+)"))?.output[1].substring else {
                continue
            }
            #expect(Self.agrees(String(value), stats[key] as? Double, percent: false))
            checked += 1
        }
        #expect(checked >= 1)
    }

    private static let keys = [
        "SQNR": "sqnr_db", "MSE": "mse", "├ clipping": "clip_error", "└ rounding": "round_error",
        "bits/weight": "bits_per_weight", "max |e|": "max_abs_error", "clipped": "clipped_fraction",
        "zeroed": "zeroed_fraction", "cosine": "cosine", "MAE": "mae", "RMSE": "rmse", "bias": "bias",
        "relative L2": "relative_l2", "code entropy": "code_entropy_bits", "Huffman": "huffman_bits",
        "levels used": "levels_used",
        "stored": "bytes",
        "smaller by": "compression_ratio",
    ]

    /// The recipe in the first line, or, where it is long, in the last.
    private static func recipe(_ session: PseudoTerminal) -> String? {
        for line in [session.line(0), session.line(session.rows - 1)] {
            if let match = line.firstMatch(of: #/int\d+ (sym|symfull|asym) .*$/#) { return String(match.0) }
        }
        return nil
    }

    private static func shown(_ session: PseudoTerminal) -> [(String, String)] {
        (0..<session.rows).compactMap { row in
            guard let part = session.line(row).split(separator: "││").last?.dropLast() else { return nil }
            let cell = part.drop { $0 == "│" }
            for label in keys.keys where cell.hasPrefix(label + " ") {
                // A bar may stand before the number; under a large figure there is its change alone.
                let words = cell.dropFirst(label.count).split(separator: " ").map(String.init)
                let number = words.first { $0.contains(where: \.isNumber) || ["exact", "–"].contains($0) }
                return number.flatMap { $0.hasPrefix("▲") || $0.hasPrefix("▼") ? nil : (label, $0) }
            }
            return nil
        }
    }

    /// Whether the text is the value rounded to as many digits as the text has.
    private static func agrees(_ text: String, _ value: Double?, percent: Bool) -> Bool {
        guard let value else { return text == "exact" || text == "–" }
        let plain = text.replacingOccurrences(of: ",", with: "")
        guard let shown = Double(plain) else { return false }
        let target = percent ? value * 100 : value
        let parts = plain.split(separator: "e"), exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let places = parts[0].split(separator: ".").dropFirst().first?.count ?? 0
        // Trailing zeros are not written: up to four significant digits may be there.
        let unit = Foundation.pow(10, Double(exponent - places))
        return abs(shown - target) <= max(unit * 0.5000001, abs(target) * 0.5e-3 * 1.0000001)
            && abs(shown - target) <= unit * 0.51 + abs(target) * 5e-5
    }

    @Test(arguments: ["xterm-256color", "xterm", "vt100", "tmux-256color", "screen", "linux"])
    func terminals(name: String) throws {
        let session = try Program.start(environment: ["TERM": name])
        session.send("b")
        #expect(session.wait(for: "int5 sym tensor"))
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    @Test func noColorMeansNone() throws {
        let session = try Program.start(environment: ["NO_COLOR": "1"])
        for row in 0..<24 { for column in 0..<80 { #expect(session.cell(row, column).foreground == -1) } }
        #expect((0..<80).contains { session.cell(0, $0).isBold })
        let coloured = try Program.start(environment: ["NO_COLOR": ""])
        #expect((0..<24).contains { row in (0..<80).contains { coloured.cell(row, $0).foreground >= 0 } })
    }

    @Test func terminalsThatCannotDoIt() throws {
        let dumb = try Program.explorer(environment: ["TERM": "dumb"])
        #expect(dumb.waitForEnd().map { $0 >> 8 } == 64)
        #expect(dumb.contains("TERM=dumb") && dumb.isCooked)
        let unknown = try Program.explorer(environment: ["TERM": "no-such-terminal"])
        #expect(unknown.waitForEnd().map { $0 >> 8 } == 64)
        #expect(unknown.contains("no-such-terminal") && unknown.isCooked)
    }
}
