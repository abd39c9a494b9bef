import Platform

/// Numbers in sentences.
enum Number {
    /// Four significant digits.
    static func text(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "?" }
        let places = 3 - Int(log10(abs(value)).rounded(.down))
        guard (-3...12).contains(places) else { return String(Float(value)) }
        let unit = pow(10, Double(places)), rounded = (value * unit).rounded() / unit
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? String(Int(rounded)) : String(rounded)
    }
}
