/// Sums in an order that does not depend on the machine: eight lanes in Float, folded in Double at the end.
extension Tape {
    @inline(__always)
    private static func lanes(_ count: Int, _ term: (Int) -> Float) -> Double {
        var sums = SIMD8<Float>(repeating: 0)
        let whole = count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            var terms = SIMD8<Float>()
            for lane in 0..<8 { terms[lane] = term(start + lane) }
            sums += terms
        }
        var total = 0.0
        for lane in 0..<8 { total += Double(sums[lane]) }
        for i in whole..<count { total += Double(term(i)) }
        return total
    }

    static func sum(_ x: UnsafePointer<Float>, _ count: Int) -> Double { lanes(count) { x[$0] } }

    static func squares(_ x: UnsafePointer<Float>, _ count: Int, around center: Float) -> Double {
        lanes(count) { (x[$0] - center) * (x[$0] - center) }
    }

    static func product(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Double {
        lanes(count) { x[$0] * y[$0] }
    }
}
