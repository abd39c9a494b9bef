import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// MLX's affine quantization: `weight` U32 [out, in·b/32], codes from 0 on one after the other, lowest bits first; `scales` and
/// `biases` [out, groups], w = q·s + b. Source: mlx, `mlx.core.quantize` and `mlx_lm/convert.py`.
enum MLXTarget: ExportTarget {
    static let name = "mlx"
    static let summary = "a folder of packed integers (int2 … int6, int8, group:32, group:64 or group:128), for MLX"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        let weights = try job.integerWeights(name, bits: [2, 3, 4, 5, 6, 8])
        var checkpoint = PackedCheckpoint(job)
        for (place, item) in job.items.enumerated() {
            guard let weight = weights[place] else {
                checkpoint.add(item)
                continue
            }
            guard [32, 64, 128].contains(weight.groupSize) else {
                throw ExportError(
                    name, found: "groups of \(weight.groupSize) for \(Printable.quoted(item.tensor.name))",
                    expected: "group:32, group:64 or group:128")
            }
            let coded = CodedWeight(weight), stem = weight.module,
                words = PackedBits.words(weight.columns, bits: weight.bits)
            // -S·z needs more digits than S, unless z is a power of two: then scales and biases are Float32.
            let type = weight.isSymmetric ? weight.scaleType : .float32
            if type != weight.scaleType {
                checkpoint.note(
                    "\(Printable.text(item.tensor.name)): scales and biases are F32, as S·z has more digits than S")
            }
            let count = weight.rows * weight.groups
            checkpoint.add(
                stem + ".weight", .uint32, [weight.rows, words],
                coded.part(weight.rows * words * 4) { weight, codes in
                    PackedBits.rows(codes.codes, columns: weight.columns, bits: weight.bits)
                })
            checkpoint.add(
                stem + ".scales", type, [weight.rows, weight.groups],
                coded.part(count * type.bitWidth / 8) { _, codes in PackedBits.numbers(codes.scales, as: type) })
            checkpoint.add(
                stem + ".biases", type, [weight.rows, weight.groups],
                coded.part(count * type.bitWidth / 8) { weight, codes throws(FileError) in
                    let biases = zip(codes.scales, codes.zeroPoints).map { -$0 * Float($1) }
                    // Float16 ends before S·2^(b-1) of large scales does.
                    if type == .float16, let bias = biases.first(where: { !Float(Float16($0)).isFinite }) {
                        throw FileError(
                            path: output, place: .tensor(weight.tensor.name), found: "a bias of \(bias)",
                            expected: "at most 65504 in Float16; scale:f32 or scale:bf16 hold it")
                    }
                    return PackedBits.numbers(biases, as: type)
                })
        }
        return try checkpoint.export("quantization", settings(job, weights))
    }

    /// The setting of most weights, and what differs by module; false for what is not quantized.
    private static func settings(_ job: ExportJob, _ weights: [Int: IntegerWeight]) -> JSONValue {
        func scheme(_ weight: IntegerWeight) -> [Int] { [weight.groupSize, weight.bits] }
        func members(_ scheme: [Int]) -> [(String, JSONValue)] {
            [("group_size", .int(scheme[0])), ("bits", .int(scheme[1])), ("mode", .string("affine"))]
        }
        let sorted = weights.sorted { $0.key < $1.key }.map { $0.value }
        let counts = Dictionary(grouping: sorted, by: scheme).mapValues { $0.count }
        let usual = counts.max { ($0.value, $0.key[1]) < ($1.value, $1.key[1]) }?.key ?? [64, 4]
        var all = members(usual)
        for weight in sorted where scheme(weight) != usual {
            all.append((weight.module, .object(members(scheme(weight)))))
        }
        for item in job.items where item.treatment.recipe == nil && item.tensor.shape.rank == 2 {
            let name = item.tensor.name
            if name.hasSuffix(".weight") { all.append((String(name.dropLast(7)), .bool(false))) }
        }
        return .object(all)
    }
}
