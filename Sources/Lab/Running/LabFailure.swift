import Quantization
public import TensorFiles

/// Why an experiment did not end.
public enum LabFailure: Error, Sendable, CustomStringConvertible {
    /// A setting that means nothing: what, found, expected.
    case usage(String)
    case file(FileError)
    /// A library that is not installed.
    case missing(String)
    case cancelled

    init(_ error: FileError) { self = .file(error) }

    public var description: String {
        switch self {
        case .usage(let text), .missing(let text): text
        case .file(let error): error.description
        case .cancelled: "stopped"
        }
    }
}

extension LabFailure {
    /// A recipe that a layer's shape does not allow.
    static func recipe(_ recipe: Recipe, _ tensor: String, _ error: ShapeMismatch) -> LabFailure {
        .usage("\(recipe) does not fit \(tensor): \(error)")
    }
}
