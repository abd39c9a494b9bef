import Basics
import Checkpoints
import Fixtures
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Export

/// Files are written, read back by the program's own readers, and hold what was meant, to the bit.
@Suite struct ExportTests {
    /// Writes an export into a folder; every file has the size that was announced.
    private func write(_ job: ExportJob, _ target: any ExportTarget.Type, to output: String) throws -> Export {
        let export = try target.files(job, output: output)
        for file in export.files {
            let path = file.name.isEmpty ? output : output + "/" + file.name
            if !file.name.isEmpty { AtomicFile.makeFolder(output) }
            try file.write(to: path, notOver: [job.file.path], context: WorkContext(threads: 2))
            #expect(Folder.size(ofFile: path) == file.byteCount)
        }
        return export
    }

    private func bits(_ tensor: TensorView) -> [UInt32] { tensor.values(0..<tensor.count).map { $0.bitPattern } }

    /// Tensors of several types, with numbers that are none, a scalar, an empty one, and one that is not in row-major order.
    private func mixed() throws -> TensorFile {
        var random = SeededRandom(4)
        func shape(_ extents: [Int]) throws -> Shape { try #require(Shape(extents)) }
        func entry(_ name: String, _ type: ElementType, _ extents: [Int], _ factor: Float = 1) throws
            -> SafetensorsWriter.Entry
        {
            var values = random.bell(try shape(extents).count).map { $0 * factor }
            if values.count > 100 { (values[3], values[7], values[40]) = (.nan, .infinity, -0.0) }
            return SafetensorsWriter.Entry(name: name, type: type, extents: extents, values: values)
        }
        let entries = try [
            entry("a.weight", .float32, [16, 256]), entry("b.weight", .bfloat16, [64, 128], 3),
            entry("c.weight", .float16, [8, 512], 0.01), entry("d.weight", .float64, [4, 96]),
            entry("conv.weight", .float32, [8, 4, 3, 3]), entry("norm.weight", .bfloat16, [128]),
            entry("scale", .float32, []), entry("empty", .float32, [0, 8]), entry("ids", .int64, [5], 100),
            entry("mask", .bool, [6]), entry("f8", .float8E4M3, [8, 16]),
        ]
        let source = ByteArray(
            SafetensorsWriter.bytes(entries, metadata: [("format", "pt"), ("made by", "a \"test\"")]))
        let file = try FileFormatCatalog.open(source, path: "mixed.safetensors")
        let values = ByteArray((0..<24).map { Float($0) - 11.5 }), turnedShape = try shape([6, 4])
        let turned = try #require(
            TensorView(
                name: "turned.weight", elementType: .float32, shape: turnedShape, strides: [1, 6], source: values))
        return TensorFile(
            path: file.path, format: file.format, metadata: file.metadata, tensors: file.tensors + [turned])
    }

    /// What a weight becomes, rounded to the type that it is written in.
    private func expected(_ tensor: TensorView, _ recipe: Recipe, as type: ElementType? = nil) throws -> [UInt32] {
        let values = tensor.values(0..<tensor.count), made = try Evaluator(tensor, recipe: recipe).reconstruction()
        return zip(values, made).map { value, made in
            let result = value.isFinite ? made : value
            switch type ?? tensor.elementType {
            case .float16: return Float(Float16(result)).bitPattern
            case .bfloat16:
                let low = SafetensorsWriter.Entry(name: "x", type: .bfloat16, extents: [1], values: [result]).data
                return UInt32(low[0]) << 16 | UInt32(low[1]) << 24
            default: return result.bitPattern
            }
        }
    }

