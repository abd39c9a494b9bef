import CIntegers

/// Brings accumulators to the scale of what follows: as codes of eight bits, or wide.
public struct Requantizer: Sendable, Hashable {
    public enum Target: Sendable, Hashable {
        /// Codes 0 to `highest`, of which `zero` stands for zero.
        case codes(zero: Int32, highest: Int32)
        case wide
    }

    /// One for all channels, or one a channel.
    public let multipliers: [Dyadic]
    public let target: Target
    /// b and c of them, as the loops take them.
    private let factors: [Int64]
    private let shifts: [Int64]

    public init(_ multipliers: [Dyadic], to target: Target) {
        self.multipliers = multipliers
        self.target = target
        factors = multipliers.map { Int64($0.factor) }
        shifts = multipliers.map { Int64($0.shift) }
    }

    private func forEach(_ channels: Int, _ numbers: [Int64]) -> [Int64] {
        numbers.count == channels ? numbers : [Int64](repeating: numbers[0], count: channels)
    }

    /// - Parameter addends: added to each channel before, within 32 bits.
    public func apply(_ sums: [Int32], addends: [Int32]) -> IntegerTensor.Values {
        let channels = addends.count, count = sums.count
        let factors = forEach(channels, factors), shifts = forEach(channels, shifts)
        switch target {
        case .codes(let zero, let highest):
            return .codes(
                [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                    qlens_requantize(
                        sums, Int64(count), Int64(channels), addends, factors, shifts, Int64(zero), Int64(highest),
                        buffer.baseAddress)
                    filled = count
                })
        case .wide:
            return .wide(
                [Int32](unsafeUninitializedCapacity: count) { buffer, filled in
                    qlens_rescale(
                        sums, Int64(count), Int64(channels), addends, factors, shifts, buffer.baseAddress)
                    filled = count
                })
        }
    }
}

/// The same for wide numbers that no product made.
public struct Requantization: IntegerStep, Hashable {
    public let requantizer: Requantizer

    public init(_ requantizer: Requantizer) { self.requantizer = requantizer }

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        IntegerTensor(
            shape: x.shape, requantizer.apply(x.wide, addends: [Int32](repeating: 0, count: x.features)))
    }
}

/// Codes as wide numbers: (q - zero)·b/2^c.
public struct Widening: IntegerStep, Hashable {
    public let zero: Int32
    public let multiplier: Dyadic

    public init(zero: Int32, multiplier: Dyadic) { (self.zero, self.multiplier) = (zero, multiplier) }

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        IntegerTensor(
            shape: x.shape,
            .wide(x.codes.map { Int32(clamping: multiplier.apply(Int64(Int32($0) &- zero))) }))
    }
}
