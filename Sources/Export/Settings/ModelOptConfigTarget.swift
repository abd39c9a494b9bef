import Basics
import Quantization
import Tensors

/// The configuration that NVIDIA Model Optimizer's `mtq.quantize` takes, as Python: everything off, then a quantizer by the name of its
/// module. Source: Model-Optimizer 0.47, `torch/quantization/config.py`.
enum ModelOptConfigTarget: SettingsTarget {
    static let name = "modelopt-config"
    static let summary = "a quant_cfg of NVIDIA Model Optimizer, as Python"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        var lines = [
            "QUANT_CFG = {", "    \"quant_cfg\": [", "        {\"quantizer_name\": \"*\", \"enable\": False},",
        ]
        for setting in planned {
            guard let attributes = attributes(setting) else {
                throw ExportError(
                    name, found: "\(setting.recipe) for \(Printable.quoted(setting.tensor.name))",
                    expected:
                        "intB sym or symfull, or fp8-e4m3, with tensor, channel:AXIS or group:G; nvfp4 or an mx format")
            }
            let quantizer = JSONValue.string(pattern(setting.module) + ".weight_quantizer").text
            lines.append("        {\"quantizer_name\": \(quantizer), \"cfg\": {\(attributes)}},")
        }
        return (lines + ["    ],", "    \"algorithm\": \"max\",", "}"]).joined(separator: "\n")
    }

    static func unsaid(_ planned: [PlannedSetting], kept: [String]) -> [String] {
        let count = planned.count { $0.isInteger && $0.recipe.mapping == .symmetricFull }
        return count == 0
            ? []
            : ["\(name) cannot say symfull's step 2t/(2^b - 1): it takes t/(2^(b-1) - 1), for \(count) of the weights"]
    }

    /// A name as `fnmatch` finds it and nothing else.
    private static func pattern(_ name: String) -> String {
        name.map { "[*?".contains($0) ? "[\($0)]" : String($0) }.joined()
    }

    private static func attributes(_ setting: PlannedSetting) -> String? {
        let format = setting.recipe.format,
            blocks: (Int, String) -> String = { size, scale in
                "\"block_sizes\": {-1: \(size), \"type\": \"dynamic\", \"scale_bits\": \(scale)}"
            }
        switch format.name {
        case "nvfp4": return "\"num_bits\": (2, 1), " + blocks(16, "(4, 3)")
        case "mxfp4": return "\"num_bits\": (2, 1), " + blocks(32, "(8, 0)")
        case "mxfp6-e2m3": return "\"num_bits\": (2, 3), " + blocks(32, "(8, 0)")
        case "mxfp6-e3m2": return "\"num_bits\": (3, 2), " + blocks(32, "(8, 0)")
        case "mxfp8-e4m3": return "\"num_bits\": (4, 3), " + blocks(32, "(8, 0)")
        case "mxfp8-e5m2": return "\"num_bits\": (5, 2), " + blocks(32, "(8, 0)")
        case "mxint8": return "\"num_bits\": 8, " + blocks(32, "(8, 0)")
        default: break
        }
        let number: String
        if setting.isInteger, setting.isSymmetric {
            let isNarrow = setting.recipe.mapping == .symmetric
            number = "\"num_bits\": \(setting.bits), \"narrow_range\": \(isNarrow ? "True" : "False")"
        } else if format.name == "fp8-e4m3" {
            number = "\"num_bits\": (4, 3)"
        } else {
            return nil
        }
        switch setting.recipe.granularity {
        case .tensor: return number + ", \"axis\": None"
        case .channel(axis: let axis): return number + ", \"axis\": \(axis)"
        case .group(let size): return number + ", \"block_sizes\": {-1: \(size)}"
        default: return nil
        }
    }
}
