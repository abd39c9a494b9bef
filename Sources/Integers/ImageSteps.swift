/// Nothing below zero.
public struct IntegerReLU: IntegerStep, Hashable {
    /// The code that stands for zero; wide numbers have 0.
    public let zero: UInt8

    public init(zero: UInt8) { self.zero = zero }

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        switch x.values {
        case .codes(let codes):
            IntegerTensor(shape: x.shape, zero == 0 ? x.values : .codes(codes.map { max($0, zero) }))
        case .wide(let wide): IntegerTensor(shape: x.shape, .wide(wide.map { max($0, 0) }))
        }
    }
}

/// The largest of each square of 2×2 pixels; an odd last row or column is left out.
public struct IntegerMaxPool: IntegerStep, Hashable {
    public init() {}

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        let shape = [x.samples, x.shape[1] / 2, x.shape[2] / 2, x.shape[3]]
        switch x.values {
        case .codes(let codes): return IntegerTensor(shape: shape, .codes(Self.pool(codes, x.shape, shape)))
        case .wide(let wide): return IntegerTensor(shape: shape, .wide(Self.pool(wide, x.shape, shape)))
        }
    }

    private static func pool<Number: FixedWidthInteger>(_ values: [Number], _ from: [Int], _ to: [Int]) -> [Number] {
        let count = to.reduce(1, *), channels = from[3], line = from[2] * channels
        return [Number](unsafeUninitializedCapacity: count) { buffer, filled in
            values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress, var output = buffer.baseAddress else { return }
                for sample in 0..<to[0] {
                    for y in 0..<to[1] {
                        var upper = base + (sample * from[1] + 2 * y) * line
                        for _ in 0..<to[2] {
                            let lower = upper + line
                            for channel in 0..<channels {
                                output[channel] = max(
                                    max(upper[channel], upper[channels + channel]),
                                    max(lower[channel], lower[channels + channel]))
                            }
                            output += channels
                            upper += 2 * channels
                        }
                    }
                }
            }
            filled = count
        }
    }
}

/// The mean of each channel of wide images: the sum by a multiplier.
public struct IntegerMeanPool: IntegerStep, Hashable {
    /// 1/(height·width).
    public let multiplier: Dyadic

    public init(multiplier: Dyadic) { self.multiplier = multiplier }

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        let wide = x.wide, channels = x.features, area = x.shape[1] * x.shape[2]
        var means: [Int32] = []
        for sample in 0..<x.samples {
            for channel in 0..<channels {
                var sum: Int64 = 0
                for place in 0..<area { sum += Int64(wide[(sample * area + place) * channels + channel]) }
                means.append(Int32(clamping: multiplier.apply(sum)))
            }
        }
        return IntegerTensor(shape: [x.samples, channels], .wide(means))
    }
}

/// x + what some steps make of x, both wide and of one scale.
public struct IntegerResidual: IntegerContainer {
    /// Brings x to that scale; nil where it has it.
    public let skip: Widening?
    public let branch: IntegerNetwork

    public init(skip: Widening?, branch: IntegerNetwork) { (self.skip, self.branch) = (skip, branch) }

    public func apply(_ x: IntegerTensor, _ seen: IntegerObserver?) -> IntegerTensor {
        let kept = skip.map { IntegerNetwork.apply($0, x, seen) } ?? x, added = branch.apply(x, seen)
        var sums = kept.wide
        let others = added.wide
        for i in sums.indices { sums[i] &+= others[i] }
        return IntegerTensor(shape: kept.shape, .wide(sums))
    }
}

/// The same numbers in another order, sample by sample: patches of an image.
public struct IntegerOrder: IntegerStep, Hashable {
    /// Of each number of a sample, where it comes from.
    public let places: [Int]
    public let shape: [Int]

    public init(places: [Int], shape: [Int]) { (self.places, self.shape) = (places, shape) }

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        let width = x.count / x.samples
        func ordered<Number>(_ values: [Number]) -> [Number] {
            [Number](unsafeUninitializedCapacity: x.samples * places.count) { buffer, filled in
                for sample in 0..<x.samples {
                    for (place, from) in places.enumerated() {
                        buffer.initializeElement(
                            at: sample * places.count + place, to: values[sample * width + from])
                    }
                }
                filled = x.samples * places.count
            }
        }
        switch x.values {
        case .codes(let codes): return IntegerTensor(shape: [x.samples] + shape, .codes(ordered(codes)))
        case .wide(let wide): return IntegerTensor(shape: [x.samples] + shape, .wide(ordered(wide)))
        }
    }
}

/// The same numbers in another shape of a sample.
public struct IntegerReshape: IntegerStep, Hashable {
    public let shape: [Int]

    public init(shape: [Int]) { self.shape = shape }

    public func apply(_ x: IntegerTensor) -> IntegerTensor { IntegerTensor(shape: [x.samples] + shape, x.values) }
}
