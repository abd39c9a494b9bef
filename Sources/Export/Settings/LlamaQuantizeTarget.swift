import Basics
import Quantization
import Tensors

/// llama-quantize's `--tensor-type-file`: `regex=type` a line. The pattern is searched for in the name, and brought to lower case. Source:
/// llama.cpp, `tools/quantize/quantize.cpp`.
enum LlamaQuantizeTarget: SettingsTarget {
    static let name = "llama-quantize"
    static let summary = "a file for llama-quantize --tensor-type-file (recipes ggml:…)"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        try lines(planned, name).joined(separator: "\n")
    }

    /// A pattern and a type for each weight.
    static func lines(_ planned: [PlannedSetting], _ target: String) throws(ExportError) -> [String] {
        var lines: [String] = []
        for setting in planned {
            guard let type = (setting.recipe.format as? GGMLFormat)?.elementType else {
                throw ExportError(
                    target, found: "\(setting.recipe) for \(Printable.quoted(setting.tensor.name))",
                    expected: "a recipe of ggml's types, such as ggml:q4_k")
            }
            let name = setting.tensor.name
            guard name == name.lowercased(), !name.contains(where: { $0.isWhitespace || $0 == "=" || $0 == "," }) else {
                throw ExportError(
                    target, found: "the name \(Printable.quoted(name))",
                    expected: "lower case without blanks, commas and =, as patterns are read (GGUF names are so)")
            }
            lines.append("\(ExactPattern.text(name))=\(type.rawValue.lowercased())")
        }
        return lines
    }
}

/// ik_llama.cpp's `--custom-q`: the same on one line, with commas. Source: ik_llama.cpp, `examples/quantize`.
enum IkLlamaTarget: SettingsTarget {
    static let name = "ik-llama"
    static let summary = "the value of ik_llama.cpp's --custom-q (recipes ggml:…)"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        try LlamaQuantizeTarget.lines(planned, name).joined(separator: ",")
    }
}
