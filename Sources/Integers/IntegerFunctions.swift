import CIntegers

/// √, exp and softmax in whole numbers (I-BERT, Kim et al. 2021).
public enum IntegerFunctions {
    /// ⌊√n⌋ by Newton's steps from a power of two above it, until they do not fall any more. - Precondition: n ≥ 0.
    public static func squareRoot(_ n: Int64) -> Int64 {
        precondition(n >= 0, "a root of what is not below zero")
        guard n > 0 else { return 0 }
        var x = Int64(1) << Int64((Int64.bitWidth - n.leadingZeroBitCount + 1) / 2)
        while true {
            let next = (x + n / x) >> 1
            if next >= x { return x }
            x = next
        }
    }
}

/// exp(S·q) for q ≤ 0: exp(x) = 2^-z·exp(p), x = p - z·ln 2, and a parabola for exp(p).
public struct IntegerExponential: Sendable, Hashable {
    /// -⌊-ln 2/S⌋, as I-BERT has it.
    public let period: Int64
    /// ⌊b/(a·S)⌋ and ⌊1/(a·S²)⌋ of a·p² + b·p + 1: the result has the scale a·S².
    public let linear: Int64
    public let constant: Int64

    /// ⌊2^32/period⌋: a product with it stands for a division.
    private let inverse: Int64

    public init(period: Int64, linear: Int64, constant: Int64) {
        (self.period, self.linear, self.constant) = (max(1, period), linear, constant)
        inverse = (Int64(1) << 32) / self.period
    }

    /// Periods after which nothing is left.
    public static let mostPeriods: Int64 = 30

    /// exp of each score less the largest, into as many powers.
    public func apply(_ scores: [Int32], into powers: inout [Int64]) {
        precondition(powers.count == scores.count, "a power for each score")
        qlens_exponentials(
            scores, Int64(scores.count), Int64(scores.max() ?? 0), period, inverse, Self.mostPeriods, linear, constant,
            &powers)
    }
}

/// exp(x_i)/Σ exp(x_j) as whole parts of 2^`bits`.
public struct IntegerSoftmax: Sendable, Hashable {
    public let exponential: IntegerExponential

    public init(_ exponential: IntegerExponential) { self.exponential = exponential }

    /// Bits of the factor that stands for the division by the sum.
    static let factorBits: Int64 = 40
    /// Of a share: its products with values of eight bits, which add up to no more than one of them, stay far within 32.
    public static let bits: Int64 = 15
    /// Bits of the sum that the factor is made of.
    static let sumBits = 26

    /// Shares of 2^bits, one less for a score that has all.
    ///
    /// - Parameter powers: room for as many numbers.
    public func shares(_ scores: [Int32], _ powers: inout [Int64], _ shares: inout [Int32], bits: Int64 = Self.bits) {
        precondition(shares.count == scores.count, "a share for each score")
        exponential.apply(scores, into: &powers)
        // Powers of a fine scale are large: their last bits go, so that the factor has some.
        var sum = powers.reduce(0, +)
        let surplus = Int64.bitWidth - sum.leadingZeroBitCount - Self.sumBits
        if surplus > 0 {
            for i in powers.indices { powers[i] >>= Int64(surplus) }
            sum = powers.reduce(0, +)
        }
        let factor = (Int64(1) << Self.factorBits) / max(1, sum)
        qlens_shares(
            powers, Int64(powers.count), factor, Self.factorBits - bits, (1 << bits) - 1, &shares)
    }
}

/// x·Φ(x) = x/2·(1 + erf(x/√2)), erf by a parabola: sgn(x)·(1 - a·(min(|x|, -b) + b)²).
public struct IntegerGELU: IntegerStep, Hashable {
    /// ⌊b/S⌋, below zero.
    public let shoulder: Int64
    /// ⌊1/(a·S²)⌋: one, in the scale of erf.
    public let one: Int64
    /// Bits that the product of x and 1 + erf has more than 32 can hold.
    public let dropped: Int64
    public let requantizer: Requantizer

    public init(shoulder: Int64, one: Int64, dropped: Int64, requantizer: Requantizer) {
        (self.shoulder, self.one, self.dropped, self.requantizer) = (shoulder, one, dropped, requantizer)
    }

    /// x·(1 + erf), before it is requantized.
    public func products(_ wide: [Int32]) -> [Int32] {
        [Int32](unsafeUninitializedCapacity: wide.count) { buffer, count in
            qlens_gelu(wide, Int64(wide.count), shoulder, one, dropped, buffer.baseAddress)
            count = wide.count
        }
    }

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        IntegerTensor(
            shape: x.shape,
            requantizer.apply(products(x.wide), addends: [Int32](repeating: 0, count: x.features)))
    }
}
