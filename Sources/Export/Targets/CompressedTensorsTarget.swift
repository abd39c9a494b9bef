import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// compressed-tensors: what vLLM and Transformers load. Integers are `pack-quantized`, NVFP4 `nvfp4-pack-quantized`, MXFP4
/// `mxfp4-pack-quantized`; where a checkpoint has several, it is `mixed-precision`.
///
/// `weight_packed` I32 [out, ⌈in·b/32⌉], codes q + 2^(b-1) one after the other, lowest bits first; `weight_scale` [out, groups];
/// `weight_zero_point` I32 packed along the outputs where ranges are asymmetric; `weight_shape` I64.
/// Four-bit floats: `weight_packed` U8 [out, in/2], the even column in the low half; `weight_scale` E4M3 or exponents [out, blocks];
/// `weight_global_scale` the reciprocal of the tensor's own. Source: the compressed-tensors project, `compressors`.
enum CompressedTensorsTarget: ExportTarget {
    static let name = "compressed-tensors"
    static let summary =
        "a folder of packed integers (intB, group:G or channel:0), NVFP4 or MXFP4, for vLLM and Transformers"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        var checkpoint = PackedCheckpoint(job), schemes: [(module: String, scheme: CompressedTensorsConfig.Scheme)] = []
        for item in job.items {
            guard let recipe = item.treatment.recipe else {
                checkpoint.add(item)
                continue
            }
            if let floats = try FloatBlockWeight(item.tensor, recipe, target: name) {
                add(floats, to: &checkpoint)
                schemes.append((floats.module, .floats(floats.kind)))
                continue
            }
            let weight = try IntegerWeight(item.tensor, recipe, target: name, bits: Set(2...8))
            add(weight, to: &checkpoint)
            let groupSize = weight.groups == 1 ? nil : weight.groupSize
            schemes.append(
                (weight.module, .integers(bits: weight.bits, isSymmetric: weight.isSymmetric, groupSize: groupSize)))
        }
        guard !schemes.isEmpty else {
            throw ExportError(name, found: "no weight to quantize", expected: "at least one")
        }
        return try checkpoint.export("quantization_config", CompressedTensorsConfig.settings(job, schemes))
    }

    private static func add(_ weight: FloatBlockWeight, to checkpoint: inout PackedCheckpoint) {
        let coded = CodedFloatBlocks(weight), stem = weight.module
        checkpoint.add(stem + ".weight_packed", .uint8, [weight.rows, weight.columns / 2], coded.packed())
        guard weight.kind == .nvfp4 else {
            checkpoint.add(stem + ".weight_scale", .uint8, [weight.rows, weight.blocks], coded.scales(isLast: true))
            return
        }
        checkpoint.add(stem + ".weight_scale", .float8E4M3, [weight.rows, weight.blocks], coded.scales())
        checkpoint.add(
            stem + ".weight_global_scale", .float32, [1],
            coded.part(4, isLast: true) { PackedBits.numbers([1 / $0.tensorScale], as: .float32) })
    }

    private static func add(_ weight: IntegerWeight, to checkpoint: inout PackedCheckpoint) {
        let coded = CodedWeight(weight), stem = weight.module
        let (rows, columns, groups, bits) = (weight.rows, weight.columns, weight.groups, weight.bits)
        let words = PackedBits.words(columns, bits: bits)
        checkpoint.add(
            stem + ".weight_packed", .int32, [rows, words],
            coded.part(rows * words * 4) { weight, codes in
                PackedBits.rows(codes.codes, columns: weight.columns, bits: weight.bits)
            })
        checkpoint.add(stem + ".weight_scale", weight.scaleType, [rows, groups], coded.scales())
        checkpoint.add(
            stem + ".weight_shape", .int64, [2],
            coded.part(16) { weight, _ in
                [weight.rows, weight.columns].flatMap { value in
                    withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) }
                }
            })
        guard !weight.isSymmetric else { return }
        let high = PackedBits.words(rows, bits: bits)
        checkpoint.add(
            stem + ".weight_zero_point", .int32, [high, groups],
            coded.part(high * groups * 4) { weight, codes in
                PackedBits.columns(
                    codes.zeroPoints.map { UInt8($0) }, columns: weight.groups, bits: weight.bits)
            })
    }
}
