/// Weights that runtimes compute as one matrix, and so can store in one type only.
///
/// vLLM and TensorRT-LLM join the projections of attention and the two halves of a gated layer, and run all experts of a layer in one kernel.
public enum FusedWeights {
    /// Last parts of names, without `.weight`, that are joined with each other in one module.
    private static let families: [[String]] = [
        ["q_proj", "k_proj", "v_proj"], ["q_a_proj", "kv_a_proj_with_mqa"], ["gate_proj", "up_proj"],
        ["query", "key", "value"], ["wq", "wk", "wv"], ["w1", "w3"], ["to_q", "to_k", "to_v"],
        ["attn_q", "attn_k", "attn_v"], ["ffn_gate", "ffn_up"],
    ]
    private static let familyOf = Dictionary(
        families.enumerated().flatMap { number, names in names.map { ($0, number) } },
        uniquingKeysWith: { first, _ in first })

    /// What weights of one fused matrix have in common; nil for a weight that stands alone.
    public static func key(of name: String) -> String? {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.last == "weight" { parts.removeLast() }
        // model.layers.0.mlp.experts.17.gate_proj: all experts of the layer.
        if let place = parts.firstIndex(where: { $0 == "experts" }), place + 1 < parts.count {
            return parts[...place].joined(separator: ".")
        }
        guard let last = parts.last, let family = familyOf[String(last)] else { return nil }
        return parts.dropLast().joined(separator: ".") + "#\(family)"
    }
}
