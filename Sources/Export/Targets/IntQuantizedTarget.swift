import Basics
import Checkpoints
import TensorFiles
import Tensors

/// compressed-tensors' `int-quantized`: what vLLM multiplies in whole bytes, with inputs in eight bits by token, found while it runs.
///
/// `weight` I8 [out, in], codes q; `weight_scale` [out, 1]. Source: the compressed-tensors project, `compressors/naive_quantized`.
enum IntQuantizedTarget: ExportTarget {
    static let name = "int-quantized"
    static let summary = "a folder of int8 weights by rows (int8 sym channel:0) for products with int8 inputs in vLLM"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        var checkpoint = PackedCheckpoint(job)
        let weights = try job.integerWeights(name, bits: [8])
        for (place, item) in job.items.enumerated() {
            guard let weight = weights[place] else {
                checkpoint.add(item)
                continue
            }
            guard weight.isSymmetric, weight.groups == 1 else {
                throw ExportError(
                    name, found: "\(weight.recipe) for \(Printable.quoted(item.tensor.name))",
                    expected: "int8 sym channel:0 or int8 symfull channel:0")
            }
            let coded = CodedWeight(weight), stem = weight.module
            checkpoint.add(
                stem + ".weight", .int8, [weight.rows, weight.columns],
                coded.part(weight.rows * weight.columns) { weight, codes in
                    codes.codes.map { $0 &- UInt8(weight.middle) }
                })
            checkpoint.add(stem + ".weight_scale", weight.scaleType, [weight.rows, 1], coded.scales())
        }
        checkpoint.note(
            "\(name) quantizes the inputs of these layers too: this program's errors are those of the weights")
        return try checkpoint.export(
            "quantization_config",
            CompressedTensorsConfig.settings(
                job, weights.sorted { $0.key < $1.key }.map { ($0.value.module, .bytes) }))
    }
}
