import Basics

/// What a target cannot hold, in one line.
public struct ExportError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ what: String, found: String, expected: String) {
        description = "\(what): found \(found), expected \(expected)"
    }

    /// What is packed under several names must not meet what is there already.
    static func checkNames(_ names: [String]) throws(ExportError) {
        var seen: Set<String> = []
        guard let twice = names.first(where: { !seen.insert($0).inserted }) else { return }
        throw ExportError(
            "the output", found: "two tensors \(Printable.quoted(twice))",
            expected: "names that packed parts leave free")
    }
}
