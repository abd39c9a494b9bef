import Fixtures
import Quantization
import Tensors
import Testing

@testable import TensorFiles

/// Tensors that were stored as codes with scales beside them, written by the tools' own code (`Tests/Fixtures/Packed/make.py`).
@Suite struct PackedTests {
    static let names =
        ["gptq", "awq", "bitsandbytes", "scaled", "mxfp4", "small"].map { $0 + ".safetensors" } + [
            "quantized.pt", "quantized.pth",
        ]

    private static func open(_ name: String) throws -> TensorFile {
        try FileFormatCatalog.open(path: Fixture.path("Packed/\(name)"))
    }

    @Test(arguments: names)
    func everyValueBitForBit(_ name: String) throws {
        let file = try Self.open(name)
        #expect(file.warnings.isEmpty)
        for (key, expected) in try Fixture.values("Packed/\(name).values") {
            let tensor = try file.tensor(named: key), found = tensor.values(0..<tensor.count)
            #expect(found.count == expected.count)
            let wrong = zip(found, expected).enumerated().filter { $1.0.bitPattern != $1.1.bitPattern && $1.0 != $1.1 }
            #expect(wrong.isEmpty, "\(key): \(wrong.count) differ, first \(wrong.first.map { "\($0)" } ?? "")")
        }
    }

    @Test(arguments: names)
    func partsOfThem(_ name: String) throws {
        let file = try Self.open(name)
        for tensor in file.tensors where tensor.storedForm != nil {
            let all = tensor.values(0..<tensor.count)
            for (start, count) in [(0, 1), (1, 30), (63, 70), (tensor.count / 2 - 9, 200), (tensor.count - 3, 3)] {
                let first = max(0, min(start, tensor.count - 1)), range = first..<min(tensor.count, first + count)
                #expect(tensor.values(range) == Array(all[range]), "\(tensor.name) \(range)")
            }
            if tensor.shape.rank > 1 {
                let last = min(3, tensor.shape.extents[0])
                let entries = tensor.entries(1..<last), row = tensor.shape.product(from: 1)
                #expect(entries.values(0..<entries.count) == Array(all[row..<last * row]))
                #expect(entries.storedForm?.stored(2) == tensor.storedForm?.stored(row + 2))
            }
        }
    }

