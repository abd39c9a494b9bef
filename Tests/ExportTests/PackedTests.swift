import Basics
import Checkpoints
import Fixtures
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Export

/// Packed checkpoints, read by second readers that are written from the formats' descriptions: bit by bit, without the writer's code.
@Suite struct PackedTests {
    private static func model() throws -> TensorFile {
        var random = SeededRandom(21)
        let entries = (0..<3).map { layer in
            let rows = [64, 32, 96][layer], columns = [128, 256, 64][layer]
            var values = random.bell(rows * columns)
            values[5] = .nan
            return SafetensorsWriter.Entry(
                name: "layers.\(layer).mlp.w\(layer).weight", extents: [rows, columns], values: values)
        }
        let rest = [
            SafetensorsWriter.Entry(name: "norm.weight", type: .bfloat16, extents: [64], values: random.bell(64)),
            SafetensorsWriter.Entry(name: "lm_head.weight", extents: [10, 64], values: random.bell(640)),
        ]
        return try FileFormatCatalog.open(ByteArray(SafetensorsWriter.bytes(entries + rest)), path: "m.safetensors")
    }

    /// Writes a folder and opens its tensors as they are stored, with the settings of its `config.json`.
    private func written(
        _ target: any ExportTarget.Type, _ recipes: [String], _ body: (TensorFile, JSONValue, String) throws -> Void
    ) throws {
        let file = try Self.model()
        let plan = try zip(file.tensors.filter { $0.name.contains("layers") }, recipes).map {
            ($0.name, try WeightTreatment($1))
        }
        let export = try target.files(ExportJob(file, plan: plan), output: "out")
        try TemporaryFolder.with { folder in
            for file in export.files {
                try file.write(to: folder + "/" + file.name, notOver: [], context: WorkContext(threads: 2))
                #expect(Folder.size(ofFile: folder + "/" + file.name) == file.byteCount)
            }
            #expect(export.files.last?.name == "config.json")
            let config = try JSONValue(AtomicFile.read(folder + "/config.json"), path: "config.json")
            let bytes = try AtomicFile.read(folder + "/model.safetensors", limit: 1 << 24)
            try body(FileFormatCatalog.open(ByteArray(bytes), path: "model"), config, folder)
        }
    }

    /// The original with a reconstruction; what is no number is zero, as packed codes have none.
    private func expected(_ name: String, _ recipe: String) throws -> [Float] {
        let tensor = try Self.model().tensor(named: name), values = tensor.values(0..<tensor.count)
        let made = try Evaluator(tensor, recipe: try Recipe(recipe)).reconstruction()
        return zip(values, made).map { $0.isFinite ? $1 : 0 }
    }

    private func words(_ tensor: TensorView) -> [UInt32] {
        var words = [UInt32](repeating: 0, count: tensor.count)
        tensor.withStoredBytes { bytes in
            for i in 0..<words.count {
                words[i] = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
            }
        }
        return words
    }

    /// Bit `place` of a row of words.
    private func code(_ words: ArraySlice<UInt32>, _ index: Int, bits: Int) -> Int {
        (0..<bits).reduce(0) { code, bit in
            let place = index * bits + bit
            return code | Int(words[words.startIndex + place / 32] >> UInt32(place % 32) & 1) << bit
        }
    }

    private static let mixed = [
        ["int4 sym group:32 scale:f16", "int3 sym group:64 scale:bf16", "int8 asym channel:0"],
        ["int5 asym group:64 scale:f16", "int2 asym group:128", "int7 symfull channel:0 scale:f16"],
        ["int6 sym group:32 clip:mse", "int4 asym group:256 scale:f16", "int4 sym channel:0 scale:bf16"],
    ]

