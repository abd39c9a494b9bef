import Basics

/// A recipe of LLM Compressor: one group of modules for every setting. Source: llm-compressor, `examples/quantization_non_uniform`.
enum LLMCompressorTarget: SettingsTarget {
    static let name = "llm-compressor"
    static let summary = "a recipe of LLM Compressor, as YAML"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        try integers(planned, bits: Set(2...8))
        var order: [[Int]] = [], modules: [[Int]: [String]] = [:]
        for setting in planned {
            let key = [setting.bits, setting.groupSize ?? -1, setting.isSymmetric ? 1 : 0]
            if modules[key] == nil { order.append(key) }
            modules[key, default: []].append(setting.module)
        }
        var lines = ["quant_stage:", "  quant_modifiers:", "    QuantizationModifier:"]
        lines.append("      ignore: [\(kept.map { quoted(ModuleName.of($0)) }.joined(separator: ", "))]")
        lines.append("      config_groups:")
        for (number, key) in order.enumerated() {
            let group = key[1] < 0 ? "strategy: channel" : "strategy: group, group_size: \(key[1])"
            lines += [
                "        group_\(number):",
                "          weights: {num_bits: \(key[0]), type: int, symmetric: \(key[2] == 1), \(group), dynamic: false}",
                "          targets:",
            ]
            lines += (modules[key] ?? []).map { "            - " + quoted("re:" + ExactPattern.text($0)) }
        }
        return lines.joined(separator: "\n")
    }

    /// A scalar of YAML in single quotes, in which nothing but the quote itself is special.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
