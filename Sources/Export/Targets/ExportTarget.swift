import Basics
import Tensors
import Checkpoints
import TensorFiles

/// A kind of files that a checkpoint is written to.
///
/// A target is a file here and a line of `ExportTargetCatalog`.
public protocol ExportTarget: Sendable {
    /// As `--to` names it.
    static var name: String { get }
    /// What it writes, in a line.
    static var summary: String { get }
    /// The files, with sizes, before anything is computed.
    ///
    /// - Parameter output: the path that is written to.
    static func files(_ job: ExportJob, output: String) throws -> Export
}

/// The files of an export, and what to tell the user.
public struct Export: Sendable {
    public let files: [ExportFile]
    /// What the target cannot say, or what differs from what a user may expect: a line each.
    public let notices: [String]

    public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }
}

/// All kinds of files.
public enum ExportTargetCatalog {
    public static let all: [any ExportTarget.Type] = [
        NpyTarget.self, NpzTarget.self, SafetensorsTarget.self, GGUFTarget.self, CodesTarget.self,
        CompressedTensorsTarget.self, IntQuantizedTarget.self,
        ModelOptTarget.self, GPTQTarget.self, MLXTarget.self, LlamaQuantizeTarget.self, IkLlamaTarget.self,
        ExLlamaTarget.self,
        LLMCompressorTarget.self, TorchAOTarget.self, GPTQModelTarget.self, AutoRoundTarget.self,
        MLXPredicateTarget.self,
        ONNXRuntimeTarget.self, ModelOptConfigTarget.self, AIMETTarget.self,
    ]

    public static func target(named name: String) -> (any ExportTarget.Type)? { all.first { $0.name == name } }

    /// By the output's ending; safetensors for a folder.
    public static func target(of output: String) -> (any ExportTarget.Type)? {
        let name = output.lowercased()
        if name.hasSuffix(".npy") { return NpyTarget.self }
        if name.hasSuffix(".npz") { return NpzTarget.self }
        if name.hasSuffix(".gguf") { return GGUFTarget.self }
        if name.hasSuffix(".safetensors") { return SafetensorsTarget.self }
        let last = name.split(separator: "/").last.map(String.init) ?? name
        return name.hasSuffix("/") || !last.contains(".") ? SafetensorsTarget.self : nil
    }
}

extension ExportJob.Item {
    /// What a file of plain numbers holds of it: the stored numbers, or values in their own type, else in Float32.
    func plain(_ types: (ElementType) -> Bool) -> (type: ElementType, shape: Shape, payload: any Payload) {
        if treatment.recipe == nil, tensor.canBeCopied, tensor.elementType.block == nil, types(tensor.elementType) {
            return (tensor.elementType, tensor.storedShape, StoredPayload(tensor))
        }
        let isKept = tensor.parts.isEmpty && ValueEncoder.isKept(tensor.elementType) && types(tensor.elementType)
        let type = isKept ? tensor.elementType : .float32
        return (type, tensor.shape, ValuesPayload(tensor, recipe: treatment.recipe, as: type))
    }

    /// A line where the numbers get another type; nil where they keep theirs.
    func notice(_ type: ElementType) -> String? {
        tensor.typeName == type.rawValue
            ? nil : "\(Printable.text(tensor.name)): \(tensor.typeName) is written as \(type.rawValue)"
    }
}
