/// The order in which people expect names: `layers.2` before `layers.10`.
public enum NaturalOrder {
    /// Compares runs of digits by their value and everything else byte by byte.
    public static func precedes(_ first: String, _ second: String) -> Bool {
        // Bytes side by side, where strings have them so: lists of very many names are sorted.
        let quick = first.utf8.withContiguousStorageIfAvailable { a in
            second.utf8.withContiguousStorageIfAvailable { b in order(a, b) }
        }
        if case .some(.some(let order)) = quick { return order == 0 ? first < second : order < 0 }
        return precedesSlowly(first, second)
    }

    /// Below 0 where the first comes first; 0 where a fixed order has to decide.
    private static func order(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
        var i = 0, j = 0
        while i < a.count, j < b.count {
            let x = a[i], y = b[j]
            guard isDigit(x), isDigit(y) else {
                if x != y { return x < y ? -1 : 1 }
                (i, j) = (i + 1, j + 1)
                continue
            }
            while i < a.count, a[i] == zero { i += 1 }
            while j < b.count, b[j] == zero { j += 1 }
            let (m, n) = (i, j)
            while i < a.count, isDigit(a[i]) { i += 1 }
            while j < b.count, isDigit(b[j]) { j += 1 }
            if i - m != j - n { return i - m < j - n ? -1 : 1 }
            for k in 0..<i - m where a[m + k] != b[n + k] { return a[m + k] < b[n + k] ? -1 : 1 }
        }
        return i == a.count ? (j == b.count ? 0 : -1) : 1
    }

    private static func precedesSlowly(_ first: String, _ second: String) -> Bool {
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