    @Test(arguments: [
        "int4 sym group:32", "int8 asym channel:0", "int3 sym tensor clip:mse", "nf4", "mxfp4", "nvfp4", "ternary",
        "kmeans2 channel:0",
        "int4 sym channel:1", "pq2x16 tensor", "int4 sym group:64@0 scale:dq",
    ])
    func valuesReadBack(_ text: String) throws {
        let recipe = try Recipe(text), file = try mixed(), job = try ExportJob(file, recipe: recipe)
        let quantized = Set(job.items.filter { $0.treatment.recipe != nil }.map { $0.tensor.name })
        #expect(quantized.isSuperset(of: ["a.weight", "b.weight", "c.weight"]) && !quantized.contains("norm.weight"))
        try TemporaryFolder.with { folder in
            for target in [SafetensorsTarget.self, NpzTarget.self] as [any ExportTarget.Type] {
                let path = folder + "/out." + target.name
                let export = try write(job, target, to: path)
                let read = try FileFormatCatalog.open(path: path)
                #expect(read.tensors.map { $0.name } == file.tensors.map { $0.name })
                for (tensor, own) in zip(file.tensors, read.tensors) {
                    #expect(own.storedShape == tensor.storedShape, "\(tensor.name)")
                    if quantized.contains(tensor.name) {
                        #expect(
                            try bits(own) == expected(tensor, recipe, as: own.elementType),
                            "\(target.name) \(tensor.name) \(text)")
                    } else {
                        #expect(bits(own) == bits(tensor), "\(target.name) \(tensor.name)")
                    }
                    let isNamed = export.notices.contains { $0.hasPrefix("\(tensor.name): ") }
                    #expect(own.elementType == tensor.elementType || isNamed, "\(target.name) \(tensor.name)")
                }
                if target.name == "safetensors" {
                    #expect(read.metadata.map { $0.value } == file.metadata.map { $0.value })
                    #expect(
                        zip(file.tensors, read.tensors).allSatisfy {
                            $0.elementType == $1.elementType || quantized.contains($0.name)
                        })
                }
            }
        }
    }

    @Test func oneTensorGoesToNumPy() throws {
        let file = try mixed(), recipe = try Recipe("int4 sym channel:0")
        let one = TensorFile(
            path: file.path, format: file.format, metadata: [],
            tensors: file.tensors.filter { $0.name == "conv.weight" })
        try TemporaryFolder.with { folder in
            let job = try ExportJob(one, plan: [("conv.weight", .quantized(recipe))])
            _ = try write(job, NpyTarget.self, to: folder + "/w.npy")
            let read = try FileFormatCatalog.open(path: folder + "/w.npy").tensors[0]
            #expect(try bits(read) == expected(one.tensors[0], recipe) && read.shape == one.tensors[0].shape)
            let all = try ExportJob(file, recipe: recipe)
            #expect(throws: ExportError.self) { try NpyTarget.files(all, output: "w.npy") }
        }
    }

    /// Shards as the source has them, and an index that names them.
    @Test func shardsStayShards() throws {
        try TemporaryFolder.with { folder in
            var random = SeededRandom(8)
            let source = folder + "/model"
            AtomicFile.makeFolder(source)
            var map: [(String, JSONValue)] = []
            for shard in 1...3 {
                let file = "model-0000\(shard)-of-00003.safetensors"
                let entries = (0..<2).map {
                    SafetensorsWriter.Entry(
                        name: "layers.\(shard).\($0).weight", type: .bfloat16, extents: [8, 64],
                        values: random.bell(512))
                }
                for entry in entries { map.append((entry.name, .string(file))) }
                try AtomicFile.write(SafetensorsWriter.bytes(entries), to: source + "/" + file)
            }
            let index = JSONValue.object([
                ("metadata", .object([("total_size", .int(6 * 1024))])), ("weight_map", .object(map)),
            ])
            try AtomicFile.write(Array(index.text.utf8), to: source + "/model.safetensors.index.json")
            let recipe = try Recipe("int4 sym group:32")
            let opened = try FileFormatCatalog.open(path: source)
            let export = try write(try ExportJob(opened, recipe: recipe), SafetensorsTarget.self, to: folder + "/out")
            #expect(
                export.files.map { $0.name }.count == 4 && export.files.last?.name == "model.safetensors.index.json")
            let read = try FileFormatCatalog.open(path: folder + "/out")
            #expect(read.warnings.isEmpty && read.tensors.map { $0.name } == opened.tensors.map { $0.name })
            for (tensor, own) in zip(opened.tensors, read.tensors) {
                #expect(try bits(own) == expected(tensor, recipe))
            }
            let text = try JSONValue(AtomicFile.read(folder + "/out/model.safetensors.index.json"), path: "index")
            #expect(text["weight_map"]?.members?.count == 6 && text["metadata"]?["total_size"]?.int == 6 * 1024)
            // All in one file where that is asked for.
            _ = try write(
                try ExportJob(opened, recipe: recipe), SafetensorsTarget.self, to: folder + "/one.safetensors")
            #expect(try FileFormatCatalog.open(path: folder + "/one.safetensors").tensors.count == 6)
        }
    }

    // MARK: GGUF

    /// Blocks of every type decode to what the evaluation of the same recipe says.
    @Test(arguments: [
        "q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_nl", "iq4_xs", "mxfp4",
    ])
    func blocksReadBack(_ type: String) throws {
        var random = SeededRandom(77)
        let shape = try #require(Shape([6, 1536])),
            tensor = try #require(
                TensorView(name: "blk.0.attn_q.weight", values: random.bell(shape.count), shape: shape))
        let short = try #require(Shape([7]))
        let bias = try #require(TensorView(name: "bias", values: random.bell(7), shape: short))
        let file = TensorFile(path: "m", format: "test", metadata: [], tensors: [tensor, bias])
        let recipe = try Recipe("ggml:" + type), job = try ExportJob(file, recipe: recipe)
        try TemporaryFolder.with { folder in
            let export = try write(job, GGUFTarget.self, to: folder + "/m.gguf")
            #expect(export.notices.contains { $0.contains("convert_hf_to_gguf") })
            let read = try FileFormatCatalog.open(path: folder + "/m.gguf")
            let own = try read.tensor(named: tensor.name)
            #expect(own.elementType.rawValue.lowercased() == type)
            #expect(own.values(0..<own.count) == (try Evaluator(tensor, recipe: recipe).reconstruction()))
            #expect(bits(try read.tensor(named: "bias")) == bits(bias))
        }
    }

    /// What a GGUF source says of itself is carried over to the byte.
    @Test func metadataAreCarriedOver() throws {
        let path = Fixture.path("Llama/model-q8_0.gguf"), file = try FileFormatCatalog.open(path: path)
        let job = try ExportJob(file, recipe: try Recipe("ggml:q4_0"))
        try TemporaryFolder.with { folder in
            let export = try write(job, GGUFTarget.self, to: folder + "/m.gguf")
            #expect(!export.notices.contains { $0.contains("convert_hf_to_gguf") })
            let before = try GGUFMetadata.open(path: path), after = try GGUFMetadata.open(path: folder + "/m.gguf")
            #expect(!before.pairs.isEmpty && before.pairs.map { $0.bytes } == after.pairs.map { $0.bytes })
            let read = try FileFormatCatalog.open(path: folder + "/m.gguf")
            #expect(read.metadata.map { $0.value } == file.metadata.map { $0.value })
            #expect(read.tensors.map { $0.name } == file.tensors.map { $0.name })
            for tensor in file.tensors where tensor.shape.rank < 2 {
                #expect(bits(try read.tensor(named: tensor.name)) == bits(tensor))
            }
        }
    }

    /// S·(q - z) is the value, by the codes of whole bytes.
    @Test(arguments: [
        "int4 sym group:32", "int8 asym channel:0", "int3 asym block:8x8", "int12 sym tensor",
        "int5 symfull group:64@0",
        "int16 asym channel:1", "int4 sym channels:4@0 clip:mse",
    ])
    func codesReadBack(_ text: String) throws {
        let recipe = try Recipe(text), file = try mixed(), job = try ExportJob(file, recipe: recipe)
        try TemporaryFolder.with { folder in
            _ = try write(job, CodesTarget.self, to: folder + "/c.safetensors")
            let read = try FileFormatCatalog.open(path: folder + "/c.safetensors")
            for item in job.items {
                let tensor = item.tensor
                guard item.treatment.recipe != nil else {
                    #expect(bits(try read.tensor(named: tensor.name)) == bits(tensor))
                    continue
                }
                let codes = try read.tensor(named: tensor.name + ".codes"),
                    scales = try read.tensor(named: tensor.name + ".scales")
                let zeros = try read.tensor(named: tensor.name + ".zero_points")
                #expect(
                    codes.shape == tensor.shape && read.metadata.contains { $0 == (tensor.name, recipe.description) })
                let made = try Evaluator(tensor, recipe: recipe).reconstruction(),
                    ranges = try Evaluator(tensor, recipe: recipe).storedRanges(WorkContext())
                let (q, s, z) = (
                    codes.values(0..<codes.count), scales.values(0..<scales.count), zeros.values(0..<zeros.count)
                )
                for (element, value) in tensor.values(0..<tensor.count).enumerated() {
                    let range = ranges.range(ofElement: element)
                    #expect(
                        (q[element] - z[range]) * s[range] == (value.isFinite ? made[element] : 0),
                        "\(text) \(tensor.name) \(element)")
                }
            }
            #expect(throws: ExportError.self) {
                try CodesTarget.files(try ExportJob(file, recipe: try Recipe("nf4")), output: "x")
            }
        }
    }

    @Test func refusalsNameWhatDoesNotFit() throws {
        let file = try mixed()
        #expect(throws: ExportError.self) { try ExportJob(file, recipe: try Recipe("int4 sym tensor range:static:2")) }
        #expect(throws: ExportError.self) {
            try GGUFTarget.files(try ExportJob(file, recipe: try Recipe("int4 sym tensor")), output: "x.gguf")
        }
        #expect(throws: ExportError.self) { try ExportJob(file, plan: [("nobody", .kept)]) }
        #expect(throws: ExportError.self) {
            try ExportJob(file, plan: [("conv.weight", .quantized(try Recipe("ggml:q4_k")))])
        }
        // What the recipe does not fit is named, not dropped.
        #expect(
            try ExportJob(file, recipe: try Recipe("ggml:q4_k")).notices.contains { $0.hasPrefix("conv.weight stays") })
    }

    @Test func targetsFollowFromNames() {
        let names = [
            "a.npy": "npy", "a.NPZ": "npz", "a/b.gguf": "gguf", "x.safetensors": "safetensors", "folder": "safetensors",
            "a.b/": "safetensors",
        ]
        for (output, name) in names { #expect(ExportTargetCatalog.target(of: output)?.name == name) }
        #expect(ExportTargetCatalog.target(of: "a.txt") == nil)
        #expect(Set(ExportTargetCatalog.all.map { $0.name }).count == ExportTargetCatalog.all.count)
    }
}
