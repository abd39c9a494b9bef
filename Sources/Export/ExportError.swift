import Basics

/// What a target cannot hold, in one line.
public struct ExportError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ what: String, found: String, expected: String) {
        description = "\(what): found \(found), expected \(expected)"
    }
}
