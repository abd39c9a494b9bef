import Basics
import Tensors

/// What a `quant_predicate` of mlx_lm.convert returns, by module: `{"group_size", "bits", "mode"}`, or false. Source: mlx_lm, `convert.py`.
enum MLXPredicateTarget: SettingsTarget {
    static let name = "mlx-predicate"
    static let summary = "a JSON object by module for a quant_predicate of mlx_lm.convert"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        try integers(planned, bits: [2, 3, 4, 5, 6, 8])
        for setting in planned where ![32, 64, 128].contains(setting.groupSize ?? -1) {
            throw ExportError(
                name, found: "\(setting.recipe) for \(Printable.quoted(setting.tensor.name))",
                expected: "group:32, group:64 or group:128")
        }
        let modules = planned.map { setting in
            (
                setting.module,
                JSONValue.object([
                    ("group_size", .int(setting.groupSize ?? 64)), ("bits", .int(setting.bits)),
                    ("mode", .string("affine")),
                ])
            )
        }
        return JSONValue.object(modules + kept.map { (ModuleName.of($0), .bool(false)) }).text
    }
}
