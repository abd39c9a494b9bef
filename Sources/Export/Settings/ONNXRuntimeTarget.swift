import Basics
import Quantization
import Tensors

/// ONNX Runtime's `TensorQuantOverrides`: a list for each initializer, of one entry with an axis where ranges are channels'. Source:
/// onnxruntime, `quantization/tensor_quant_overrides.py`. Types are names of `QuantType`, which `QuantType.from_string` takes.
enum ONNXRuntimeTarget: SettingsTarget {
    static let name = "onnxruntime"
    static let summary = "TensorQuantOverrides of ONNX Runtime, as JSON"

    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String {
        var entries: [(String, JSONValue)] = []
        for setting in planned {
            let axis: Int?
            switch setting.recipe.granularity {
            case .tensor: axis = nil
            case .channel(axis: let own): axis = own
            default:
                throw ExportError(
                    name, found: "\(setting.recipe) for \(Printable.quoted(setting.tensor.name))",
                    expected: "tensor or channel:AXIS")
            }
            guard setting.isInteger, [4, 8, 16].contains(setting.bits) else {
                throw ExportError(
                    name, found: "\(setting.recipe) for \(Printable.quoted(setting.tensor.name))",
                    expected: "int4, int8 or int16")
            }
            let type = (setting.isSymmetric ? "QInt" : "QUInt") + "\(setting.bits)"
            let members: [(String, JSONValue)] =
                [("quant_type", .string(type)), ("symmetric", .bool(setting.isSymmetric))]
                + (axis.map { [("axis", .int($0))] } ?? [])
            entries.append((setting.tensor.name, .array([.object(members)])))
        }
        return JSONValue.object(entries).text
    }
}
