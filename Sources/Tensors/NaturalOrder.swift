/// The order in which people expect names: `layers.2` before `layers.10`.
public enum NaturalOrder {
    /// Compares runs of digits by their value and everything else byte by byte.
    public static func precedes(_ first: String, _ second: String) -> Bool {
        var a = first.utf8[...], b = second.utf8[...]
        while let x = a.first, let y = b.first {
            if isDigit(x) && isDigit(y) {
                let m = a.prefix(while: isDigit).drop { $0 == zero }, n = b.prefix(while: isDigit).drop { $0 == zero }
                if m.count != n.count { return m.count < n.count }
                for (p, q) in zip(m, n) where p != q { return p < q }
                a = a.drop(while: isDigit)
                b = b.drop(while: isDigit)
            } else {
                if x != y { return x < y }
                a.removeFirst()
                b.removeFirst()
            }
        }
        if a.isEmpty != b.isEmpty { return a.isEmpty }
        return first < second  // `a01` and `a1`: any fixed order
    }

    private static let zero = UInt8(ascii: "0")

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= zero && byte <= UInt8(ascii: "9") }
}
