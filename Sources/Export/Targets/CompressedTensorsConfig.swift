import Basics
import Checkpoints
import Tensors

/// The `quantization_config` of a checkpoint for compressed-tensors. Source: the compressed-tensors project, `quantization/quant_args.py`
/// and `quant_scheme.py`.
enum CompressedTensorsConfig {
    /// How a module is quantized.
    enum Scheme: Hashable {
        case integers(bits: Int, isSymmetric: Bool, groupSize: Int?)
        case floats(FloatBlockWeight.Kind)
        /// Of eight bits by rows, for products with inputs of eight bits.
        case bytes

        var format: String {
            switch self {
            case .integers: "pack-quantized"
            case .floats(.nvfp4): "nvfp4-pack-quantized"
            case .floats(.mxfp4): "mxfp4-pack-quantized"
            case .bytes: "int-quantized"
            }
        }

        var weights: [(String, JSONValue)] {
            switch self {
            case .bytes: Self.integers(bits: 8, isSymmetric: true, groupSize: nil).weights
            case .integers(let bits, let isSymmetric, let groupSize):
                [
                    ("num_bits", .int(bits)), ("type", .string("int")), ("symmetric", .bool(isSymmetric)),
                    ("strategy", .string(groupSize == nil ? "channel" : "group")),
                    ("group_size", groupSize.map { .int($0) } ?? .null), ("dynamic", .bool(false)),
                ]
            case .floats(let kind):
                [
                    ("num_bits", .int(4)), ("type", .string("float")), ("symmetric", .bool(true)),
                    ("strategy", .string(kind == .nvfp4 ? "tensor_group" : "group")),
                    ("group_size", .int(kind == .nvfp4 ? 16 : 32)), ("dynamic", .bool(false)),
                    ("scale_dtype", .string(kind == .nvfp4 ? "torch.float8_e4m3fn" : "torch.uint8")),
                ]
            }
        }

        /// What happens to a layer's inputs while the model runs.
        var inputs: JSONValue {
            guard case .bytes = self else { return .null }
            return .object([
                ("num_bits", .int(8)), ("type", .string("int")), ("symmetric", .bool(true)),
                ("strategy", .string("token")), ("dynamic", .bool(true)),
            ])
        }
    }

    /// A group of modules for every way in which they are quantized.
    static func settings(_ job: ExportJob, _ schemes: [(module: String, scheme: Scheme)]) -> JSONValue {
        var modules: [Scheme: [String]] = [:], order: [Scheme] = []
        for (module, scheme) in schemes {
            if modules[scheme] == nil { order.append(scheme) }
            modules[scheme, default: []].append(module)
        }
        let formats = Set(order.map { $0.format }), isMixed = formats.count > 1
        let groups = order.enumerated().map { number, scheme in
            (
                "group_\(number)",
                JSONValue.object(
                    [
                        ("targets", .array((modules[scheme] ?? []).map { .string("re:" + ExactPattern.text($0)) })),
                        ("weights", .object(scheme.weights)), ("input_activations", scheme.inputs),
                        ("output_activations", .null),
                    ] + (isMixed ? [("format", .string(scheme.format))] : []))
            )
        }
        let kept = job.items.filter { $0.treatment.recipe == nil && $0.tensor.shape.rank == 2 }.map { item in
            let name = item.tensor.name
            return name.hasSuffix(".weight") ? String(name.dropLast(7)) : name
        }
        return .object([
            ("quant_method", .string("compressed-tensors")),
            ("format", .string(isMixed ? "mixed-precision" : formats.first ?? "")),
            ("quantization_status", .string("compressed")), ("config_groups", .object(groups)),
            ("ignore", .array(kept.map { .string($0) })), ("kv_cache_scheme", .null),
        ])
    }
}
