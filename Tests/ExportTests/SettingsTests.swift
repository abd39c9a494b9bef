import Basics
import Checkpoints
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Export

/// What other tools are told: exactly the tensors that are meant, and nothing dropped silently.
@Suite struct SettingsTests {
    private static let names = [
        "blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.1.attn_q.weight", "blk.10.attn_q.weight",
        "blk.1.ffn.0.weight",
        "output.weight",
    ]

    private static func job(_ recipes: [String], names: [String] = names) throws -> ExportJob {
        var random = SeededRandom(5)
        let shape = try #require(Shape([4, 256]))
        let tensors = try names.map {
            try #require(TensorView(name: $0, values: random.bell(shape.count), shape: shape))
        }
        let file = TensorFile(path: "m", format: "test", metadata: [], tensors: tensors)
        return try ExportJob(file, plan: try zip(names, recipes).map { ($0, try WeightTreatment($1)) })
    }

    private func text(_ target: any ExportTarget.Type, _ job: ExportJob) throws -> (text: String, notices: [String]) {
        let export = try target.files(job, output: "x")
        #expect(export.files.count == 1 && export.files[0].byteCount > 1)
        guard case .bytes(let bytes)? = export.files[0].pieces.first else { return ("", []) }
        return (String(decoding: bytes, as: UTF8.self), export.notices)
    }

    private func json(_ target: any ExportTarget.Type, _ job: ExportJob) throws -> JSONValue {
        try JSONValue(Array(text(target, job).text.utf8), path: target.name)
    }

