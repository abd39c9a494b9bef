/// A pattern of tensor names as shells have it: `*` any run of characters, `?` one, `[abc]`, `[a-z]`, `[!abc]` one of some, everything
/// else itself. A pattern matches whole names.
public struct NamePattern: Hashable, Sendable, CustomStringConvertible {
    private enum Part: Hashable, Sendable {
        case any
        case one
        case oneOf([ClosedRange<UInt32>], isExcluding: Bool)
        case character(UInt32)
    }

    public let description: String
    private let parts: [Part]

    public init(_ text: String) {
        description = text
        let scalars = text.unicodeScalars.map { $0.value }
        var parts: [Part] = [], at = 0
        while at < scalars.count {
            switch Unicode.Scalar(scalars[at]) {
            case "*":
                if parts.last != .any { parts.append(.any) }
                at += 1
            case "?":
                parts.append(.one)
                at += 1
            case "[":
                if let (set, end) = Self.set(scalars, from: at + 1) {
                    parts.append(set)
                    at = end
                } else {
                    // Without an end it is a bracket.
                    parts.append(.character(scalars[at]))
                    at += 1
                }
            default:
                parts.append(.character(scalars[at]))
                at += 1
            }
        }
        self.parts = parts
    }

    /// The pattern that matches one name alone.
    public init(literal name: String) { self.init(name.map { "*?[".contains($0) ? "[\($0)]" : String($0) }.joined()) }

    private static func set(_ scalars: [UInt32], from start: Int) -> (Part, end: Int)? {
        var at = start, ranges: [ClosedRange<UInt32>] = []
        let mark = UInt32(UInt8(ascii: "!")), close = UInt32(UInt8(ascii: "]")), dash = UInt32(UInt8(ascii: "-"))
        let isExcluding = at < scalars.count && scalars[at] == mark
        if isExcluding { at += 1 }
        let first = at
        while at < scalars.count, scalars[at] != close || at == first {
            if at + 2 < scalars.count, scalars[at + 1] == dash, scalars[at + 2] != close, scalars[at + 2] >= scalars[at]
            {
                ranges.append(scalars[at]...scalars[at + 2])
                at += 3
            } else {
                ranges.append(scalars[at]...scalars[at])
                at += 1
            }
        }
        guard at < scalars.count else { return nil }
        return (.oneOf(ranges, isExcluding: isExcluding), at + 1)
    }

    /// Whether a whole name matches, in time proportional to name times pattern at most.
    public func matches(_ name: String) -> Bool {
        let scalars = name.unicodeScalars.map { $0.value }
        var place = 0, part = 0, star: (part: Int, place: Int)?
        while place < scalars.count {
            if part < parts.count, parts[part] == .any {
                star = (part, place)
                part += 1
            } else if part < parts.count, takes(parts[part], scalars[place]) {
                part += 1
                place += 1
            } else if let (before, reached) = star {
                // The last star takes one more character.
                star = (before, reached + 1)
                part = before + 1
                place = reached + 1
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .any }
    }

    private func takes(_ part: Part, _ scalar: UInt32) -> Bool {
        switch part {
        case .any, .one: true
        case .oneOf(let ranges, let isExcluding): ranges.contains { $0.contains(scalar) } != isExcluding
        case .character(let character): character == scalar
        }
    }
}
