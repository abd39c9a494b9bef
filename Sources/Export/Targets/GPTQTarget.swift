import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// GPTQ's layout: what GPTQModel, AutoGPTQ, vLLM and ExLlama load.
///
/// `qweight` I32 [in·b/32, out], codes from 0 on packed along the inputs, lowest bits first; `qzeros` I32 [groups, out·b/32]; `scales` F16
/// [groups, out]; `g_idx` I32 [in]. Zero-points are stored less 1, which readers of the first version add in ways of their own where
/// that is below 0: with asymmetric ranges the second version is written, `gptq_v2`, which stores them as they are. Source: AutoGPTQ,
/// GPTQModel.
enum GPTQTarget: ExportTarget {
    static let name = "gptq"
    static let summary =
        "a folder of packed integers (int2, int4, int8, group:G or channel:0, scale:f16), for GPTQModel and vLLM"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        let weights = try job.integerWeights(name, bits: [2, 4, 8])
        var checkpoint = PackedCheckpoint(job)
        let isSecond = weights.values.contains { !$0.isSymmetric }
        for (place, item) in job.items.enumerated() {
            guard let weight = weights[place] else {
                checkpoint.add(item)
                continue
            }
            try add(weight, zeroShift: isSecond ? 0 : 1, to: &checkpoint)
        }
        return try checkpoint.export("quantization_config", settings(job, weights, isSecond: isSecond))
    }

    private static func add(
        _ weight: IntegerWeight, zeroShift: Int, to checkpoint: inout PackedCheckpoint
    ) throws(ExportError) {
        func misfit(_ found: String, _ expected: String) -> ExportError {
            ExportError(name, found: "\(found) for \(Printable.quoted(weight.tensor.name))", expected: expected)
        }
        guard weight.scaleType == .float16 else {
            throw misfit("scale:\(weight.recipe.scaleType.rawValue)", "scale:f16")
        }
        let perWord = 32 / weight.bits
        guard weight.columns % perWord == 0, weight.rows % perWord == 0 else {
            throw misfit("a shape of \(weight.rows) × \(weight.columns)", "multiples of \(perWord)")
        }
        let coded = CodedWeight(weight), stem = weight.module
        let (rows, columns, groups) = (weight.rows, weight.columns, weight.groups)
        checkpoint.add(
            stem + ".qweight", .int32, [columns / perWord, rows],
            coded.part(columns / perWord * rows * 4) { weight, codes in
                PackedBits.columns(
                    PackedBits.transposed(codes.codes, columns: weight.columns), columns: weight.rows, bits: weight.bits
                )
            })
        checkpoint.add(
            stem + ".qzeros", .int32, [groups, rows / perWord],
            coded.part(groups * rows / perWord * 4) { weight, codes in
                let stored = codes.zeroPoints.map { UInt8($0 - zeroShift) }
                return PackedBits.rows(
                    PackedBits.transposed(stored, columns: weight.groups), columns: weight.rows, bits: weight.bits)
            })
        checkpoint.add(
            stem + ".scales", .float16, [groups, rows],
            coded.part(groups * rows * 2) { weight, codes in
                PackedBits.numbers(PackedBits.transposed(codes.scales, columns: weight.groups), as: .float16)
            })
        checkpoint.add(
            stem + ".g_idx", .int32, [columns],
            coded.part(columns * 4) { weight, _ in
                PackedBits.bytes((0..<weight.columns).map { UInt32($0 / weight.groupSize) })
            })
    }

    /// The setting of most weights, and what differs by module.
    private static func settings(
        _ job: ExportJob, _ weights: [Int: IntegerWeight], isSecond: Bool
    ) -> JSONValue {
        struct Scheme: Hashable {
            let bits: Int
            let groupSize: Int
            let isSymmetric: Bool
        }
        func scheme(_ weight: IntegerWeight) -> Scheme {
            Scheme(
                bits: weight.bits, groupSize: weight.groups == 1 ? -1 : weight.groupSize,
                isSymmetric: weight.isSymmetric)
        }
        let sorted = weights.sorted { $0.key < $1.key }.map { $0.value }
        let counts = Dictionary(grouping: sorted, by: scheme).mapValues { $0.count }
        let usual = counts.max { ($0.value, $0.key.bits) < ($1.value, $1.key.bits) }?.key ?? scheme(sorted[0])
        var others: [(String, JSONValue)] = sorted.filter { scheme($0) != usual }.map { weight in
            let own = scheme(weight)
            return (
                "+:" + ExactPattern.text(weight.module),
                .object([
                    ("bits", .int(own.bits)), ("group_size", .int(own.groupSize)), ("sym", .bool(own.isSymmetric)),
                ])
            )
        }
        for item in job.items where item.treatment.recipe == nil && item.tensor.shape.rank == 2 {
            let name = item.tensor.name
            guard name.hasSuffix(".weight") else { continue }
            others.append(("-:" + ExactPattern.text(String(name.dropLast(7))), .object([])))
        }
        return .object([
            ("quant_method", .string("gptq")), ("checkpoint_format", .string(isSecond ? "gptq_v2" : "gptq")),
            ("bits", .int(usual.bits)),
            ("group_size", .int(usual.groupSize)), ("sym", .bool(usual.isSymmetric)), ("desc_act", .bool(false)),
            ("static_groups", .bool(false)), ("dynamic", .object(others)),
        ])
    }
}
