/// What stands in place of something that is not there.
public struct Notice: Sendable, Equatable {
    public enum Kind: Sendable {
        /// It is on its way, or what to do for it is said.
        case placeholder
        /// It cannot be had.
        case problem
    }

    public let text: String
    public let kind: Kind

    public init(text: String, kind: Kind) { (self.text, self.kind) = (text, kind) }

    static func waiting(_ text: String) -> Notice { Notice(text: text, kind: .placeholder) }
    static func problem(_ text: String) -> Notice { Notice(text: text, kind: .problem) }

    /// The problem, where there is one.
    static func problem(_ problem: String?, or waiting: String) -> Notice {
        problem.map { .problem($0) } ?? .waiting(waiting)
    }
}
