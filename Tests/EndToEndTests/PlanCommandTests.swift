import Basics
import Fixtures
import Foundation
import TensorFiles
import Tensors
import Testing

/// plan, export and check as a pipeline runs them.
@Suite struct PlanCommandTests {
    private static let model = Fixture.path("Llama/original.safetensors")

    /// A plan is read back, changed, exported, and its errors are those of the file that was written.
    @Test func plansAreExported() throws {
        try TemporaryFolder.with { folder in
            let plan = folder + "/p.json", out = folder + "/out.safetensors"
            let first = try Program.run(["plan", Self.model, "--budget-bits", "4.3", "--json", "--output", plan])
            #expect(first.status == 0, "\(first.error)")
            let again = try Program.run([
                "plan", "--from", plan, "--budget-bits", "6", "--pin", "*q_proj*=int8 sym channel:0", "--json",
            ])
            let value = try JSONValue(Array(again.out.utf8), path: "plan")
            #expect(value["gap"]?.double == 0 && value["total"]?["bits_per_weight"]?.double.map { $0 <= 6 } ?? false)
            #expect(value["rows"]?.array?.contains { $0["recipe"]?.string == "int8 sym channel:0" } ?? false)
            let dry = try Program.run(["export", Self.model, "--plan", plan, "--output", out, "--dry-run"])
            #expect(dry.status == 0 && !Folder.exists(out))
            let written = try Program.run(["export", Self.model, "--plan", plan, "--output", out])
            #expect(written.status == 0 && dry.out.hasPrefix("\(Folder.size(ofFile: out) ?? -1)  "), "\(written.error)")
            let compared = try Program.run(["compare", Self.model, out, "--json"])
            let rows = try JSONValue(Array(compared.out.utf8), path: "compare")["rows"]?.array ?? []
            let planned = try JSONValue(AtomicFile.read(plan), path: plan)["rows"]?.array ?? []
            #expect(!planned.isEmpty)
            for row in planned {
                let name = try #require(row["name"]?.string), mse = try #require(row["metrics"]?["mse"]?.double)
                let own = rows.first { $0["a"]?.string == name }?["metrics"]?["mse"]?.double
                // The checkpoint's numbers are rounded to its own sixteen bits once more.
                #expect(own.map { abs($0 - mse) <= 0.05 * mse } ?? (mse == 0), "\(name)")
            }
            // An existing file stays, unless --force.
            #expect(try Program.run(["export", Self.model, "--plan", plan, "--output", out]).status == 64)
            #expect(try Program.run(["export", Self.model, "--plan", plan, "--output", out, "--force"]).status == 0)
        }
    }

