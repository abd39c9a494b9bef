import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// NVIDIA Model Optimizer's NVFP4: `weight` U8 [out, in/2], the even column in the low half; `weight_scale` E4M3 [out, in/16];
/// `weight_scale_2` = max|w|/2688; `hf_quant_config.json` beside it. Source: Model-Optimizer, `export/quant_utils.py`.
enum ModelOptTarget: ExportTarget {
    static let name = "modelopt"
    static let summary = "a folder of NVFP4 (recipe nvfp4) with hf_quant_config.json, for TensorRT-LLM and vLLM"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        var checkpoint = PackedCheckpoint(job), kept: [String] = [], isEmpty = true
        for item in job.items {
            guard let recipe = item.treatment.recipe else {
                checkpoint.add(item)
                if item.tensor.shape.rank == 2, item.tensor.isFloatingPoint {
                    kept.append(ModuleName.of(item.tensor.name))
                }
                continue
            }
            guard let weight = try FloatBlockWeight(item.tensor, recipe, target: name), weight.kind == .nvfp4 else {
                throw ExportError(
                    name, found: "\(recipe) for \(Printable.quoted(item.tensor.name))", expected: "nvfp4")
            }
            isEmpty = false
            let coded = CodedFloatBlocks(weight), stem = weight.module
            checkpoint.add(stem + ".weight", .uint8, [weight.rows, weight.columns / 2], coded.packed())
            checkpoint.add(stem + ".weight_scale", .float8E4M3, [weight.rows, weight.blocks], coded.scales())
            checkpoint.add(
                stem + ".weight_scale_2", .float32, [],
                coded.part(4, isLast: true) { PackedBits.numbers([$0.tensorScale], as: .float32) })
        }
        guard !isEmpty else { throw ExportError(name, found: "no weight to quantize", expected: "at least one") }
        let settings = JSONValue.object([
            ("producer", .object([("name", .string("qlens"))])),
            (
                "quantization",
                .object([
                    ("quant_algo", .string("NVFP4")), ("kv_cache_quant_algo", .null), ("group_size", .int(16)),
                    ("exclude_modules", .array(kept.map { .string($0) })),
                ])
            ),
        ])
        return try checkpoint.export(nil, settings, file: "hf_quant_config.json")
    }
}
