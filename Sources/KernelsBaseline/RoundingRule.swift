/// A rounding rule over sixteen lanes; `t` is within ±2²², `index` the position of the first lane in the tensor.
protocol RoundingRule {
    /// x/S.
    func quotient(_ x: Kernels.Lanes, inverse: Kernels.Lanes, scale: Kernels.Lanes) -> Kernels.Lanes
    func round(_ t: Kernels.Lanes, index: UInt64) -> Kernels.Lanes
}

extension RoundingRule {
    @inline(__always)
    func quotient(_ x: Kernels.Lanes, inverse: Kernels.Lanes, scale: Kernels.Lanes) -> Kernels.Lanes { x * inverse }

    @inline(__always)
    func even(_ t: Kernels.Lanes) -> Kernels.Lanes { (t + Kernels.magic) - Kernels.magic }

    @inline(__always)
    func floor(_ t: Kernels.Lanes) -> Kernels.Lanes {
        var r = even(t)
        r.replace(with: r - 1, where: r .> t)
        return r
    }
}

struct RoundEven: RoundingRule {
    @inline(__always) func round(_ t: Kernels.Lanes, index: UInt64) -> Kernels.Lanes { even(t) }
}

struct RoundAway: RoundingRule {
    @inline(__always) func round(_ t: Kernels.Lanes, index: UInt64) -> Kernels.Lanes {
        var r = even(t)
        let d = t - r  // exact, so that a tie is exactly a half
        r.replace(with: r + 1, where: (d .== 0.5) .& (t .> 0))
        r.replace(with: r - 1, where: (d .== -0.5) .& (t .< 0))
        return r
    }
}

/// Another rule, on x/S by division.
struct Dividing<Rule: RoundingRule>: RoundingRule {
    let rule: Rule

    @inline(__always)
    func quotient(_ x: Kernels.Lanes, inverse: Kernels.Lanes, scale: Kernels.Lanes) -> Kernels.Lanes { x / scale }
    @inline(__always) func round(_ t: Kernels.Lanes, index: UInt64) -> Kernels.Lanes { rule.round(t, index: index) }
}

struct RoundUp: RoundingRule {
    @inline(__always) func round(_ t: Kernels.Lanes, index: UInt64) -> Kernels.Lanes {
        var r = even(t)
        r.replace(with: r + 1, where: (t - r) .== 0.5)
        return r
    }
}

struct RoundDown: RoundingRule {
    @inline(__always) func round(_ t: Kernels.Lanes, index: UInt64) -> Kernels.Lanes { floor(t) }
}

struct RoundTowardZero: RoundingRule {
    @inline(__always) func round(_ t: Kernels.Lanes, index: UInt64) -> Kernels.Lanes {
        var r = even(t)
        r.replace(with: r - 1, where: (r .> t) .& (t .> 0))
        r.replace(with: r + 1, where: (r .< t) .& (t .< 0))
        return r
    }
}

struct RoundStochastic: RoundingRule {
    let key: UInt32

    @inline(__always) func round(_ t: Kernels.Lanes, index: UInt64) -> Kernels.Lanes {
        let below = floor(t)
        var r = below
        r.replace(with: below + 1, where: Self.uniform(index, key) .< (t - below))
        return r
    }

    /// `KernelRandom.uniform` for sixteen neighbours.
    @inline(__always)
    static func uniform(_ index: UInt64, _ key: UInt32) -> Kernels.Lanes {
        let lanes = Kernels.Words(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        let start = UInt32(truncatingIfNeeded: index)
        let low = Kernels.Words(repeating: start) &+ lanes
        let mixed = UInt32(truncatingIfNeeded: index >> 32) &* 0x9E37_79B9 &+ key
        var high = Kernels.Words(repeating: mixed)
        high.replace(
            with: Kernels.Words(repeating: mixed &+ 0x9E37_79B9), where: low .< Kernels.Words(repeating: start))
        var x = low ^ high
        x ^= x &>> 16
        x = x &* Kernels.Words(repeating: 0x7FEB_352D)
        x ^= x &>> 15
        x = x &* Kernels.Words(repeating: 0x846C_A68B)
        x ^= x &>> 16
        // 24 bits to a Float in two halves of at most 16, each exact by the trick of a fixed exponent.
        let bits = x &>> 8
        let upper = unsafeBitCast((bits &>> 12) | 0x4B00_0000, to: Kernels.Lanes.self) - 8_388_608
        let lower = unsafeBitCast((bits & 0xFFF) | 0x4B00_0000, to: Kernels.Lanes.self) - 8_388_608
        return upper * 0x1p-12 + lower * 0x1p-24
    }
}
