import Platform

/// Numbers as the screen shows them.
public enum NumberText {
    /// So many significant digits: `0.1087`, `-1.9e-5`, `12540`.
    public static func significant(_ value: Double, digits: Int = 4) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
        if value == 0 { return "0" }
        return tidyExponent(formatted("%.\(digits)g", value))
    }

    /// So many digits after the point: `21.43`.
    public static func fixed(_ value: Double, places: Int) -> String { formatted("%.\(places)f", value) }

    /// A share as percent: `0.34 %`; very small ones keep their digits.
    public static func percent(_ share: Double, digits: Int = 3) -> String {
        significant(share * 100, digits: digits) + " %"
    }

    /// A difference with its sign in few characters, with as many digits as they hold: `+2.1`, `-38`, `+1.2e-5`.
    public static func signed(_ value: Double, width: Int) -> String {
        for digits in [3, 2] {
            let text = (value > 0 ? "+" : "") + significant(value, digits: digits)
            if text.count <= width { return text }
        }
        return (value > 0 ? "+" : "") + significant(value, digits: 1)
    }

    /// At most `width` characters, 6 or more: two digits, one, or an exponent alone: `-0.0012`, `1.2e-5`, `-1e-12`.
    public static func fitted(_ value: Double, width: Int) -> String {
        let texts = [2, 1].map { significant(value, digits: $0) } + [tidyExponent(formatted("%.0e", value))]
        return texts.first { $0.count <= width } ?? ""
    }

    /// Whole numbers with a comma every three digits.
    public static func grouped(_ value: Int) -> String {
        var digits = Array(String(value.magnitude))
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
        return (value < 0 ? "-" : "") + String(digits)
    }

    /// A count in four characters or so: `940`, `12.5k`, `64M`.
    public static func short(_ value: Double) -> String {
        for (unit, letter) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= unit * 0.9995 {
            return formatted("%.3g", value / unit) + letter
        }
        return formatted("%.3g", value)
    }

    private static func formatted(_ format: String, _ value: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(Int(max(0, length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `1.9e-05` → `1.9e-5`
    private static func tidyExponent(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else {
            return text
        }
        return text[..<mark] + "e\(exponent)"
    }
}