    @Test(arguments: mixed) func compressedTensors(_ recipes: [String]) throws {
        try written(CompressedTensorsTarget.self, recipes) { file, config, _ in
            let settings = try #require(config["quantization_config"])
            #expect(
                settings["format"]?.string == "pack-quantized"
                    && settings["quant_method"]?.string == "compressed-tensors")
            #expect(settings["ignore"]?.array?.compactMap { $0.string } == ["lm_head"])
            let groups = (settings["config_groups"]?.members ?? []).map { $0.1 }
            for (layer, text) in recipes.enumerated() {
                let stem = "layers.\(layer).mlp.w\(layer)", recipe = try Recipe(text), bits = recipe.format.bits
                let target = "re:^layers\\.\(layer)\\.mlp\\.w\(layer)$"
                let own = groups.filter { $0["targets"]?.array?.contains { $0.string == target } ?? false }
                #expect(own.count == 1 && own[0]["weights"]?["num_bits"]?.int == bits)
                let packed = try file.tensor(named: stem + ".weight_packed"),
                    scale = try file.tensor(named: stem + ".weight_scale")
                let want = try expected(stem + ".weight", text),
                    shape = try file.tensor(named: stem + ".weight_shape").values(0..<2)
                let (rows, columns) = (Int(shape[0]), Int(shape[1])), count = scale.shape.extents[1]
                #expect(rows * columns == want.count && packed.shape.extents == [rows, (columns * bits + 31) / 32])
                #expect(own[0]["weights"]?["group_size"]?.int ?? columns == columns / count)
                let scales = scale.values(0..<scale.count), all = words(packed), width = packed.shape.extents[1]
                var zeros = [Int](repeating: 1 << (bits - 1), count: rows * count)
                if recipe.mapping.hasZeroPoint {
                    let view = try file.tensor(named: stem + ".weight_zero_point"), stored = words(view)
                    for group in 0..<count {
                        let column = (0..<view.shape.extents[0]).map { stored[$0 * count + group] }
                        for row in 0..<rows { zeros[row * count + group] = code(column[...], row, bits: bits) }
                    }
                }
                for row in 0..<rows {
                    let line = all[row * width..<(row + 1) * width]
                    for column in 0..<columns {
                        let range = row * count + column / (columns / count)
                        let value = scales[range] * Float(code(line, column, bits: bits) - zeros[range])
                        #expect(value == want[row * columns + column], "\(text) \(row) \(column)")
                    }
                }
            }
            #expect(try file.tensor(named: "norm.weight").elementType == .bfloat16)
        }
    }

    /// The bytes of a tensor in a file, by its header alone: this program reads scaled integers as their values.
    private func stored(_ name: String, _ folder: String) throws -> ArraySlice<UInt8> {
        let bytes = try AtomicFile.read(folder + "/model.safetensors", limit: 1 << 24)
        let start = 8 + bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONValue(Array(bytes[8..<start]), path: "header")
        let range = try #require(header[name]?["data_offsets"]?.array?.compactMap { $0.int })
        return bytes[start + range[0]..<start + range[1]]
    }

    @Test func wholeBytes() throws {
        let recipes = ["int8 sym channel:0 scale:f16", "int8 symfull channel:0", "int8 sym channel:0 clip:mse"]
        try written(IntQuantizedTarget.self, recipes) { file, config, folder in
            let settings = try #require(config["quantization_config"])
            #expect(settings["format"]?.string == "int-quantized")
            #expect(settings["ignore"]?.array?.compactMap { $0.string } == ["lm_head"])
            let groups = settings["config_groups"]?.members ?? [], group = try #require(groups.first?.1)
            #expect(groups.count == 1 && group["targets"]?.array?.count == 3)
            #expect(
                group["weights"]?["num_bits"]?.int == 8 && group["weights"]?["strategy"]?.string == "channel"
                    && group["input_activations"]?["num_bits"]?.int == 8
                    && group["input_activations"]?["strategy"]?.string == "token")
            for (layer, text) in recipes.enumerated() {
                let stem = "layers.\(layer).mlp.w\(layer)", want = try expected(stem + ".weight", text)
                let weight = try file.tensor(named: stem + ".weight"),
                    scale = try file.tensor(named: stem + ".weight_scale")
                let (rows, columns) = (weight.shape.extents[0], weight.shape.extents[1])
                #expect(weight.typeName == "I8 scaled" && weight.values(0..<weight.count) == want)
                #expect(scale.shape.extents == [rows, 1] && (scale.elementType == .float16) == text.contains("f16"))
                let scales = scale.values(0..<rows),
                    codes = try stored(stem + ".weight", folder).map { Int8(bitPattern: $0) }
                #expect(codes.count == rows * columns)
                for i in codes.indices {
                    #expect(Float(codes[i]) * scales[i / columns] == want[i], "\(text) \(i)")
                }
            }
        }
    }

    /// Four-bit floats by their descriptions: a sign and one of eight levels, two a byte.
    private func floatCodes(_ tensor: TensorView, _ body: (Int, Float) -> Void) {
        let levels: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6]
        tensor.withStoredBytes { bytes in
            for i in 0..<tensor.count * 2 {
                let byte = bytes.load(fromByteOffset: i / 2, as: UInt8.self), code = i % 2 == 0 ? byte & 15 : byte >> 4
                body(i, levels[Int(code & 7)] * (code >= 8 ? -1 : 1))
            }
        }
    }

    @Test func fourBitFloats() throws {
        // Several layouts in one checkpoint.
        let recipes = ["nvfp4", "mxfp4", "int4 sym group:32 scale:f16"]
        try written(CompressedTensorsTarget.self, recipes) { file, config, _ in
            let settings = try #require(config["quantization_config"])
            #expect(settings["format"]?.string == "mixed-precision")
            let formats = (settings["config_groups"]?.members ?? []).compactMap { $0.1["format"]?.string }
            #expect(formats == ["nvfp4-pack-quantized", "mxfp4-pack-quantized", "pack-quantized"])
            for (layer, text) in recipes.prefix(2).enumerated() {
                let stem = "layers.\(layer).mlp.w\(layer)", want = try expected(stem + ".weight", text)
                let packed = try file.tensor(named: stem + ".weight_packed"),
                    scale = try file.tensor(named: stem + ".weight_scale")
                let whole = text == "nvfp4" ? try file.tensor(named: stem + ".weight_global_scale").values(0..<1)[0] : 1
                // E4M3 as such; exponents with a bias of 127.
                let scales = scale.values(0..<scale.count).map {
                    text == "nvfp4" ? $0 / whole : Float(sign: .plus, exponent: Int($0) - 127, significand: 1)
                }
                let size = want.count / scale.count
                #expect(size == (text == "nvfp4" ? 16 : 32) && packed.count * 2 == want.count)
                floatCodes(packed) { element, level in
                    let value = level * scales[element / size]
                    #expect(abs(value - want[element]) <= 2e-7 * abs(want[element]), "\(text) \(element)")
                }
            }
        }
        try written(ModelOptTarget.self, ["nvfp4", "nvfp4", "nvfp4"]) { file, _, folder in
            let settings = try JSONValue(AtomicFile.read(folder + "/hf_quant_config.json"), path: "settings")
            #expect(settings["quantization"]?["quant_algo"]?.string == "NVFP4")
            #expect(settings["quantization"]?["exclude_modules"]?.array?.compactMap { $0.string } == ["lm_head"])
            let stem = "layers.1.mlp.w1", want = try expected(stem + ".weight", "nvfp4")
            let scale = try file.tensor(named: stem + ".weight_scale"),
                whole = try file.tensor(named: stem + ".weight_scale_2").values(0..<1)[0]
            let scales = scale.values(0..<scale.count)
            floatCodes(try file.tensor(named: stem + ".weight")) { element, level in
                #expect(level * (scales[element / 16] * whole) == want[element])
            }
        }
    }

    /// This program's own reader, which was checked against GPTQModel's files.
    @Test(arguments: [
        ["int4 sym group:32 scale:f16", "int4 sym group:64 scale:f16", "int8 sym channel:0 scale:f16"],
        ["int4 asym group:32 scale:f16", "int2 asym group:64 scale:f16", "int4 sym group:32 scale:f16"],
    ]) func gptq(_ recipes: [String]) throws {
        try written(GPTQTarget.self, recipes) { _, config, folder in
            let settings = try #require(config["quantization_config"]),
                isSecond = recipes.contains { $0.contains("asym") }
            #expect(settings["checkpoint_format"]?.string == (isSecond ? "gptq_v2" : "gptq"))
            #expect(settings["dynamic"]?["-:^lm_head$"] != nil)
            let read = try FileFormatCatalog.open(path: folder)
            for (layer, text) in recipes.enumerated() {
                let name = "layers.\(layer).mlp.w\(layer).weight", own = try read.tensor(named: name)
                #expect(own.typeName.hasPrefix("GPTQ"))
                #expect(try own.values(0..<own.count) == expected(name, text), "\(text)")
            }
        }
    }

    @Test(arguments: [
        ["int4 sym group:64 scale:f16", "int3 sym group:32 scale:f16", "int8 sym group:64 scale:bf16"],
        ["int5 asym group:32 scale:f16", "int6 asym group:128", "int2 sym group:64 scale:f16"],
    ]) func mlx(_ recipes: [String]) throws {
        try written(MLXTarget.self, recipes) { file, config, _ in
            let settings = try #require(config["quantization"])
            #expect(settings["mode"]?.string == "affine")
            if case .bool(false)? = settings["lm_head"] {} else { Issue.record("lm_head is not left out") }
            for (layer, text) in recipes.enumerated() {
                let stem = "layers.\(layer).mlp.w\(layer)", recipe = try Recipe(text), bits = recipe.format.bits
                let own = settings[stem] ?? settings
                #expect(own["bits"]?.int == bits)
                let weight = try file.tensor(named: stem + ".weight"), want = try expected(stem + ".weight", text)
                let scales = try file.tensor(named: stem + ".scales"), biases = try file.tensor(named: stem + ".biases")
                let (s, b) = (scales.values(0..<scales.count), biases.values(0..<biases.count)), all = words(weight)
                let count = scales.shape.extents[1], size = try #require(own["group_size"]?.int), columns = count * size
                let width = weight.shape.extents[1]
                #expect(weight.elementType == .uint32 && width == columns * bits / 32)
                for row in 0..<weight.shape.extents[0] {
                    let line = all[row * width..<(row + 1) * width]
                    for column in 0..<columns {
                        let range = row * count + column / size,
                            value = s[range] * Float(code(line, column, bits: bits)) + b[range]
                        let near = want[row * columns + column]
                        // q·s + b rounds once more than s·(q - z).
                        #expect(abs(value - near) <= 4e-7 * max(abs(b[range]), abs(near)), "\(text) \(row) \(column)")
                    }
                }
            }
        }
    }

    @Test func patternsMatchExactly() throws {
        #expect(ExactPattern.text("a.b[0]+c") == "^a\\.b\\[0\\]\\+c$")
        let names = ["layers.1.w", "layers.11.w", "layersX1.w", "layers.1.ww"]
        let pattern = try Regex(ExactPattern.text("layers.1.w"))
        #expect(names.filter { $0.contains(pattern) } == ["layers.1.w"])
    }

    /// Empty matrices, names that meet, and biases beyond Float16 are errors rather than files that nobody can read.
    @Test func oddCheckpointsAreRefused() throws {
        func file(_ entries: [(String, [Int], Float)]) throws -> TensorFile {
            try FileFormatCatalog.open(
                ByteArray(
                    SafetensorsWriter.bytes(
                        entries.map { name, extents, value in
                            SafetensorsWriter.Entry(
                                name: name, extents: extents,
                                values: [Float](repeating: value, count: extents.reduce(1, *)))
                        })), path: "m.safetensors")
        }
        let recipe = try Recipe("int4 sym group:32 scale:f16")
        let targets: [any ExportTarget.Type] = [CompressedTensorsTarget.self, GPTQTarget.self, MLXTarget.self]
        for extents in [[4, 0], [0, 64]] {
            let job = try ExportJob(file([("a.weight", extents, 0)]), plan: [("a.weight", .quantized(recipe))])
            for target in targets { #expect(throws: ExportError.self) { try target.files(job, output: "out") } }
        }
        let twice = try ExportJob(
            file([("a.weight", [8, 64], 1), ("a.scales", [8, 2], 1)]), plan: [("a.weight", .quantized(recipe))])
        #expect(throws: ExportError.self) { try MLXTarget.files(twice, output: "out") }
        let huge = try ExportJob(file([("a.weight", [8, 64], 1e5)]), plan: [("a.weight", .quantized(recipe))])
        let export = try MLXTarget.files(huge, output: "out")
        try TemporaryFolder.with { folder in
            #expect(throws: FileError.self) {
                try export.files[0].write(to: folder + "/m", notOver: [], context: WorkContext(threads: 1))
            }
            let left = try Folder.names(in: folder)
            #expect(left.isEmpty)
        }
    }

    @Test func whatALayoutCannotSayIsRefused() throws {
        let cases: [(any ExportTarget.Type, String)] = [
            (CompressedTensorsTarget.self, "nf4"), (CompressedTensorsTarget.self, "int4 sym tensor"),
            (CompressedTensorsTarget.self, "int4 sym group:48"),
            (CompressedTensorsTarget.self, "int4 sym group:32 scale:dq"),
            (GPTQTarget.self, "int3 sym group:32 scale:f16"), (GPTQTarget.self, "int4 sym group:32"),
            (MLXTarget.self, "int4 sym group:16 scale:f16"), (MLXTarget.self, "int7 sym group:64 scale:f16"),
            (MLXTarget.self, "int4 sym block:8x8"), (IntQuantizedTarget.self, "int8 asym channel:0"),
            (IntQuantizedTarget.self, "int8 sym group:32"), (IntQuantizedTarget.self, "int4 sym channel:0"),
            (IntQuantizedTarget.self, "int8 sym tensor"),
        ]
        for (target, recipe) in cases {
            let job = try ExportJob(Self.model(), recipe: try Recipe(recipe), include: [NamePattern("layers.0*")])
            #expect(throws: ExportError.self, "\(target) \(recipe)") { try target.files(job, output: "out") }
        }
    }
}