    /// A page of a recipe, of a plan, and of two checkpoints; the same table as text.
    @Test func reportsAreWritten() throws {
        try TemporaryFolder.with { folder in
            let plan = folder + "/p.json", page = folder + "/r.html"
            #expect(
                try Program.run(["plan", Self.model, "--budget-bits", "4.3", "--json", "--output", plan]).status == 0)
            let report = try Program.run(["report", Self.model, "--plan", plan, "--output", page])
            let html = String(decoding: try AtomicFile.read(page, limit: 1 << 24), as: UTF8.self)
            #expect(
                report.status == 0 && html.contains("Total error at each size") && html.contains("</html>"),
                "\(report.error)")
            #expect(try Program.run(["report", Self.model, "--plan", plan, "--output", page]).status == 64)
            for options in [["--recipe", "int4 sym group:32"], ["--compare", Fixture.path("Llama/model-q8_0.gguf")]] {
                let csv = folder + "/t.csv"
                let result = try Program.run(
                    ["report", Self.model, "--format", "csv", "--output", csv, "--force"] + options)
                let lines = String(decoding: try AtomicFile.read(csv), as: UTF8.self).split(separator: "\n")
                #expect(
                    result.status == 0 && lines.count > 10 && lines[0].hasPrefix("tensor,shape,recipe"),
                    "\(result.error)")
            }
            #expect(try Program.run(["report", Self.model, "--output", page]).status == 64)
            #expect(
                try Program.run(["report", Self.model, "--recipe", "int4", "--output", Self.model, "--force"]).status
                    == 1)
        }
    }

    @Test func budgetsThatCannotBeKeptNameTheLeast() throws {
        let result = try Program.run(["plan", Self.model, "--budget-bits", "1.5"])
        #expect(result.status == 64 && result.out.isEmpty)
        #expect(result.error.contains("expected") && result.error.contains("bits a weight or more"))
        #expect(try Program.run(["plan", Self.model]).status == 64)
        #expect(try Program.run(["plan", Self.model, "--budget-ms", "1"]).status == 64)
        #expect(try Program.run(["plan", Self.model, "--budget-ms", "1", "--hardware", "mcu"]).status == 0)
        #expect(try Program.run(["plan", Self.model, "--budget-bits", "4", "--hardware", "toaster"]).status == 1)
    }

    /// The input is never written over: not by its name, a link, or another way to it.
    @Test func inputsStay() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/m.safetensors", link = folder + "/link.safetensors",
                hard = folder + "/hard.safetensors"
            let bytes = try AtomicFile.read(Self.model, limit: 1 << 24)
            try AtomicFile.write(bytes, to: path)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            try FileManager.default.linkItem(atPath: path, toPath: hard)
            for output in [path, link, hard, folder + "/../" + folder.split(separator: "/").last! + "/m.safetensors"] {
                let result = try Program.run(["export", path, "--recipe", "int4", "--output", output, "--force"])
                #expect(
                    result.status == 1 && result.error.contains("the file that is read"), "\(output) \(result.error)")
            }
            #expect(try AtomicFile.read(path, limit: 1 << 24) == bytes)
            // Nor is what lies beside it: settings of a packed checkpoint would take the place of the source's.
            try AtomicFile.write(Array("{}".utf8), to: folder + "/config.json")
            try AtomicFile.write(Array("private".utf8), to: folder + "/notes.txt")
            let recipe = ["--recipe", "int4 sym group:32 scale:f16", "--to", "mlx", "--output"]
            #expect(try Program.run(["export", path] + recipe + [folder, "--force"]).status == 64)
            #expect(try AtomicFile.read(folder + "/config.json") == Array("{}".utf8))
            #expect(try Program.run(["export", path] + recipe + [folder + "/mlx"]).status == 0)
            #expect(try Folder.names(in: folder + "/mlx").sorted() == ["config.json", "model.safetensors"])
        }
    }

    /// No room on the disk, as far as a process can tell: nothing is left, and one line says why.
    @Test func fullDisksLeaveNothing() throws {
        try TemporaryFolder.with { folder in
            let script =
                "trap '' XFSZ; ulimit -f 8; exec '\(Program.path("qlens"))' export '\(Self.model)' --recipe int4 --output '\(folder)/o.safetensors'"
            let process = Process(), errors = Pipe()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", script]
            process.environment = Program.environment()
            process.standardError = errors
            try process.run()
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 1 && text.contains("expected"), "\(text)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    /// Killed at any moment, an export leaves no half file under its name; the next one clears up and succeeds.
    @Test func killedExportsLeaveNoHalfFile() throws {
        try TemporaryFolder.with { folder in
            var random: UInt64 = 1, values: [Float] = []
            for _ in 0..<1 << 21 {
                random = random &* 6_364_136_223_846_793_005 &+ 1
                values.append(Float(Int32(truncatingIfNeeded: random >> 33)) / 1e9)
            }
            let source = folder + "/m.safetensors", out = folder + "/o.safetensors"
            try AtomicFile.write(
                SafetensorsWriter.bytes([.init(name: "a.weight", extents: [1024, 2048], values: values)]), to: source)
            let before = try AtomicFile.read(source, limit: 1 << 25)
            /// Bytes that stand in the folder beside the source's.
            func written() throws -> UInt64 {
                try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "m.safetensors" }.reduce(0) {
                    // It may be renamed meanwhile.
                    let found = try? FileManager.default.attributesOfItem(atPath: folder + "/" + $1)
                    return $0 + ((found?[.size] as? UInt64) ?? 0)
                }
            }
            var killed = 0
            for share in [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1] {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: Program.path("qlens"))
                process.arguments = [
                    "export", source, "--recipe", "int4 sym group:32 clip:mse", "--output", out, "--force",
                ]
                process.environment = Program.environment()
                process.standardError = FileHandle.nullDevice
                try process.run()
                let enough = UInt64(share * Double(before.count)), deadline = ContinuousClock.now + .seconds(20)
                while process.isRunning, ContinuousClock.now < deadline, try written() < enough { poll(nil, 0, 1) }
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                if process.terminationReason == .uncaughtSignal { killed += 1 }
                // Whole or not there.
                if Folder.exists(out) {
                    #expect(try FileFormatCatalog.open(path: out).tensors.count == 1)
                    try FileManager.default.removeItem(atPath: out)
                }
            }
            #expect(killed > 0)
            let result = try Program.run(["export", source, "--recipe", "int4 sym group:32", "--output", out])
            #expect(result.status == 0)
            #expect(try AtomicFile.read(source, limit: 1 << 25) == before)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
                    "m.safetensors", "o.safetensors",
                ])
        }
    }

    /// A script of a build fails where a rule is broken, and only then.
    @Test func rulesFailBuilds() throws {
        try TemporaryFolder.with { folder in
            try AtomicFile.write(Array("# for the nightly build\nnan==0\nsqnr>=5 # dB\n".utf8), to: folder + "/rules")
            func build(_ rule: String) throws -> Int32 {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/bin/sh")
                process.arguments = [
                    "-ec",
                    "'\(Program.path("qlens"))' check '\(Self.model)' '\(rule)' --rules '\(folder)/rules' --recipe 'int4 sym group:32' >/dev/null 2>&1; touch '\(folder)/built'",
                ]
                process.environment = Program.environment()
                try process.run()
                process.waitUntilExit()
                return process.terminationStatus
            }
            #expect(try build("bits<=4.5") == 2 && !Folder.exists(folder + "/built"))
            #expect(try build("bits<=6") == 0 && Folder.exists(folder + "/built"))
        }
        // What looks at nothing does not hold: a gate that checks nothing is open.
        #expect(try Program.run(["check", Self.model, "sqnr>=5@model.norm*", "--recipe", "int4"]).status == 64)
        let broken = try Program.run(["check", Self.model, "bits<4", "--recipe", "int4 sym group:32", "--json"])
        let value = try JSONValue(Array(broken.out.utf8), path: "check")
        #expect(broken.status == 2 && value["failures"]?.array?.isEmpty == false)
        #expect(try Program.run(["check", Self.model, "bitz<4", "--recipe", "int4"]).status == 64)
        #expect(try Program.run(["check", "/nowhere", "nan==0"]).status == 1)
    }
}
