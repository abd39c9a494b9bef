import Basics

/// Comma-separated values, as RFC 4180 has them.
enum CSV {
    static func quoted(_ whole: String) -> String {
        let text = Printable.text(whole)
        return text.contains { ",\"\n\r".contains($0) }
            ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            : text
    }

    /// Nothing where a number is undefined.
    static func number(_ value: Double?) -> String { value.map { JSONValue.number($0).text } ?? "" }
}
