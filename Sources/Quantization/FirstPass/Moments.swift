import KernelTypes

/// Count, mean and central moments, which merge exactly as far as Double goes.
///
/// Source: Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical
/// moments", Sandia 2008.
struct Moments: Sendable {
    var count = 0.0
    var mean = 0.0
    /// Σ(x - mean)^k.
    var second = 0.0, third = 0.0, fourth = 0.0

    mutating func merge(_ other: Moments) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let n = count + other.count, d = other.mean - mean
        let a = count, b = other.count
        let dn = d / n
        let newFourth =
            fourth + other.fourth
            + d * dn * dn * dn * a * b * (a * a - a * b + b * b)
            + 6 * dn * dn * (a * a * other.second + b * b * second)
            + 4 * dn * (a * other.third - b * third)
        let newThird =
            third + other.third + d * dn * dn * a * b * (a - b) + 3 * dn * (a * other.second - b * second)
        second += other.second + d * dn * a * b
        third = newThird
        fourth = newFourth
        mean += b * dn
        count = n
    }

    /// The population's standard deviation; 0 where there are no elements.
    var standardDeviation: Double { count > 0 ? (second / count).squareRoot() : 0 }

    /// Finite values, whose extremes are known.
    init(_ x: UnsafePointer<Float>, _ size: Int, minimum: Float, maximum: Float) {
        guard size > 0 else { return }
        let factor = max(abs(minimum), abs(maximum)).normalizingFactor
        var offset = 0
        while offset < size {
            let length = min(Tiling.tile, size - offset)
            merge(Moments(tile: x + offset, length, factor: factor, isAroundZero: minimum <= 0 && maximum >= 0))
            offset += length
        }
    }

    init() {}

    private init(tile x: UnsafePointer<Float>, _ size: Int, factor: Float, isAroundZero: Bool) {
        let n = Double(size)
        // Far from zero about a value of the data: a sum of the values themselves would lose what they differ by.
        let first = isAroundZero ? 0 : x[0] * factor
        let rough = Double(first) + Kernel.set.sum(x, size, factor: factor, pivot: first) / n
        let pivot = Float(rough)
        let sums = Kernel.set.powerSums(x, size, factor: factor, pivot: pivot)
        // The sums are about the pivot, which is near the mean: move them to the mean. Around zero nothing was lost yet.
        let shift = isAroundZero ? rough - Double(pivot) : sums.first / n
        let unit = 1 / Double(factor)
        count = n
        mean = (Double(pivot) + shift) * unit
        second = max(0, sums.second - n * shift * shift) * unit * unit
        third = (sums.third - 3 * shift * sums.second + 2 * n * shift * shift * shift) * unit * unit * unit
        let square = shift * shift
        fourth =
            (sums.fourth - 4 * shift * sums.third + 6 * square * sums.second - 3 * n * square * square)
            * unit * unit * unit * unit
    }
}
