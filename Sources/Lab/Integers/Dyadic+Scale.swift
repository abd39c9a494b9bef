import Integers
import Platform

extension Dyadic {
    /// The nearest multiplier to a quotient of scales: b = round(m·2^bits), c = bits - e for value = m·2^e, ½ ≤ |m| < 1.
    ///
    /// One bit is a bare shift. A larger c than `mostShift` loses digits of a value that is near to nothing.
    /// A quotient of 2³⁰ or more, of a layer whose input hardly moves, is taken as that.
    init(_ value: Double, bits: Int = 31, mostShift: Int = 62) {
        guard value != 0, value.isFinite else {
            self.init(factor: 0, shift: 1)
            return
        }
        let value = max(-0x1p30 + 1, min(0x1p30 - 1, value)), exponent = Int(value.exponent) + 1
        // Rounded to so many bits; few of them are shifted up where the quotient is large.
        let unit = exp2(Double(bits - exponent)), rounded = (value * unit).rounded() / unit
        let shift = max(1, min(mostShift, max(bits - exponent, min(8, 31 - exponent))))
        let factor = (rounded * exp2(Double(shift))).rounded()
        // m may round up to 1.
        self.init(factor: Int32(max(-2_147_483_647, min(2_147_483_647, factor))), shift: shift)
    }

    /// b/2^c.
    var value: Double { Double(factor) / exp2(Double(shift)) }
}