    /// What is shown of an element brings its value back.
    @Test(arguments: names + ["../GGML/types.gguf"])
    func codesAndScales(_ name: String) throws {
        let file = try Self.open(name)
        var seen = 0
        for tensor in file.tensors {
            guard let form = tensor.storedForm else { continue }
            seen += 1
            let values = tensor.values(0..<tensor.count)
            for i in stride(from: 0, to: tensor.count, by: 13) {
                let stored = form.stored(i)
                // Float32 does not hold all codes of 32 bits.
                let level = abs(stored.code) > 1 << 23 ? Double(stored.code) : Double(stored.level)
                let product = Double(stored.scale) * (level - Double(stored.zeroPoint ?? 0))
                let back = Float(product) + (stored.offset ?? 0)
                #expect(
                    abs(back - values[i]) <= abs(values[i]) * 1e-6 || back.isNaN && values[i].isNaN,
                    "\(tensor.name) \(i)")
            }
            #expect(
                !form.method.isEmpty
                    && form.parts.allSatisfy { part in
                        part == tensor.name || file.position(named: part) != nil || part.hasSuffix("qweight")
                            || part.hasSuffix("_blocks")
                    })
            #expect(tensor.byteCount > 0 && tensor.patternCount == nil && tensor.isFloatingPoint)
        }
        #expect(seen > 0)
    }

    /// The recipe that a tensor names quantizes its values to themselves, or nearly so.
    @Test(arguments: [
        ("gptq", "sym4.weight", "int4 symfull group:16 scale:f16"),
        ("gptq", "asym3.weight", "int3 asym group:32 scale:f16"),
        ("gptq", "channel8.weight", "int8 asym channel:0 scale:f16"),
        ("awq", "proj.weight", "int4 asym group:32 scale:f16"),
        ("bitsandbytes", "plain.nf4.weight", "nf4 group:64"),
        ("bitsandbytes", "double.nf4.weight", "nf4 group:64 scale:dq"),
        ("bitsandbytes", "int8.weight", "int8 sym channel:0"), ("scaled", "e4m3.tensor.weight", "fp8-e4m3 tensor"),
        ("scaled", "e4m3.channel.weight", "fp8-e4m3 channel:0"),
        ("scaled", "e4m3.bf16.weight", "fp8-e4m3 channel:0 scale:bf16"),
        ("scaled", "e4m3.group.weight", "fp8-e4m3 group:32"), ("scaled", "e4m3.tile.weight", "fp8-e4m3 block:128x128"),
        ("scaled", "e5m2.channel.weight", "fp8-e5m2 channel:0"), ("scaled", "int8.tensor.weight", "int8 sym tensor"),
        ("scaled", "zeros.weight", "int8 asym channel:0"), ("scaled", "cut.weight", "int8 sym group:64"),
        ("mxfp4", "mlp.gate_up_proj", "mxfp4"), ("quantized.pt", "channels", "int8 symfull channel:0"),
        ("quantized.pth", "unsigned", "int8 asym tensor"), ("quantized.pt", "columns", "int8 asym channel:1"),
    ])
    func recipes(file: String, name: String, text: String) throws {
        let tensor = try Self.open(file.contains(".") ? file : file + ".safetensors").tensor(named: name)
        #expect(tensor.storedForm?.recipe == text)
        let recipe = try Recipe(text)
        #expect(recipe.description == text)
        let metrics = try Evaluator(tensor, recipe: recipe).evaluate().metrics
        // Codes that do not reach both ends of a grid, and scales that are quantized again, leave a little.
        let isFound =
            !text.contains("asym") && !text.contains("symfull") && !text.contains("dq") && name != "cut.weight"
        #expect(metrics.relativeL2 ?? 1 < (isFound ? 1e-6 : 0.07), "\(metrics.relativeL2 ?? 1)")
    }

    @Test func whatHasNoRecipe() throws {
        #expect(try Self.open("gptq.safetensors").tensor(named: "order.weight").storedForm?.recipe == nil)
        let file = try Self.open("bitsandbytes.safetensors")
        #expect(try file.tensor(named: "plain.fp4.weight").storedForm?.recipe == nil)
        #expect(try file.tensor(named: "odd.nf4.weight").storedForm?.recipe == nil)
        #expect(try file.tensor(named: "odd.nf4.weight").shape.extents == [7, 50])
        #expect(try Self.open("scaled.safetensors").tensor(named: "alone.weight").storedForm == nil)
    }

    /// The second version of GPTQ's layout keeps zero-points as they are, which only the settings beside the file say.
    @Test func settingsBesideTheFile() throws {
        try TemporaryFolder.with { folder in
            let bytes = try Fixture.bytes("Packed/gptq.safetensors")
            try AtomicFile.write(bytes, to: folder + "/model.safetensors")
            let first = try FileFormatCatalog.open(path: folder + "/model.safetensors").tensor(named: "sym4.weight")
            #expect(first.storedForm?.stored(0).zeroPoint == 8)
            let settings = #"{"model_type": "x", "quantization_config": {"bits": 4, "checkpoint_format": "gptq_v2"}}"#
            try AtomicFile.write(Array(settings.utf8), to: folder + "/config.json")
            for path in [folder, folder + "/model.safetensors"] {
                let second = try FileFormatCatalog.open(path: path).tensor(named: "sym4.weight")
                #expect(second.storedForm?.stored(0).zeroPoint == 7)
            }
            try AtomicFile.write(Array("{]".utf8), to: folder + "/config.json")
            #expect(try FileFormatCatalog.open(path: folder).tensors.count > 3)
        }
    }

    /// Empty parts beside axes of any length are no blocks.
    @Test func emptyBlocksOfAnyLength() throws {
        let length = 1 << 58
        let header =
            #"{"x_blocks":{"dtype":"U8","shape":[0,\#(length),16],"data_offsets":[0,0]},"#
            + #""x_scales":{"dtype":"U8","shape":[0,\#(length)],"data_offsets":[0,0]}}"#
        let bytes = LittleEndian.bytes(UInt64(header.utf8.count)) + Array(header.utf8)
        let file = try FileFormatCatalog.open(ByteArray(bytes), path: "a.safetensors")
        #expect(file.tensors.map { $0.name } == ["x_blocks", "x_scales"])
    }

    /// Settings beside the file say where runs and tiles end; without them they are powers of two, or divide.
    @Test func sizesOfRuns() {
        let none = TensorsByName([], settings: [:])
        #expect(
            none.runLength(200, pieces: 4, setting: nil) == 64 && none.runLength(192, pieces: 2, setting: nil) == 128)
        #expect(none.runLength(192, pieces: 2, setting: 96) == 96 && none.runLength(192, pieces: 2, setting: 64) == 128)
        #expect(none.runLength(90, pieces: 9, setting: nil) == 10 && none.runLength(90, pieces: 7, setting: nil) == nil)
        #expect(none.runLength(77, pieces: 1, setting: nil) == 77)
        let some = TensorsByName([], settings: ["weight_block_size": "[128, 64]", "group_size": "32"])
        #expect(some.number("weight_block_size") == 128 && some.number("weight_block_size", at: 1) == 64)
        #expect(some.number("group_size") == 32 && some.number("group_size", at: 1) == nil && some.number("x") == nil)
        #expect(some.allows(1 << 24) && !some.allows(1))
    }

    /// A code that is no integer has no scale; two tensors do not become one name.
    @Test func hostileParts() throws {
        let shape = try #require(Shape([3]))
        let floats = try #require(TensorView(name: "q", values: [.nan, .infinity, 1e30], shape: shape))
        #expect(TorchQuantized(floats, scales: [1], zeroPoints: [0], axis: nil) == nil)
        let names = ["x.blocks", "x.scales", "x_blocks", "x_scales", "e\u{301}_blocks", "\u{e9}_scales"]
        let entries = names.map { name in
            SafetensorsWriter.Entry(
                name: name, type: .uint8, shape: name.hasSuffix("blocks") ? Shape([1, 16])! : Shape([1])!,
                data: [UInt8](repeating: 127, count: name.hasSuffix("blocks") ? 16 : 1))
        }
        let file = try FileFormatCatalog.open(ByteArray(SafetensorsWriter.bytes(entries)), path: "a.safetensors")
        #expect(file.tensors.count { $0.name == "x" } == 1 && file.tensors.count { $0.storedForm != nil } == 1)
        #expect(Set(file.tensors.map { Array($0.name.utf8) }).count == 6)
    }

    /// What looks packed but does not fit stays as it is, with a word about it.
    @Test func misfitsStayPacked() throws {
        func entry(_ name: String, _ type: ElementType, _ extents: [Int]) -> SafetensorsWriter.Entry {
            let shape = Shape(extents)!
            return SafetensorsWriter.Entry(
                name: name, type: type, shape: shape,
                data: [UInt8](repeating: 1, count: type.byteCount(of: shape.count)!))
        }
        let cases: [[SafetensorsWriter.Entry]] = [
            [
                entry("a.qweight", .int32, [4, 8]), entry("a.qzeros", .int32, [2, 3]),
                entry("a.scales", .float16, [2, 8]),
            ],
            [
                entry("a.qweight", .int32, [4, 8]), entry("a.qzeros", .int32, [2, 1]),
                entry("a.scales", .float16, [2, 8]), entry("a.g_idx", .int32, [32]),
            ],
            [entry("w", .float8E4M3, [4, 6]), entry("w_scale", .float32, [5])],
            [entry("w", .int8, [4, 6]), entry("w_scale", .int32, [4])],
            [entry("x_blocks", .uint8, [2, 3, 8]), entry("x_scales", .uint8, [2, 3])],
            [entry("b.weight", .uint8, [16, 1]), entry("b.weight.quant_state.bitsandbytes__nf4", .uint8, [40])],
        ]
        for entries in cases {
            try TemporaryFolder.with { folder in
                try AtomicFile.write(SafetensorsWriter.bytes(entries), to: folder + "/a.safetensors")
                let file = try FileFormatCatalog.open(path: folder + "/a.safetensors")
                #expect(file.tensors.map { $0.name } == entries.map { $0.name }.sorted(), "\(entries[0].name)")
                #expect(
                    file.warnings.count == 1 && file.warnings[0].hasPrefix("left \"\(entries[0].name)\" packed: found"))
                #expect(file.tensors.allSatisfy { $0.storedForm == nil })
            }
        }
    }
}
