import Basics

/// Numbers as sentences about experiments have them.
enum LabText {
    /// A share as a percentage.
    static func percent(_ share: Double) -> String { NumberText.fixed(share * 100, places: 1) + " %" }

    static func number(_ value: Double) -> String { NumberText.significant(value, digits: 3) }

    /// A difference of shares in points, with its sign.
    static func points(_ difference: Double) -> String {
        (difference < 0 ? "" : "+") + NumberText.fixed(difference * 100, places: 1) + " points"
    }

    /// `a`, `b` and `c`
    static func list(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }
}
