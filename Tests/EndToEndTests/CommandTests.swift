import Fixtures
import Foundation
import Testing

@Suite struct CommandTests {
    private func json(_ arguments: [String]) throws -> [String: Any] {
        let result = try Program.run(arguments)
        #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
    }

    @Test func numbersOfDamagedBytesAreNotPrinted() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("damaged-\(UUID().uuidString).npz")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var bytes = try Fixture.bytes("Checkpoints/pattern.npz")
        bytes[bytes.count - 160] ^= 0xFF
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let result = try Program.run(["inspect", path, "--recipe", "int8", "--json"])
        #expect(result.status == 1 && result.out.isEmpty)
        #expect(result.error.contains("damaged compressed bytes in zip member \"pattern.npy\""))
        // A file that is sound but for what it leaves out says so.
        let list = try json(["list", Fixture.path("Checkpoints/module.pth"), "--json"])
        #expect((list["warnings"] as? [String])?.count == 1)
    }

    @Test func listsAndInspects() throws {
        let folder = try Program.samples()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let list = try json(["list", folder + "/toynet.safetensors", "--json"])
        let tensors = try #require(list["tensors"] as? [[String: Any]])
        let names = tensors.compactMap { $0["name"] as? String }
        #expect(names.firstIndex(of: "layers.2.conv.bias")! < names.firstIndex(of: "layers.10.conv.bias")!)
        #expect((list["metadata"] as? [String: String])?["architecture"] == "toynet")

        let report = try json(
            [
                "inspect", folder + "/gauss.npy", "--recipe", "clip:mse int4", "--head", "5", "--histogram", "16",
                "--json",
            ])
        #expect(report["recipe"] as? String == "int4 sym tensor clip:mse" && report["tensor"] as? String == "gauss")
        let metrics = try #require(report["metrics"] as? [String: Any])
        #expect(
            Set(metrics.keys) == [
                "mse", "rmse", "mae", "max_abs_error", "bias", "sqnr_db", "cosine", "relative_l2", "clipped_fraction",
                "clip_error", "round_error", "zeroed_fraction", "code_entropy_bits", "huffman_bits", "levels_used",
                "levels_total",
                "bits_per_weight", "bytes", "compression_ratio",
            ])
        let quantizer = try #require(report["quantizer"] as? [String: Any])
        #expect((quantizer["levels"] as? [Double])?.count == 15 && (quantizer["scales"] as? [Double])?.count == 1)
        let histogram = try #require(report["histogram"] as? [String: Any])
        #expect(
            (histogram["counts"] as? [Int])?.reduce(0, +) == 4_096 && (histogram["edges"] as? [Double])?.count == 17)
        #expect(
            (report["values_head"] as? [Double])?.count == 5 && (report["dequantized_head"] as? [Double])?.count == 5)
        let clip = try #require(metrics["clip_error"] as? Double),
            round = try #require(metrics["round_error"] as? Double)
        #expect(abs(clip + round - (metrics["mse"] as? Double ?? 0)) < 1e-12)
        for text in [
            ["list", folder], ["inspect", folder, "gauss", "--recipe", "int3 asym", "--head", "2", "--histogram", "4"],
        ] {
            let result = try Program.run(text)
            #expect(result.status == 0 && !result.out.isEmpty)
        }
    }

    /// Columns stay below each other where characters are two columns wide.
    @Test func listsLineUp() throws {
        let folder = try Program.samples()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/wide.safetensors"
        let names = ["가중치", "b", "層.重み"]
        let entries = names.enumerated().map { index, name in
            "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(4 * index),\(4 * index + 4)]}"
        }
        let header = Data("{\(entries.joined(separator: ","))}".utf8)
        var size = UInt64(header.count).littleEndian
        try (Data(bytes: &size, count: 8) + header + Data(count: 12)).write(to: URL(fileURLWithPath: path))
        // The folder's name has random letters, which may be these three.
        let lines = try Program.run(["list", path]).out.split(separator: "\n").filter { $0.contains(" F32 ") }
        #expect(lines.count == 3)
        let columns = lines.map { line in
            line[..<line.range(of: " F32 ")!.lowerBound].unicodeScalars.reduce(0) { $0 + ($1.value > 0x1100 ? 2 : 1) }
        }
        #expect(Set(columns).count == 1, "\(columns)")
    }

    @Test func notFiniteValuesAreNull() throws {
        let folder = try Program.samples()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Program.run(
            ["inspect", folder + "/shapes.safetensors", "with_nan", "--recipe", "int4", "--head", "8", "--json"])
        #expect(!result.out.lowercased().contains("nan,") && result.out.contains("null"))
        let constant = try json(["inspect", folder, "constant", "--recipe", "int4", "--json"])
        #expect((constant["metrics"] as? [String: Any])?["sqnr_db"] is NSNull)
    }

    /// One line on standard error, nothing on standard output, the right status.
    @Test(arguments: [
        (["inspect", "/none.npy", "--recipe", "int4"], 1, "no such file"),
        (["inspect", "SAMPLES", "gauss", "--recipe", "int1"], 64, "binary"),
        (["inspect", "SAMPLES", "guass", "--recipe", "int4"], 1, "\"gauss\""),
        (["inspect", "SAMPLES", "--recipe", "int4"], 1, "the name of one"),
        (["inspect", "SAMPLES", "gauss", "--recipe", "int4 channel:1"], 64, "axis is 0"),
        (["list", "SAMPLES/none"], 1, "no such file"),
        (["SAMPLES"], 64, "not a terminal"),
        (["--recipe", "int99"], 64, "int2 … int16"),
    ])
    func failures(arguments: [String], status: Int, expected: String) throws {
        let folder = try Program.samples()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Program.run(arguments.map { $0.replacingOccurrences(of: "SAMPLES", with: folder) })
        #expect(result.status == Int32(status) && result.out.isEmpty)
        #expect(result.error.contains(expected) && result.error.split(separator: "\n").count == 1, "\(result.error)")
    }

    @Test(arguments: [
        ["nonsense", "a", "b", "c"], ["inspect"], ["inspect", "x", "--recipe", "int4", "--head", "-1"],
        ["list", "--threads", "0", "x"],
    ])
    func wrongUsage(arguments: [String]) throws { #expect(try Program.run(arguments).status == 64) }

    @Test func helpAndVersion() throws {
        let help = try Program.run(["--help"])
        #expect(help.status == 0 && help.out.contains("inspect") && help.out.contains("samples"))
        #expect(try Program.run(["--version"]).out == "0.1.0\n")
    }
}
