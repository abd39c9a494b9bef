import Basics
import Quantization
import Tensors

/// A rule for the tensors of a checkpoint: `sqnr>=20`, `nan==0`, `relative_l2<=0.05@model.layers.*`.
public struct CheckRule: Hashable, Sendable, CustomStringConvertible {
    public enum Comparison: String, CaseIterable, Sendable {
        // Longer ones first: a shorter one may be their beginning.
        case atMost = "<=", atLeast = ">=", equal = "==", notEqual = "!=", below = "<", above = ">"

        func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .atMost: value <= limit
            case .atLeast: value >= limit
            case .equal: value == limit
            case .notEqual: value != limit
            case .below: value < limit
            case .above: value > limit
            }
        }
    }

    public let description: String
    public let subject: CheckSubject
    public let comparison: Comparison
    public let limit: Double
    /// The names that it is for; nil for all.
    public let pattern: NamePattern?

    /// `NAME OPERATOR NUMBER[@PATTERN]`, blanks between them or not.
    public init(_ text: String) throws(RuleError) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let words = (parts.first ?? "").filter { $0 != " " && $0 != "\t" }
        let found = Comparison.allCases.compactMap { comparison in
            words.range(of: comparison.rawValue).map { (comparison, $0) }
        }.min { ($0.1.lowerBound, -$0.0.rawValue.count) < ($1.1.lowerBound, -$1.0.rawValue.count) }
        guard let (comparison, place) = found else {
            let all = Comparison.allCases.map { $0.rawValue }.joined(separator: " ")
            throw RuleError(rule: text, found: "no comparison", expected: "one of \(all), as in sqnr>=20")
        }
        let name = String(words[..<place.lowerBound]), number = String(words[place.upperBound...])
        guard let subject = CheckSubject(name) else {
            let nearest = NearestNames.nearest(to: name, in: CheckSubject.names).joined(separator: ", ")
            throw RuleError(
                rule: text, found: Printable.quoted(name),
                expected: "a metric or a statistic\(nearest.isEmpty ? "" : ", nearest are \(nearest)")")
        }
        guard let limit = Double(number), !limit.isNaN else {
            throw RuleError(rule: text, found: "the limit \(Printable.quoted(number))", expected: "a number")
        }
        if parts.count > 1, parts[1].isEmpty {
            throw RuleError(rule: text, found: "nothing after @", expected: "a pattern of names")
        }
        (self.subject, self.comparison, self.limit) = (subject, comparison, limit)
        pattern = parts.count > 1 ? NamePattern(parts[1]) : nil
        description =
            "\(subject.name)\(comparison.rawValue)\(JSONValue.number(limit).text)" + (pattern.map { "@\($0)" } ?? "")
    }

    /// Rules of a text, one a line; what follows `#` is a comment.
    public static func rules(_ text: String) throws(RuleError) -> [CheckRule] {
        var rules: [CheckRule] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let rule = line.prefix { $0 != "#" }.drop { $0 == " " || $0 == "\t" }
            if !rule.isEmpty { rules.append(try CheckRule(String(rule))) }
        }
        return rules
    }

    public func isFor(_ name: String) -> Bool { pattern?.matches(name) ?? true }
}

/// A rule that is none.
public struct RuleError: Error, Equatable, Sendable, CustomStringConvertible {
    public let rule: String
    public let found: String
    public let expected: String

    public init(rule: String, found: String, expected: String) {
        (self.rule, self.found, self.expected) = (rule, found, expected)
    }

    public var description: String { "rule \(Printable.quoted(rule)): found \(found), expected \(expected)" }
}

extension String {
    /// The first place of a text.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        indices.lazy.compactMap { start in
            self[start...].hasPrefix(text) ? start..<self.index(start, offsetBy: text.count) : nil
        }.first
    }
}
