import Basics

/// AutoRound's `layer_config`: a dictionary by module; 16 bits leave a module as it is. Source: auto-round, `docs/step_by_step.md`.
enum AutoRoundTarget: SettingsTarget {
    static let name = "autoround"
    static let summary = "the layer_config of AutoRound, as JSON"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        try integers(planned, bits: [2, 3, 4, 8])
        let modules = planned.map { setting in
            (
                setting.module,
                JSONValue.object([
                    ("bits", .int(setting.bits)), ("group_size", .int(setting.groupSize ?? -1)),
                    ("sym", .bool(setting.isSymmetric)), ("data_type", .string("int")),
                ])
            )
        }
        let left = kept.map {
            (ModuleName.of($0), JSONValue.object([("bits", .int(16)), ("data_type", .string("float"))]))
        }
        return JSONValue.object(modules + left).text
    }
}
