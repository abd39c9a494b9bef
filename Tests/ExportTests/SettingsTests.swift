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
}
