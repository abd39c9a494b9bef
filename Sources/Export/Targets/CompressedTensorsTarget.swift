import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// compressed-tensors, `pack-quantized`: what vLLM and Transformers load.
///
/// `weight_packed` I32 [out, ⌈in·b/32⌉], codes q + 2^(b-1) one after the other, lowest bits first; `weight_scale` [out, groups];
/// `weight_zero_point` I32 packed along the outputs where ranges are asymmetric; `weight_shape` I64. Source: the
/// compressed-tensors project, `compressors/pack_quantized`.
enum CompressedTensorsTarget: ExportTarget {
    static let name = "compressed-tensors"
    static let summary = "a folder of packed integers (intB, group:G or channel:0), for vLLM and Transformers"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        let weights = try job.integerWeights(name, bits: Set(2...8))
        var checkpoint = PackedCheckpoint(job)
        for (place, item) in job.items.enumerated() {
            guard let weight = weights[place] else {
                checkpoint.add(item)
                continue
            }
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
            guard !weight.isSymmetric else { continue }
            let high = PackedBits.words(rows, bits: bits)
            checkpoint.add(
                stem + ".weight_zero_point", .int32, [high, groups],
                coded.part(high * groups * 4) { weight, codes in
                    PackedBits.columns(
                        codes.zeroPoints.map { UInt8($0) }, columns: weight.groups, bits: weight.bits)
                })
        }
        return try checkpoint.export("quantization_config", settings(job, weights))
    }

    /// A group of modules for every way in which they are quantized.
    private static func settings(_ job: ExportJob, _ weights: [Int: IntegerWeight]) -> JSONValue {
        struct Scheme: Hashable {
            let bits: Int
            let isSymmetric: Bool
            let groupSize: Int?
        }
        var modules: [Scheme: [String]] = [:], order: [Scheme] = []
        for (_, weight) in weights.sorted(by: { $0.key < $1.key }) {
            let scheme = Scheme(
                bits: weight.bits, isSymmetric: weight.isSymmetric,
                groupSize: weight.groups == 1 ? nil : weight.groupSize)
            if modules[scheme] == nil { order.append(scheme) }
            modules[scheme, default: []].append(weight.module)
        }
        let groups = order.enumerated().map { number, scheme in
            (
                "group_\(number)",
                JSONValue.object([
                    ("targets", .array((modules[scheme] ?? []).map { .string("re:" + ExactPattern.text($0)) })),
                    (
                        "weights",
                        .object([
                            ("num_bits", .int(scheme.bits)), ("type", .string("int")),
                            ("symmetric", .bool(scheme.isSymmetric)),
                            ("strategy", .string(scheme.groupSize == nil ? "channel" : "group")),
                            ("group_size", scheme.groupSize.map { .int($0) } ?? .null), ("dynamic", .bool(false)),
                        ])
                    ), ("input_activations", .null), ("output_activations", .null),
                ])
            )
        }
        let kept = job.items.filter { $0.treatment.recipe == nil && $0.tensor.shape.rank == 2 }.map { item in
            let name = item.tensor.name
            return name.hasSuffix(".weight") ? String(name.dropLast(7)) : name
        }
        return .object([
            ("quant_method", .string("compressed-tensors")), ("format", .string("pack-quantized")),
            ("quantization_status", .string("compressed")), ("config_groups", .object(groups)),
            ("ignore", .array(kept.map { .string($0) })), ("kv_cache_scheme", .null),
        ])
    }
}
