import Platform

/// Pseudo-random numbers from a seed, the same on every machine: SplitMix64 (Steele, Lea, Flood 2014).
struct RandomSource: Sendable, RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter stream: what the numbers are for, so that one use does not shift the numbers of another.
    init(seed: UInt64, stream: String = "") {
        state = stream.utf8.reduce(seed &* 0x9E37_79B9_7F4A_7C15) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in [low, high).
    mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

    /// Standard normal, by Box and Muller.
    mutating func gaussian() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * Double.pi * uniform())
    }

    /// The numbers 0 ..< count in random order.
    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(next() % UInt64(last + 1)))
        }
        return order
    }
}
