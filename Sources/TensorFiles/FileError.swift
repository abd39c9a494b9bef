import Basics

/// What is wrong with a file: where, what was found, what was expected.
public struct FileError: Error, Equatable, Sendable {
    public let path: String
    /// A byte offset, a tensor's name or a key; nil where the file as a whole is meant.
    public let place: Place?
    public let found: String
    public let expected: String

    public enum Place: Equatable, Sendable {
        case offset(Int)
        case tensor(String)
    }

    public init(path: String, place: Place? = nil, found: String, expected: String) {
        self.path = path
        self.place = place
        self.found = found
        self.expected = expected
    }
}

extension FileError: CustomStringConvertible {
    /// One line: `model.safetensors: at byte 8: found a header of 2^60 bytes, expected at most 5,000`.
    public var description: String {
        let whereabouts: String =
            switch place {
            case .offset(let offset): " at byte \(offset):"
            case .tensor(let name): " tensor \(Printable.quoted(name)):"
            case nil: ""
            }
        return "\(Printable.text(path)):\(whereabouts) found \(found), expected \(expected)"
    }
}
