import Basics
public import Quantization
public import TensorFiles
public import Tensors

/// Measured inputs of layers, for what quantized weights do to outputs: a tensor file, such as an `.npz`, with an array a layer,
/// named like the layer or its weights.
public struct Activations: Sendable {
    public let path: String
    private let file: TensorFile

    public static func open(path: String) throws(FileError) -> Activations {
        let file = try FileFormatCatalog.open(path: path)
        guard !file.tensors.isEmpty else {
            throw FileError(path: path, found: "no array", expected: "the inputs of layers by name")
        }
        return Activations(path: path, file: file)
    }

    /// The inputs of a layer; nil where there are none under its name, or they do not fit the weights.
    public func inputs(for weights: TensorView) -> LayerInputs? {
        array(for: weights).flatMap { LayerInputs($0, for: weights) }
    }

    private func array(for weights: TensorView) -> TensorView? {
        let name = weights.name, ending = ".weight"
        let names = name.hasSuffix(ending) ? [name, String(name.dropLast(ending.count))] : [name]
        return names.lazy.compactMap { file.position(named: $0) }.first.map { file.tensors[$0] }
    }

    /// What went wrong with the inputs while they were read.
    public func fault(for weights: TensorView) -> SourceFault? { array(for: weights).flatMap { $0.fault } }

    /// A sentence on how many tensors have inputs.
    public func summary(for tensors: [TensorView]) -> String {
        let fitting = tensors.count { inputs(for: $0) != nil }
        let misfit = tensors.first { array(for: $0) != nil && inputs(for: $0) == nil }
        let found = "inputs of \(fitting) of \(tensors.count) tensors from \(Printable.text(path))"
        guard let misfit, let array = array(for: misfit) else { return found }
        let features = misfit.shape.rank > 0 ? misfit.count / max(1, misfit.shape.extents[0]) : 0
        return found + ": left out those that do not fit, such as \(array.shape) for \(Printable.quoted(misfit.name)),"
            + " which takes \(features) features"
    }
}
