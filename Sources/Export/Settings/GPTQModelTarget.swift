import Basics

/// GPTQModel's `QuantizeConfig` with `dynamic`: `+:regex` for what differs by module, `-:regex` for what stays. Source: GPTQModel; vLLM's
/// `gptq_utils.py`.
enum GPTQModelTarget: SettingsTarget {
    static let name = "gptqmodel"
    static let summary = "a quantize_config.json for GPTQModel, with dynamic by module"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        try integers(planned, bits: [2, 3, 4, 8])
        func members(_ setting: [Int]) -> [(String, JSONValue)] {
            [("bits", .int(setting[0])), ("group_size", .int(setting[1])), ("sym", .bool(setting[2] == 1))]
        }
        func key(_ setting: PlannedSetting) -> [Int] {
            [setting.bits, setting.groupSize ?? -1, setting.isSymmetric ? 1 : 0]
        }
        let usual = usual(planned, key) ?? []
        let others = planned.filter { key($0) != usual }.map {
            ("+:" + ExactPattern.text($0.module), JSONValue.object(members(key($0))))
        }
        let left = kept.map { ("-:" + ExactPattern.text(ModuleName.of($0)), JSONValue.object([])) }
        return JSONValue.object(members(usual) + [("dynamic", .object(others + left))]).text
    }
}

/// The module that a weight belongs to.
enum ModuleName {
    static func of(_ name: String) -> String { name.hasSuffix(".weight") ? String(name.dropLast(7)) : name }
}
