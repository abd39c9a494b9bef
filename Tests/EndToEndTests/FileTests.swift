import Fixtures
import Foundation
import PseudoTerminal
import TensorFiles
import Tensors
import Testing

/// Files that people have, in the built program.
@Suite struct FileTests {
    /// A file that loses its end while it is open is told; the program goes on and leaves the terminal as it was.
    @Test func aTruncatedFileIsSaidAndTheProgramGoesOn() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/large.npy", count = 1 << 20
            let shape = try #require(Shape([1 << 10, 1 << 10]))
            let values = (0..<count).map { Float($0 % 1_013) - 500 }
            let view = try #require(TensorView(name: "t", values: values, shape: shape))
            try NpyWriter.write(view, to: path, notOver: [])
            let session = try Program.start([path])
            #expect(truncate(path, 100_000) == 0)
            session.send("b")
            #expect(
                session.wait { $0.text.contains("file that was cut short") && $0.line(0).contains("no result") },
                "\(session.text)")
            #expect(!session.line(0).contains("● exact"))
            session.send("?")
            #expect(session.wait { $0.text.contains("Help") }, "\(session.text)")
            session.send("q")
            session.settle(60)
            session.send("q")
            #expect(session.waitForEnd() == 0)
            #expect(session.isRestored)
        }
    }

    /// Codes, scales and zero-points of a packed checkpoint; Enter takes the recipe that it was made by.
    @Test func packedCheckpointsShowWhatTheyHold() throws {
        let path = Fixture.path("Packed/gptq.safetensors")
        let session = try Program.start([path, "asym4.weight", "--recipe", "int8 sym tensor"], rows: 36, columns: 120)
        #expect(session.line(0).contains("GPTQ 4-bit [32,64]"), "\(session.text)")
        #expect(session.text.contains("stored as GPTQ 4-bit"))
        session.send("d")
        #expect(session.wait { $0.text.contains("zero-point") && $0.text.contains("asym4.qzeros") }, "\(session.text)")
        session.send("\r")
        #expect(session.wait { $0.line(0).hasSuffix("exact  int4 asym group:32 scale:f16") }, "\(session.text)")
        session.send("D")
        #expect(session.wait { $0.text.contains("GPTQ 4-bit: 4 tensors") }, "\(session.text)")
        session.send("q")
        session.settle(60)
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    @Test func storedFormsWithoutATerminal() throws {
        func json(_ arguments: [String]) throws -> [String: Any] {
            let result = try Program.run(arguments + ["--json"])
            #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
            return try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        }
        let path = Fixture.path("Packed/gptq.safetensors")
        let list = try json(["list", path])
        let tensors = try #require(list["tensors"] as? [[String: Any]])
        let packed = try #require(tensors.first { $0["name"] as? String == "sym4.weight" })
        let stored = try #require(packed["stored"] as? [String: Any])
        #expect(stored["method"] as? String == "GPTQ 4-bit" && packed["shape"] as? [Int] == [32, 64])
        #expect(stored["parts"] as? [String] == ["sym4.qweight", "sym4.qzeros", "sym4.scales", "sym4.g_idx"])
        let report = try json(["inspect", path, "sym4.weight", "--recipe", "int4 symfull group:16", "--head", "10"])
        let form = try #require(report["stored"] as? [String: Any])
        #expect(form["recipe"] as? String == "int4 symfull group:16 scale:f16")
        let codes = try #require(form["codes_head"] as? [Int]), zeros = try #require(form["zero_points_head"] as? [Int])
        let scales = try #require(form["scales_head"] as? [Double]),
            values = try #require(report["values_head"] as? [Double])
        for i in 0..<10 { #expect(abs(scales[i] * Double(codes[i] - zeros[i]) - values[i]) < 1e-6) }
    }

    /// A scan's rows are what `inspect` prints, the worst first; what is no weight is kept with the reason.
    @Test func scansAreWhatInspectionsSay() throws {
        let samples = try Program.samples()
        defer { try? FileManager.default.removeItem(atPath: samples) }
        func json(_ arguments: [String]) throws -> [String: Any] {
            let result = try Program.run(arguments + ["--json"])
            #expect(result.status == 0, "\(result.error)")
            return try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        }
        let path = samples + "/shapes.safetensors", recipe = "int4 sym group:32"
        let scan = try json(["scan", path, "--recipe", recipe, "--exclude", "unequal*"])
        let rows = try #require(scan["rows"] as? [[String: Any]]), kept = try #require(scan["kept"] as? [[String: Any]])
        #expect(scan["recipe"] as? String == recipe && rows.count >= 3)
        var before = -Double.infinity
        for row in rows {
            let name = try #require(row["name"] as? String)
            let one = try json(["inspect", path, name, "--recipe", recipe])
            #expect(row["metrics"] as? NSDictionary == one["metrics"] as? NSDictionary, "\(name)")
            let sqnr = (row["metrics"] as? [String: Any])?["sqnr_db"] as? Double ?? .infinity
            #expect(sqnr >= before)
            before = sqnr
        }
        let reasons = kept.compactMap { $0["reason"] as? String }
        #expect(reasons.contains("excluded by unequal*") && reasons.contains("fewer than two axes"))
        let total = try #require(scan["total"] as? [String: Any])
        #expect(total["tensors"] as? Int == rows.count && total["kept"] as? Int == kept.count)
        // The same as a table of values.
        let csv = try Program.run([
            "scan", path, "--recipe", recipe, "--exclude", "unequal*", "--csv", "--sort", "name",
        ])
        let lines = csv.out.split(separator: "\n")
        #expect(lines.count == rows.count + 1 && lines[0].hasPrefix("name,shape,recipe,mse,"))
        for (arguments, message) in [
            (["--json", "--csv"], "--json and --csv"), (["--sort", "speed"], "--sort: found speed"),
        ] {
            let wrong = try Program.run(["scan", path, "--recipe", recipe] + arguments)
            #expect(wrong.status == 64 && wrong.error.contains(message))
        }
    }

    /// ggml's types as recipes: sizes, offsets, importance, and rows that blocks do not divide.
    @Test func recipesOfGGML() throws {
        try TemporaryFolder.with { folder in
            let samples = try Program.samples()
            defer { try? FileManager.default.removeItem(atPath: samples) }
            let refused = try Program.run(["inspect", samples, "unequal_channels", "--recipe", "ggml:q4_k"])
            #expect(
                refused.status == 64
                    && refused.error.contains("found rows of 96 in shape [24,96], expected a multiple of 256"))
            let shape = try #require(Shape([4, 512]))
            let values = (0..<2_048).map { Float(($0 * 7_919) % 1_009) / 500 - 1 }
            let view = try #require(TensorView(name: "w", values: values, shape: shape))
            let columns = try #require(Shape([512]))
            let importance: [Float] = (0..<512).map { $0 % 2 == 0 ? 100 : 0.01 }
            let weights = try #require(TensorView(name: "w", values: importance, shape: columns))
            try SafetensorsWriter.write([(view, .float32)], to: folder + "/w.safetensors", notOver: [])
            try SafetensorsWriter.write([(weights, .float32)], to: folder + "/i.safetensors", notOver: [])
            func report(_ more: [String]) throws -> [String: Any] {
                let result = try Program.run(
                    ["inspect", folder + "/w.safetensors", "--recipe", "ggml:q4_k", "--json"] + more)
                #expect(result.status == 0, "\(result.error)")
                return try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
            }
            let plain = try report([]), weighted = try report(["--importance", folder + "/i.safetensors"])
            #expect(weighted["importance"] as? String == folder + "/i.safetensors" && plain["importance"] == nil)
            let quantizer = try #require(plain["quantizer"] as? [String: Any])
            #expect((quantizer["offsets"] as? [Double])?.count == 64 && quantizer["range_count"] as? Int == 64)
            func mse(_ report: [String: Any]) -> Double {
                (report["metrics"] as? [String: Any])?["mse"] as? Double ?? -1
            }
            #expect(mse(weighted) > mse(plain) && mse(plain) > 0)
        }
    }
}
