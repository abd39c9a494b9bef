import Basics
import Tensors

/// Every value of a tensor whose elements have 8 or 16 bits, and how often it occurs: all that does not depend on position
/// follows from it exactly.
public struct ValueTable: Sendable {
    /// The finite values that occur, ascending; zeros of either sign are one.
    let values: [Float]
    let counts: [UInt64]
    let nanCount: Int
    let infinityCount: Int
    let zeroCount: Int
    /// What searches are guided by, exact.
    let moments: CumulativeMoments

    /// Counts of patterns with the value of each.
    init(patternCounts: [UInt64], values all: [Float]) {
        var nans = 0, infinities = 0, zeros: UInt64 = 0
        var found: [(value: Float, count: UInt64)] = []
        for (value, count) in zip(all, patternCounts) where count > 0 {
            if value.isNaN {
                nans += Int(count)
            } else if value.isInfinite {
                infinities += Int(count)
            } else if value == 0 {
                zeros += count
            } else {
                found.append((value, count))
            }
        }
        if zeros > 0 { found.append((0, zeros)) }
        found.sort { $0.value < $1.value }
        // Types of few bits write some numbers in several ways.
        var values: [Float] = [], counts: [UInt64] = []
        for (value, count) in found {
            if values.last == value {
                counts[counts.count - 1] += count
            } else {
                values.append(value)
                counts.append(count)
            }
        }
        self.values = values
        self.counts = counts
        nanCount = nans
        infinityCount = infinities
        zeroCount = Int(zeros)
        moments = CumulativeMoments(distinct: values, times: counts.map { Double($0) })
    }

    var finiteCount: Int { Int(counts.reduce(0, +)) }

    /// What a calibrator may ask, all of it exact; nil where no value is finite.
    func evidence(_ cancel: CancelFlag? = nil) -> WeightedEvidence? {
        guard let minimum = values.first, let maximum = values.last else { return nil }
        return WeightedEvidence(moments, minimum: minimum, maximum: maximum, cancel: cancel)
    }

    /// Count, mean and central moments.
    var statisticalMoments: Moments {
        var result = Moments()
        let total = counts.reduce(0.0) { $0 + Double($1) }
        guard total > 0 else { return result }
        result.count = total
        // About a value of the data: exact for constants, and nothing is lost far from zero.
        let first = Double(values[0])
        result.mean = first + zip(values, counts).reduce(0.0) { $0 + (Double($1.0) - first) * Double($1.1) } / total
        for (value, count) in zip(values, counts) {
            let d = Double(value) - result.mean, n = Double(count)
            result.second += n * d * d
            result.third += n * d * d * d
            result.fourth += n * d * d * d * d
        }
        return result
    }
}
