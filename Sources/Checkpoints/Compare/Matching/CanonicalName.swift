/// The name of a tensor of a language model in one convention, so that checkpoints of different makers can be laid side by side.
///
/// Hugging Face's, Meta's own and GPT-2's names are brought to those of GGUF files. Experts of a layer that are one tensor there and
/// many here have the expert's number.
struct CanonicalName: Hashable {
    let name: String
    /// Of an expert that is a part of a stacked tensor.
    var expert: Int?

    /// The name of a tensor. One of no known convention stands for itself.
    static func of(_ name: String, hasFeedForwardNorm: (Int) -> Bool) -> CanonicalName {
        let bare = stripped(name)
        guard let dot = bare.lastIndex(of: ".") else { return CanonicalName(name: bare) }
        let stem = String(bare[..<dot]), ending = String(bare[dot...])
        func made(_ name: String, _ expert: Int? = nil) -> CanonicalName {
            CanonicalName(name: name + ending, expert: expert)
        }
        if let whole = wholeModel[stem] { return made(whole) }
        for prefix in layerPrefixes where stem.hasPrefix(prefix) {
            let rest = stem.dropFirst(prefix.count)
            guard let end = rest.firstIndex(of: "."), let layer = Int(rest[..<end]) else { continue }
            let part = String(rest[rest.index(after: end)...]), block = "blk.\(layer)."
            if part == "post_attention_layernorm" {
                // Where the feed-forward part has a norm of its own, this one belongs to attention's output.
                return made(block + (hasFeedForwardNorm(layer) ? "post_attention_norm" : "ffn_norm"))
            }
            if let known = layerParts[part] { return made(block + known) }
            if let (known, expert) = expertPart(part) { return made(block + known, expert) }
        }
        return CanonicalName(name: bare)
    }

    /// Prefixes of a model that is part of another.
    private static let wrappers = [
        "_orig_mod.", "module.", "base_model.model.", "language_model.", "model.language_model.",
    ]

    private static func stripped(_ name: String) -> String {
        var name = name
        var isDone = false
        while !isDone {
            isDone = true
            for wrapper in wrappers where name.hasPrefix(wrapper) {
                name = (wrapper == "model.language_model." ? "model." : "") + name.dropFirst(wrapper.count)
                isDone = false
            }
        }
        return name
    }

    private static let wholeModel = [
        "model.embed_tokens": "token_embd", "transformer.wte": "token_embd", "wte": "token_embd",
        "tok_embeddings": "token_embd", "model.tok_embeddings": "token_embd", "embed_tokens": "token_embd",
        "transformer.wpe": "position_embd", "wpe": "position_embd",
        "model.norm": "output_norm", "transformer.ln_f": "output_norm", "ln_f": "output_norm", "norm": "output_norm",
        "model.final_layernorm": "output_norm", "lm_head": "output", "output": "output",
    ]

    private static let layerPrefixes = ["model.layers.", "transformer.h.", "layers.", "h."]

    private static let layerParts = [
        // Hugging Face
        "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.dense": "attn_output",
        "self_attn.qkv_proj": "attn_qkv", "self_attn.query_key_value": "attn_qkv", "self_attn.q_norm": "attn_q_norm",
        "self_attn.k_norm": "attn_k_norm", "self_attn.sinks": "attn_sinks",
        "pre_feedforward_layernorm": "ffn_norm", "post_feedforward_layernorm": "post_ffw_norm",
        "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
        "mlp.gate_up_proj": "ffn_up", "mlp.fc1": "ffn_up", "mlp.fc2": "ffn_down",
        "mlp.gate": "ffn_gate_inp", "block_sparse_moe.gate": "ffn_gate_inp", "mlp.router": "ffn_gate_inp",
        "mlp.shared_expert.gate_proj": "ffn_gate_shexp", "mlp.shared_expert.up_proj": "ffn_up_shexp",
        "mlp.shared_expert.down_proj": "ffn_down_shexp", "mlp.shared_expert_gate": "ffn_gate_inp_shexp",
        "mlp.shared_experts.gate_proj": "ffn_gate_shexp", "mlp.shared_experts.up_proj": "ffn_up_shexp",
        "mlp.shared_experts.down_proj": "ffn_down_shexp",
        // Meta
        "attention_norm": "attn_norm", "attention.wq": "attn_q", "attention.wk": "attn_k", "attention.wv": "attn_v",
        "attention.wo": "attn_output", "ffn_norm": "ffn_norm", "feed_forward.w1": "ffn_gate",
        "feed_forward.w2": "ffn_down", "feed_forward.w3": "ffn_up",
        // GPT-2
        "ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output", "ln_2": "ffn_norm",
        "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
    ]

    /// `mlp.experts.7.gate_proj`, `block_sparse_moe.experts.7.w1`.
    private static func expertPart(_ part: String) -> (String, Int)? {
        for prefix in ["mlp.experts.", "block_sparse_moe.experts."] where part.hasPrefix(prefix) {
            let pieces = part.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
            guard pieces.count == 2, let number = Int(pieces[0]), number >= 0 else { return nil }
            let names = [
                "gate_proj": "ffn_gate_exps", "up_proj": "ffn_up_exps", "down_proj": "ffn_down_exps",
                "w1": "ffn_gate_exps", "w2": "ffn_down_exps", "w3": "ffn_up_exps",
            ]
            return names[String(pieces[1])].map { ($0, number) }
        }
        return nil
    }
}
