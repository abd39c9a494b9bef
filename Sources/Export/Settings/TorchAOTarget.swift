import Basics

/// torchao's `FqnToConfig` as Python, weights alone: a configuration by the full name of a module, none for what stays. Source: torchao,
/// `quantization/quant_api.py`.
enum TorchAOTarget: SettingsTarget {
    static let name = "torchao"
    static let summary = "a FqnToConfig of torchao, as Python"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        try integers(planned, bits: Set(2...8))
        var lines = [
            "import torch", "from torchao.quantization import FqnToConfig, IntxWeightOnlyConfig",
            "from torchao.quantization.granularity import PerAxis, PerGroup",
            "from torchao.quantization.quant_primitives import MappingType", "", "config = FqnToConfig({",
        ]
        for setting in planned {
            let granularity = setting.groupSize.flatMap { $0 > 0 ? "PerGroup(\($0))" : nil } ?? "PerAxis(0)"
            let mapping = setting.isSymmetric ? "SYMMETRIC" : "ASYMMETRIC"
            lines.append(
                "    \(JSONValue.string(setting.module).text): IntxWeightOnlyConfig(weight_dtype=torch.int\(setting.bits), "
                    + "granularity=\(granularity), mapping_type=MappingType.\(mapping)),")
        }
        lines += kept.map { "    \(JSONValue.string(ModuleName.of($0)).text): None," }
        return (lines + ["})"]).joined(separator: "\n")
    }
}