    /// Every pattern is applied to all names, as llama-quantize does: the first that is found decides.
    @Test func patternsFindTheirTensorsAlone() throws {
        let recipes = ["ggml:q4_k", "ggml:q5_k", "ggml:q6_k", "ggml:q8_0", "ggml:iq4_xs", "keep"]
        for (target, separator) in [(LlamaQuantizeTarget.self, "\n"), (IkLlamaTarget.self, ",")]
            as [(any ExportTarget.Type, Character)]
        {
            let lines = try text(target, Self.job(recipes)).text.split { $0 == separator || $0 == "\n" }.map {
                let parts = $0.split(separator: "=")
                return (pattern: try Regex(String(parts[0])), type: String(parts[1]))
            }
            for (name, recipe) in zip(Self.names, recipes) {
                let types = lines.filter { name.contains($0.pattern) }.map { $0.type }
                #expect(types == (recipe == "keep" ? [] : [String(recipe.dropFirst(5))]), "\(name)")
            }
        }
        #expect(throws: ExportError.self) { try text(LlamaQuantizeTarget.self, Self.job(["int4 sym group:64"])) }
        #expect(throws: ExportError.self) {
            try text(LlamaQuantizeTarget.self, Self.job(["ggml:q4_k"], names: ["Blk.0.W"]))
        }
    }

    private static let integers = [
        "int4 sym group:64 clip:mse scale:f16", "int4 sym group:64 clip:mse scale:f16", "int8 asym channel:0",
        "int4 sym group:64",
        "int3 sym group:32", "keep",
    ]

    @Test func settingsGoByModule() throws {
        let job = try Self.job(Self.integers)
        let gptq = try json(GPTQModelTarget.self, job)
        #expect(gptq["bits"]?.int == 4 && gptq["group_size"]?.int == 64 && gptq["dynamic"]?.members?.count == 3)
        #expect(gptq["dynamic"]?["+:^blk\\.1\\.attn_q$"]?["group_size"]?.int == -1)
        #expect(gptq["dynamic"]?["-:^output$"] != nil)
        let auto = try json(AutoRoundTarget.self, job)
        #expect(auto["blk.1.ffn.0"]?["bits"]?.int == 3 && auto["output"]?["bits"]?.int == 16)
        let compressor = try text(LLMCompressorTarget.self, job).text
        #expect(compressor.contains("- 're:^blk\\.10\\.attn_q$'") && compressor.contains("ignore: ['output']"))
        #expect(compressor.contains("num_bits: 8, type: int, symmetric: false, strategy: channel"))
        let torch = try text(TorchAOTarget.self, job).text
        #expect(
            torch.contains(
                "\"blk.1.ffn.0\": IntxWeightOnlyConfig(weight_dtype=torch.int3, granularity=PerGroup(32), mapping_type=MappingType.SYMMETRIC)"
            ))
        #expect(torch.contains("\"output\": None"))
        let exl = try text(ExLlamaTarget.self, job)
        #expect(exl.text.contains("target_bpw: 4.6") && exl.text.contains("\"blk.1.attn_q\": 8"))
        #expect(exl.notices.contains { $0.contains("1 of the plan stay") })
    }

    /// Clipping and stored scales are named with their numbers.
    @Test func whatIsLeftOutIsCounted() throws {
        let notices = try text(GPTQModelTarget.self, Self.job(Self.integers)).notices
        #expect(notices.contains("gptqmodel cannot say clip:mse: left out for 2 weights, for which it chooses itself"))
        #expect(notices.contains("gptqmodel cannot say scale:f16: left out for 2 weights, for which it chooses itself"))
        #expect(throws: ExportError.self) { try text(AutoRoundTarget.self, Self.job(["nf4"])) }
        #expect(throws: ExportError.self) { try text(TorchAOTarget.self, Self.job(["int4 sym tensor"])) }
    }

    @Test func otherTools() throws {
        let mlx = try json(MLXPredicateTarget.self, Self.job(["int4 sym group:64", "int6 asym group:128", "keep"]))
        #expect(mlx["blk.0.attn_k"]?["bits"]?.int == 6 && mlx["blk.0.attn_k"]?["group_size"]?.int == 128)
        if case .bool(false)? = mlx["blk.1.attn_q"] {} else { Issue.record("a weight is not left out") }
        let onnx = try json(ONNXRuntimeTarget.self, Self.job(["int8 sym channel:0", "int4 asym tensor", "keep"]))
        #expect(onnx["blk.0.attn_q.weight"]?.array?.first?["quant_type"]?.string == "QInt8")
        #expect(onnx["blk.0.attn_q.weight"]?.array?.first?["axis"]?.int == 0)
        #expect(onnx["blk.0.attn_k.weight"]?.array?.first?["quant_type"]?.string == "QUInt4")
        #expect(throws: ExportError.self) { try text(ONNXRuntimeTarget.self, Self.job(["int8 sym group:64"])) }
    }

    /// Model Optimizer looks quantizers up by wildcards, in which a name's own `*`, `?` and `[` are escaped.
    @Test func modelOptimizer() throws {
        let names = ["a.weight", "b[0].weight", "c*.weight", "d.weight", "e.weight", "f.weight"]
        let recipes = ["int8 sym channel:0", "int4 symfull group:16", "nvfp4", "fp8-e4m3 tensor", "mxfp6-e3m2", "keep"]
        let (text, notices) = try text(ModelOptConfigTarget.self, Self.job(recipes, names: names))
        let expected = [
            #"{"quantizer_name": "*", "enable": False},"#,
            #"{"quantizer_name": "a.weight_quantizer", "cfg": {"num_bits": 8, "narrow_range": True, "axis": 0}},"#,
            #"{"quantizer_name": "b[[]0].weight_quantizer", "cfg": {"num_bits": 4, "narrow_range": False, "block_sizes": {-1: 16}}},"#,
            #"{"quantizer_name": "c[*].weight_quantizer", "cfg": {"num_bits": (2, 1), "block_sizes": {-1: 16, "type": "dynamic", "scale_bits": (4, 3)}}},"#,
            #"{"quantizer_name": "d.weight_quantizer", "cfg": {"num_bits": (4, 3), "axis": None}},"#,
            #"{"quantizer_name": "e.weight_quantizer", "cfg": {"num_bits": (3, 2), "block_sizes": {-1: 32, "type": "dynamic", "scale_bits": (8, 0)}}},"#,
        ]
        let entries = text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter {
            $0.hasPrefix("{\"quantizer_name")
        }
        #expect(entries.map(String.init) == expected)
        #expect(notices.contains { $0.contains("symfull's step 2t/(2^b - 1)") && $0.hasSuffix("1 of the weights") })
        for recipe in ["int8 asym channel:0", "nf4", "int4 sym block:2x8", "fp8-e5m2 tensor"] {
            #expect(throws: ExportError.self, "\(recipe)") {
                try self.text(ModelOptConfigTarget.self, Self.job([recipe]))
            }
        }
    }

    /// x̂ = scale·(clamp(round(w/scale) - offset, 0, 2^b - 1) + offset), as AIMET computes it from its encodings, is what was evaluated.
    @Test(arguments: [
        "int8 sym tensor", "int8 asym channel:0", "int4 symfull group:32", "int4 asym group:64 scale:f16",
        "int5 asym tensor clip:mse", "int16 sym channel:0",
    ]) func aimetEncodings(_ recipe: String) throws {
        let job = try Self.job([recipe]), (text, notices) = try text(AIMETTarget.self, job)
        let root = try JSONValue(Array(text.utf8), path: "encodings")
        #expect(root["version"]?.string == "1.0.0" && root["activation_encodings"]?.array?.isEmpty == true)
        let entries = root["param_encodings"]?.array ?? [], entry = try #require(entries.first)
        #expect(entries.count == 1 && entry["name"]?.string == Self.names[0] && notices.isEmpty)
        let scales = (entry["scale"]?.array ?? []).compactMap { $0.double },
            offsets = (entry["offset"]?.array ?? []).compactMap { $0.int }
        let bits = try #require(entry["bw"]?.int), top = Double(1 << bits) - 1
        let kind: (name: String, size: Int, block: Int?) =
            recipe.contains("tensor")
            ? ("PER_TENSOR", 1024, nil)
            : recipe.contains("channel")
                ? ("PER_CHANNEL", 256, nil) : recipe.contains("32") ? ("PER_BLOCK", 32, 32) : ("PER_BLOCK", 64, 64)
        #expect(entry["enc_type"]?.string == kind.name && entry["block_size"]?.int == kind.block)
        #expect(scales.count == 1024 / kind.size && offsets.count == scales.count)
        let tensor = try #require(job.items.first { $0.tensor.name == Self.names[0] }).tensor,
            values = tensor.values(0..<1024)
        let made = try Evaluator(tensor, recipe: try Recipe(recipe)).reconstruction()
        for (i, value) in values.enumerated() {
            let range = i / kind.size, offset = Double(offsets[range])
            let quotient = Double(value) / scales[range]
            // symfull puts the largest values half-way between two codes, where the last bit of a scale decides.
            if abs(abs(quotient.truncatingRemainder(dividingBy: 1)) - 0.5) < 1e-5 { continue }
            let code = min(max(quotient.rounded(.toNearestOrEven) - offset, 0), top)
            #expect(Float(scales[range] * (code + offset)) == made[i], "\(recipe) \(i)")
        }
    }

    @Test func whatAIMETCannotSay() throws {
        let notices = try text(AIMETTarget.self, Self.job(["int4 sym tensor clip:mse", "int8 sym tensor"])).notices
        #expect(
            notices == [
                "aimet has a code -2^(b-1) that sym leaves out: what is clipped may be a step lower in 1 of the weights"
            ])
        for recipe in [
            "int3 sym tensor", "nf4", "int8 sym channel:1", "int4 sym group:48", "int8 sym tensor convention:tensorrt",
        ] {
            #expect(throws: (any Error).self, "\(recipe)") { try self.text(AIMETTarget.self, Self.job([recipe])) }
        }
    }
}
