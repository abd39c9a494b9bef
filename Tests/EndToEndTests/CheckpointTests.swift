import Fixtures
import Foundation
import Glibc
import PseudoTerminal
import Testing

/// Whole checkpoints: the commands, and the screens on a pseudo-terminal with the very numbers of the commands.
@Suite(.serialized) struct CheckpointEndToEndTests {
    private let original = Fixture.path("Llama/original.safetensors")
    private let quantized = Fixture.path("Llama/model-q8_0.gguf")

    private func json(_ arguments: [String], _ environment: [String: String] = [:]) throws -> [String: Any] {
        let output = try Program.run(arguments + ["--json"], environment: environment)
        #expect(output.status == 0, "\(output.error)")
        return try #require(JSONSerialization.jsonObject(with: Data(output.out.utf8)) as? [String: Any])
    }

    /// A number with so many digits, as C prints it.
    private func text(_ format: String, _ value: Double) -> String { String(format: format, value) }

    private func rows(_ result: [String: Any]) -> [[String: Any]] { result["rows"] as? [[String: Any]] ?? [] }

    private func metric(_ row: [String: Any], _ name: String) -> Double? {
        (row["metrics"] as? [String: Any])?[name] as? Double
    }

    // MARK: Screens

    @Test(arguments: [(24, 80), (60, 200)])
    func theModelScreenShowsTheScan(rows height: Int, columns: Int) throws {
        let scan = try json(["scan", original, "--recipe", "int4 sym group:64"]), ranked = rows(scan)
        let session = try Program.start([original, "--recipe", "int4 sym group:64"], rows: height, columns: columns)
        session.send("5")
        #expect(session.wait(for: "complete"), "\(session.text)")
        #expect(session.contains("Weights 16 ── worst SQNR first"))
        for (place, row) in ranked.prefix(10).enumerated() {
            let sqnr = try #require(metric(row, "sqnr_db"))
            // The word may have come before the rest of its frame.
            #expect(session.wait { $0.line(3 + place).contains(text("%.2f", sqnr)) }, "\(session.text)")
            let line = session.line(3 + place)
            let name = try #require(row["name"] as? String)
            // Narrow windows drop what stands before the layer's number.
            let part = try #require(name.split(separator: ".").dropLast().last)
            #expect(line.contains(part), "\(line)")
        }
        let total = try #require(scan["total"] as? [String: Any])
        let whole = text("%.2f dB", try #require(total["sqnr_db"] as? Double))
        #expect(session.wait(for: whole), "\(session.text)")
        let bits = text("%.4f", try #require(total["bits_per_weight"] as? Double))
        #expect(session.wait(for: bits), "\(session.text)")
        // Sorted by another column, turned round, filtered by a number.
        session.send("l")
        session.send("x")
        #expect(session.wait(for: "best "), "\(session.text)")
        session.send("x")
        session.send("/attn sqnr<13.5\r")
        #expect(session.wait(for: "Weights 16, "), "\(session.text)")
        session.send("\u{1b}")
        #expect(session.wait { !$0.contains("shown") })
        // The recipe is live; back again needs no work.
        session.send("b")
        let five = try json(["scan", original, "--recipe", "int5 sym group:64"])
        let next = try #require((five["total"] as? [String: Any])?["sqnr_db"] as? Double)
        #expect(session.wait(for: text("%.2f dB", next)), "\(session.text)")
        session.send("u")
        #expect(session.wait(for: whole))
        // Enter opens the tensor under the cursor.
        session.send(":rank sqnr_db\r")
        #expect(session.wait(for: "worst SQNR first"))
        session.send("gg\r")
        let worst = try #require(ranked[0]["name"] as? String)
        #expect(
            session.wait { $0.line(0).contains(worst.suffix(10)) && $0.contains("r/S") }, "\(session.text)")
        session.send("q")
        #expect(session.waitForEnd() == 0)
        #expect(session.isRestored)
    }

    /// The mouse: a tab, a row, the row again.
    @Test(arguments: [(24, 80), (60, 200)])
    func theMouseGoesThroughScreens(rows height: Int, columns: Int) throws {
        let session = try Program.start([original, "--recipe", "int4 sym channel:0"], rows: height, columns: columns)
        func click(_ row: Int, _ column: Int) {
            session.send("\u{1b}[<0;\(column + 1);\(row + 1)M\u{1b}[<0;\(column + 1);\(row + 1)m")
        }
        /// On a screen's name in the last row; in a narrow window on its number, where another screen than the first is open.
        func choose(_ tab: String) throws {
            let line = session.line(height - 1), short = String(tab.prefix(6))
            let text = columns >= 110 ? tab : line.contains(short) ? short : " \(tab.prefix(1)) "
            let place = try #require(line.range(of: text), "\(session.text)")
            click(height - 1, line.distance(from: line.startIndex, to: place.lowerBound) + 1)
        }
        try choose("5 Model")
        #expect(session.wait(for: "Weights 16"), "\(session.text)")
        #expect(session.wait(for: "complete"))
        click(5, 10)
        let ranked = rows(try json(["scan", original, "--recipe", "int4 sym channel:0"]))
        #expect(session.wait { $0.line(5).contains("▸") }, "\(session.text)")
        click(5, 10)
        let third = try #require(ranked[2]["name"] as? String)
        #expect(
            session.wait { $0.line(0).contains(third.suffix(12)) && $0.contains("r/S") }, "\(session.text)")
        try choose("2 Channels")
        #expect(session.wait(for: "channels of axis 0"), "\(session.text)")
        try choose("4 Compare")
        #expect(session.wait(for: "Pinned recipes"))
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    @Test(arguments: [(24, 80), (60, 200)])
    func channelsAndRecipesSideBySide(rows height: Int, columns: Int) throws {
        let tensor = "model.layers.0.self_attn.q_proj.weight"
        let session = try Program.start(
            [original, tensor, "--recipe", "int4 sym tensor"], rows: height, columns: columns)
        session.send("2")
        #expect(session.wait(for: "256 channels of axis 0"), "\(session.text)")
        #expect(session.wait { $0.contains("outlier victims") || $0.contains(" notable") }, "\(session.text)")
        // The picture, with a key of its colours from zero on in its last row.
        #expect(session.wait { $0.contains("RMS") && $0.contains("0 █") }, "\(session.text)")
        session.send("a")
        #expect(session.wait(for: "channels of axis 1"), "\(session.text)")
        session.send(":channel:0\r")
        session.send("a")
        #expect(session.wait(for: "256 ranges"), "\(session.text)")
        session.send("\r")
        #expect(session.wait { $0.contains("of axis 0 (0…255) ── log counts") }, "\(session.text)")
        // Two pinned recipes, metric by metric as inspect has them.
        session.send(":int4 sym group:64\r")
        session.send("p")
        session.send(":int5 sym group:64\r")
        session.send("p4")
        #expect(session.wait(for: "pin 2, now"), "\(session.text)")
        for recipe in ["int4 sym group:64", "int5 sym group:64"] {
            let inspected = try json(["inspect", original, tensor, "--recipe", recipe])
            let metrics = try #require(inspected["metrics"] as? [String: Any])
            let sqnr = try #require(metrics["sqnr_db"] as? Double)
            #expect(session.wait(for: text("%.2f", sqnr)), "\(session.text)")
        }
        // The other file, tensor by tensor as compare has them.
        session.send(":compare \(quantized)\r")
        #expect(session.wait { $0.contains("comparing with") || $0.contains("Against") }, "\(session.text)")
        if !session.contains("Against") { session.send("\t") }
        // All pairs are known: before that the first row is the worst so far, and the cursor would follow it down.
        #expect(session.wait(for: "── 21 pairs"), "\(session.text)")
        // The cursor begins at the open tensor.
        session.send("gg")
        let worst = rows(try json(["compare", original, quantized]))[0]
        let sqnr = try #require(metric(worst, "sqnr_db"))
        #expect(session.wait(for: text("%.2f", sqnr)), "\(session.text)")
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    // MARK: Commands

    /// After a scan a list has what was found of each tensor, whatever the recipe; before, and of other bytes, nothing.
    @Test func listsKnowWhatScansFound() throws {
        let folder = try Program.emptyFolder(), file = folder + "/nan.npy", cache = ["XDG_CACHE_HOME": folder]
        // Two rows of four Float32, two of them NaN.
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }".padding(
            toLength: 117, withPad: " ", startingAt: 0)
        var bytes = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data((header + "\n").utf8)
        for value in [1, -2, Float.nan, 3, 0.5, .nan, -1, 2] {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        try bytes.write(to: URL(fileURLWithPath: file))
        func tensor() throws -> [String: Any] {
            let list = try json(["list", file], cache)
            return try #require((list["tensors"] as? [[String: Any]])?.first)
        }
        #expect(try tensor()["not_finite"] == nil)
        _ = try json(["scan", file, "--recipe", "int4 sym tensor range:static:1"], cache)
        #expect(try tensor()["not_finite"] == nil)
        let scan = try json(["scan", file, "--recipe", "int4 sym tensor"], cache)
        #expect(rows(scan)[0]["not_finite"] as? Int == 2)
        #expect(try tensor()["not_finite"] as? Int == 2)
        let text = try Program.run(["list", file], environment: cache).out
        #expect(text.contains("scanned: nan: 2 NaN or infinities"), "\(text)")
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect(try tensor()["not_finite"] == nil)
    }

    /// Killed at any point, a scan goes on where it was, and says the same in the end.
    @Test func aKilledScanGoesOn() throws {
        let folder = try Program.emptyFolder(), cache = ["XDG_CACHE_HOME": folder]
        let arguments = ["scan", original, "--recipe", "kmeans4 group:64", "--threads", "1", "--json"]
        let whole = try Program.run(arguments + ["--no-cache"])
        #expect(whole.status == 0 && !FileManager.default.fileExists(atPath: folder + "/qlens"))
        let kept = folder + "/qlens/scans"
        func lines() -> Int {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: kept)) ?? []).filter {
                $0.hasSuffix(".scan")
            }
            return names.reduce(0) { count, name in
                let text = (try? String(contentsOfFile: kept + "/" + name, encoding: .utf8)) ?? ""
                return count + text.split(separator: "\n").count - 1
            }
        }
        var stops = 0
        for _ in 0..<40 where lines() < 16 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Program.path("qlens"))
            process.arguments = arguments
            process.environment = Program.environment(cache)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            let before = lines()
            try process.run()
            // As soon as there is a row more.
            let end = PseudoTerminal.now() + 20
            while lines() <= before, process.isRunning, PseudoTerminal.now() < end {}
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            #expect(lines() >= before)
            stops += 1
        }
        #expect(stops >= 1 && lines() == 16)
        let again = try Program.run(arguments, environment: cache)
        #expect(again.out == whole.out && again.status == 0)
        #expect(lines() == 16, "no row is computed twice")
    }

    /// Parts made by several processes, as srun and mpirun start them, join into the result of one.
    @Test func partsOfSeveralProcesses() throws {
        let folder = try Program.emptyFolder()
        let scan = ["scan", original, "--recipe", "int4 asym group:32", "--no-cache", "--json"]
        let compare = ["compare", original, quantized, "--json"]
        for (name, command) in [("scan", scan), ("compare", compare)] {
            let whole = try Program.run(command)
            var parts: [String] = []
            for index in 0..<4 {
                let path = "\(folder)/\(name)-\(index).json"
                parts.append(path)
                let output =
                    switch index {
                    case 0: try Program.run(command + ["--shard", "0/4", "--output", path])
                    case 1:
                        try Program.run(
                            command + ["--output", "\(folder)/\(name)-{I}.json"],
                            environment: ["SLURM_PROCID": "1", "SLURM_NTASKS": "4"])
                    default:
                        try Program.run(
                            command + ["--output", "\(folder)/\(name)-{I}.json"],
                            environment: ["OMPI_COMM_WORLD_RANK": "\(index)", "OMPI_COMM_WORLD_SIZE": "4"])
                    }
                #expect(output.status == 0 && output.out.isEmpty, "\(output.error)")
            }
            for order in [parts, parts.reversed()] {
                #expect(try Program.run(["merge"] + order + ["--json"]).out == whole.out)
            }
            // Also where all parts came in one stream.
            let all = "\(folder)/\(name)-all.json"
            try parts.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined().write(
                toFile: all, atomically: true, encoding: .utf8)
            #expect(try Program.run(["merge", all, "--json"]).out == whole.out)
            // For people and as a table of numbers too.
            let table = try Program.run(Array(command.dropLast()))
            #expect(try Program.run(["merge"] + parts).out == table.out)
            #expect(
                try Program.run(["merge"] + parts + ["--csv"]).out
                    == Program.run(Array(command.dropLast()) + ["--csv"]).out)
            let missing = try Program.run(["merge"] + parts.dropLast() + ["--json"])
            #expect(missing.status == 1 && missing.error.contains("found 3 of 4 parts, expected 3/4 too"))
        }
        let mixed = try Program.run(["merge", folder + "/scan-0.json", folder + "/compare-1.json"])
        #expect(mixed.status == 1 && mixed.error.split(separator: "\n").count == 1)
        #expect(try Program.run(["merge", original]).status == 1)
        // Without JSON there is nothing to join.
        let plain = try Program.run(["scan", original, "--recipe", "int4", "--shard", "1/4"])
        #expect(plain.status == 64 && plain.error.contains("--json"))
        let bad = try Program.run(["scan", original, "--recipe", "int4", "--shard", "4/4", "--json"])
        #expect(bad.status == 64 && bad.error.contains("found 4/4"))
        // The environment speaks only where parts can be joined, and a file that is read is never written over.
        let table = try Program.run(
            ["scan", original, "--recipe", "int4"], environment: ["SLURM_PROCID": "1", "SLURM_NTASKS": "4"])
        #expect(table.status == 0 && table.out.contains("lm_head.weight"))
        let over = try Program.run(["scan", original, "--recipe", "int4", "--json", "--output", original])
        #expect(over.status == 1 && over.error.contains("the file that is read"))
        let inputs = folder + "/inputs.npz"
        try FileManager.default.copyItem(atPath: Fixture.path("Activations/activations.npz"), toPath: inputs)
        let onInputs = try Program.run([
            "scan", Fixture.path("Activations/layers.safetensors"), "--recipe", "int4", "--activations", inputs,
            "--json",
            "--output", inputs,
        ])
        #expect(onInputs.status == 1 && onInputs.error.contains("the file that is read"))
        // A single part is a part too.
        let alone = folder + "/alone.json"
        #expect(try Program.run(scan + ["--shard", "0/1", "--output", alone]).status == 0)
        #expect(try Program.run(["merge", alone, "--json"]).out == Program.run(scan).out)
    }

    @Test func comparing() throws {
        let result = try json(["compare", original, quantized]), all = rows(result)
        #expect(all.count == 21 && (result["only_a"] as? [String])?.isEmpty == true)
        #expect(result["only_b"] as? [String] == ["rope_freqs.weight"])
        let sqnr = all.map { metric($0, "sqnr_db") ?? .infinity }
        #expect(sqnr == sqnr.sorted())
        let same = try json(["compare", original, original])
        #expect(rows(same).count == 21 && rows(same).allSatisfy { metric($0, "mse") == 0 })
        let table = try Program.run(["compare", original, quantized])
        #expect(table.out.contains("rows of 8 heads in rotary order") && table.out.contains("21 pairs, "))
        let csv = try Program.run(["compare", original, quantized, "--csv"])
        #expect(csv.out.split(separator: "\n").count == 22)
        #expect(try Program.run(["compare", original]).status == 64)
        #expect(try Program.run(["compare", original, "/nowhere"]).status == 1)
    }

    @Test func diagnosing() throws {
        let a = Fixture.path("Diagnosis/original.safetensors"), b = Fixture.path("Diagnosis/export.safetensors")
        let result = try json(["diagnose", a, b])
        let tensors = try #require(result["tensors"] as? [[String: Any]])
        #expect(tensors.count >= 25 && tensors.allSatisfy { $0["verdict"] as? String == "cause" })
        for tensor in tensors {
            let name = try #require(tensor["a"] as? String), cause = try #require(tensor["cause"] as? String)
            #expect(name.hasPrefix(cause + "."))
        }
        let one = try Program.run(["diagnose", a, b, "swapped-nibbles.int4"])
        #expect(one.out.contains("the halves of bytes are swapped") && one.status == 0)
        let sound = try Program.run([
            "diagnose", Fixture.path("Diagnosis/sound-original.safetensors"),
            Fixture.path("Diagnosis/sound-export.safetensors"),
        ])
        let count = try #require(sound.out.split(separator: " ").first)
        #expect(sound.out == "\(count) of \(count) tensors are sound\n")
        let unknown = try Program.run(["diagnose", a, b, "swapped"])
        #expect(unknown.status == 1 && unknown.error.contains("no such tensor"))
        #expect(try Program.run(["diagnose", a, original]).status == 1)
    }

    @Test func outputErrors() throws {
        let layers = Fixture.path("Activations/layers.safetensors"),
            inputs = Fixture.path("Activations/activations.npz")
        let options = ["--recipe", "int4 sym channel:0", "--activations", inputs]
        let scan = rows(try json(["scan", layers] + options))
        for row in scan {
            let name = try #require(row["name"] as? String)
            let inspected = try json(["inspect", layers, name] + options)
            #expect(metric(row, "output_error") == metric(inspected, "output_error"))
            #expect(metric(row, "output_error") != nil)
        }
        let sorted = rows(try json(["scan", layers, "--sort", "output_error"] + options)).compactMap {
            metric($0, "output_error")
        }
        #expect(sorted.count == 3 && sorted == sorted.sorted(by: >))
        let table = try Program.run(["scan", layers] + options)
        #expect(table.out.contains("output error") && table.error.contains("inputs of 3 of 3 tensors"))
        let session = try Program.start([layers] + options)
        let wanted = try #require(
            scan.first { $0["name"] as? String == "fc1.weight" }.flatMap { metric($0, "output_error") })
        #expect(session.wait(for: "output error"), "\(session.text)")
        #expect(session.wait(for: text("%.4g", wanted)), "\(session.text)")
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    /// The Sweep screen shows what the command prints.
    @Test(arguments: [(24, 80), (60, 200)])
    func theSweepScreenShowsTheSweep(rows height: Int, columns: Int) throws {
        let tensor = "model.layers.0.self_attn.q_proj.weight"
        let session = try Program.start(
            [original, tensor, "--recipe", "int4 sym tensor"], rows: height, columns: columns)
        session.send("3")
        let all = rows(try json(["sweep", original, tensor]))
        #expect(session.wait(for: "── \(all.count) recipes"), "\(session.text)")
        let frontier = all.count { $0["pareto"] as? Bool == true }
        #expect(session.wait(for: "Recipes \(all.count) ── \(frontier) ★"), "\(session.text)")
        // To the first point, and take it.
        session.send("gg\r")
        let first = try #require(all[0]["recipe"] as? String)
        #expect(session.wait { $0.line(0).contains(first) }, "\(first): \(session.text)")
        session.send("q")
        #expect(session.waitForEnd() == 0)
        #expect(session.isRestored)
    }
}
