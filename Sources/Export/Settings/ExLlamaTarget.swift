import Basics
import Quantization
import Tensors

/// ExLlamaV3's strategy: bits of every tensor, and of the head. Source: exllamav3, `doc/optimize.md`.
enum ExLlamaTarget: SettingsTarget {
    static let name = "exllamav3"
    static let summary = "a strategy of ExLlamaV3, as YAML: bits a tensor"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        guard planned.allSatisfy({ $0.isInteger && (1...8).contains($0.bits) }) else {
            throw ExportError(name, found: "other formats than integers of at most 8 bits", expected: "int2 … int8")
        }
        // The head has an entry of its own, and embeddings are not quantized.
        let layers = planned.filter { !isHead($0.module) && !isEmbedding($0.module) }
        let weights = layers.reduce(0.0) { $0 + Double($1.tensor.count) }
        let bits = layers.reduce(0.0) { $0 + Double($1.tensor.count * $1.bits) } / max(1, weights)
        let head = planned.first { isHead($0.module) }?.bits ?? 6
        return
            (["target_bpw: \((bits * 10_000).rounded(.up) / 10_000)", "head_bits: \(head)", "tensors:"]
            + layers.map { "  \(JSONValue.string($0.module).text): \($0.bits)" }).joined(separator: "\n")
    }

    static func unsaid(_ planned: [PlannedSetting], kept: [String]) -> [String] {
        let embeddings = planned.filter { isEmbedding($0.module) }
        // Everything but embeddings gets bits there: a strategy has to name all of them.
        let left = kept.filter { !isEmbedding(ModuleName.of($0)) && !isHead(ModuleName.of($0)) }
        let groups = planned.count - planned.count { $0.groupSize == -1 }
        var lines: [String] = []
        if !embeddings.isEmpty { lines.append("\(name) leaves embeddings as they are: \(embeddings.count) left out") }
        if !left.isEmpty {
            lines.append(
                "\(name) quantizes every matrix, but \(left.count) of the plan stay as they are, such as \(left[0])")
        }
        if groups > 0 { lines.append("\(name) has a code of its own: group:G is left out for \(groups) weights") }
        return lines
    }

    private static func isHead(_ module: String) -> Bool { module == "lm_head" || module.hasSuffix(".lm_head") }
    private static func isEmbedding(_ module: String) -> Bool {
        module.split(separator: ".").last.map { $0.hasPrefix("embed") || $0.hasSuffix("embeddings") || $0 == "wte" }
            ?? false
    }
}
