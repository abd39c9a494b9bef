import CIntegers

/// The same wide numbers added to every sample.
public struct IntegerPosition: IntegerStep, Hashable {
    public let table: [Int32]

    public init(table: [Int32]) { self.table = table }

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        var sums = x.wide
        sums.withUnsafeMutableBufferPointer { sums in
            table.withUnsafeBufferPointer { table in
                for start in stride(from: 0, to: sums.count, by: table.count) {
                    for i in 0..<table.count { sums[start + i] &+= table[i] }
                }
            }
        }
        return IntegerTensor(shape: x.shape, .wide(sums))
    }
}

/// γ·(x - μ)/σ + β of each row, σ by a square root in whole numbers.
public struct IntegerLayerNorm: IntegerStep, Hashable {
    /// γ of each feature over the scale of the result, for x̂ in units of 2^-`bits`.
    public let multipliers: [Dyadic]
    /// β of each feature in the result's scale, shifted as the multiplier's product is before its shift.
    public let addends: [Int64]
    /// ε in units of x².
    public let epsilon: Int64
    public let target: Requantizer.Target

    /// Of x̂ below the point.
    public static let bits: Int64 = 18

    public init(multipliers: [Dyadic], addends: [Int64], epsilon: Int64, target: Requantizer.Target) {
        (self.multipliers, self.addends, self.epsilon, self.target) = (multipliers, addends, epsilon, target)
    }

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        let wide = x.wide, features = x.features, count = Int64(features), rows = wide.count / features
        let factors = multipliers.map { Int64($0.factor) }, shifts = multipliers.map { Int64($0.shift) }
        var result = [Int64](repeating: 0, count: wide.count)
        wide.withUnsafeBufferPointer { wide in
            result.withUnsafeMutableBufferPointer { result in
                guard let from = wide.baseAddress, let to = result.baseAddress else { return }
                for start in stride(from: 0, to: wide.count, by: features) {
                    // To the nearest, halves upwards; a division cuts towards zero.
                    let doubled = 2 * qlens_sum(from + start, count) + count, whole = 2 * count
                    let mean = doubled >= 0 ? doubled / whole : -((whole - 1 - doubled) / whole)
                    let variance = qlens_squares(from + start, count, mean) / count + epsilon
                    // One division a row: x̂ = x·(2^40/σ)/2^40.
                    let factor = (Int64(1) << 40) / max(1, IntegerFunctions.squareRoot(variance))
                    qlens_normalize(
                        from + start, count, mean, factor, 40 - Self.bits, factors, addends, shifts, to + start)
                }
            }
        }
        switch target {
        case .codes(let zero, let highest):
            return IntegerTensor(
                shape: x.shape,
                .codes(
                    [UInt8](unsafeUninitializedCapacity: result.count) { buffer, filled in
                        qlens_clamp(result, count * Int64(rows), Int64(zero), Int64(highest), buffer.baseAddress)
                        filled = result.count
                    }))
        case .wide: return IntegerTensor(shape: x.shape, .wide(result.map { Int32(clamping: $0) }))
        }
    }
}

/// Self-attention: queries, keys and values of eight bits, sums of values by their shares in 32.
public struct IntegerAttention: IntegerContainer {
    public let heads: Int
    /// These give codes around 128: numbers of -127 to 127.
    public let query: IntegerLayer
    public let key: IntegerLayer
    public let value: IntegerLayer
    public let softmax: IntegerSoftmax
    /// Of the sums of values by their shares.
    public let requantizer: Requantizer
    public let output: IntegerLayer

    public init(
        heads: Int, query: IntegerLayer, key: IntegerLayer, value: IntegerLayer, softmax: IntegerSoftmax,
        requantizer: Requantizer, output: IntegerLayer
    ) {
        (self.heads, self.query, self.key, self.value) = (heads, query, key, value)
        (self.softmax, self.requantizer, self.output) = (softmax, requantizer, output)
    }

    /// The code of queries, keys and values that stands for zero.
    public static let zero: Int32 = 128

    public func apply(_ x: IntegerTensor, _ seen: IntegerObserver?) -> IntegerTensor {
        func centred(_ layer: IntegerLayer) -> [Int16] {
            IntegerNetwork.apply(layer, x, seen).codes.map { Int16($0) &- Int16(Self.zero) }
        }
        let queries = centred(query), keys = centred(key), values = centred(value)
        let tokens = x.shape[1], features = query.outputs, size = features / heads
        var sums = [Int32](repeating: 0, count: x.samples * tokens * features)
        var scores = [Int32](repeating: 0, count: tokens), shares = scores
        var powers = [Int64](repeating: 0, count: tokens)
        let (stride, width) = (Int64(features), Int64(size)), count = Int64(tokens)
        queries.withUnsafeBufferPointer { q in
            keys.withUnsafeBufferPointer { k in
                values.withUnsafeBufferPointer { v in
                    sums.withUnsafeMutableBufferPointer { sums in
                        guard let q = q.baseAddress, let k = k.baseAddress, let v = v.baseAddress,
                            let sums = sums.baseAddress
                        else { return }
                        for block in 0..<x.samples * heads {
                            let start = block / heads * tokens * features + block % heads * size
                            for token in 0..<tokens {
                                let place = start + token * features
                                qlens_scores(q + place, k + start, stride, count, width, &scores)
                                softmax.shares(scores, &powers, &shares)
                                qlens_mix(shares, v + start, stride, count, width, sums + place)
                            }
                        }
                    }
                }
            }
        }
        let codes = requantizer.apply(sums, addends: [Int32](repeating: 0, count: features))
        return IntegerNetwork.apply(output, IntegerTensor(shape: [x.samples, tokens, features], codes), seen)
    }
}
