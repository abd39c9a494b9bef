/// A multiplier b/2^c: what stands for a quotient of scales where there are whole numbers alone (HAWQ-V3, Yao et al. 2021).
public struct Dyadic: Sendable, Hashable {
    /// b, below 2³¹ in magnitude.
    public let factor: Int32
    /// c, from 1 to 62.
    public let shift: UInt8

    /// - Precondition: 1 ≤ `shift` ≤ 62.
    public init(factor: Int32, shift: Int) {
        precondition((1...62).contains(shift), "a shift within a word")
        self.factor = factor
        self.shift = UInt8(shift)
    }

    /// x·b/2^c to the nearest whole number, halves upwards: (x·b + 2^(c-1)) >> c.
    ///
    /// - Precondition: |x| < 2³².
    @inline(__always)
    public func apply(_ x: Int64) -> Int64 {
        (x &* Int64(factor) &+ (1 &<< Int64(shift &- 1))) &>> Int64(shift)
    }
}
