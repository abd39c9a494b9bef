import Basics
import KernelTypes

/// Evidence from values in memory. The pointer must outlive the object.
final class ValuesEvidence: RangeEvidence {
    private let values: UnsafePointer<Float>
    private let spare = Scratch()
    let count: Int
    let minimum: Float
    let maximum: Float
    let scanLength: Int
    let isQuick: Bool
    let isThorough: Bool
    let cancel: CancelFlag?

    /// Finite values with known extremes; the extremes may be wider than the values', where these are a sample.
    init(
        _ values: UnsafePointer<Float>, _ count: Int, minimum: Float, maximum: Float, scanLength: Int,
        isQuick: Bool = false, isThorough: Bool = true, cancel: CancelFlag? = nil
    ) {
        self.isThorough = isThorough
        self.scanLength = scanLength
        self.isQuick = isQuick
        self.cancel = cancel
        self.values = values
        self.count = count
        self.minimum = minimum
        self.maximum = maximum
    }

    func meanAndDeviation() -> (mean: Double, deviation: Double) {
        let moments = Moments(values, count, minimum: minimum, maximum: maximum)
        return (moments.mean, moments.standardDeviation)
    }

    func quantiles(_ fractions: [Double], ofMagnitudes: Bool) -> [Double] {
        var work = Array(UnsafeBufferPointer(start: values, count: count))
        if ofMagnitudes { for i in work.indices { work[i] = abs(work[i]) } }
        return work.withUnsafeMutableBufferPointer { buffer in
            fractions.map { fraction in
                let place = OrderStatistics.position(of: fraction, count: count)
                let lower = Selection.select(place.lower, in: buffer)
                let upper = place.upper == place.lower ? lower : buffer[place.upper...].min() ?? lower
                return OrderStatistics.interpolate(lower, upper, place.weight)
            }
        }
    }

    func meanDistance(from centre: Double) -> Double {
        let factor = largest.normalizingFactor, pivot = Float(centre * Double(factor))
        return Kernel.set.absoluteDeviation(values, count, factor: factor, pivot: pivot) / Double(factor)
            / Double(count)
    }

    func magnitudes(bins: Int) -> MagnitudeBins { MagnitudeBins(values, count, largest: largest, bins: bins) }

    func tails(from low: Float, below high: Float, most: Int) -> MagnitudeTails? {
        let factor = largest.normalizingFactor, output = spare.floats(count)
        let tails = Kernel.set.tails(values, count, low: low, high: high, factor: factor, output)
        guard tails.betweenCount <= most else { return nil }
        let between = UnsafeBufferPointer(start: output, count: tails.betweenCount)
        return MagnitudeTails(
            low: low, high: high, above: (Double(tails.aboveCount), tails.aboveSum / Double(factor)),
            between: between.map { ($0, 1) })
    }

    func sketch() -> WeightedEvidence? { nil }

    func weighted() -> (evidence: WeightedEvidence, isExact: Bool) {
        (WeightedEvidence(cumulative(), minimum: minimum, maximum: maximum, cancel: cancel), count <= 65_536)
    }

    func objective() -> any GridObjective {
        if count <= 8_192 { return DirectObjective(values, count, largest: largest) }
        return cumulative()
    }

    /// Exact up to 65,536 values.
    private func cumulative() -> CumulativeMoments {
        if count <= 65_536 {
            return CumulativeMoments(sorted: UnsafeBufferPointer(start: values, count: count).sorted())
        }
        let bins = LinearBins(low: minimum, high: maximum)
        let counter = LinearBins.Counter()
        bins.count(values, count, into: counter)
        return bins.objective([counter])
    }

    func errors(_ quantizers: [Quantizer], _ measure: ErrorMeasure) -> [Double] {
        let factor = largest.normalizingFactor
        return quantizers.map { Kernel.set.error(values, count, $0, measure, factor: factor) }
    }

    func cells() -> ValueCells {
        let buffer = UnsafeBufferPointer(start: values, count: count)
        if count <= 1 << 14 { return ValueCells(sorted: buffer.sorted()) }
        var counts = [UInt64](repeating: 0, count: 65_536), sums = [Double](repeating: 0, count: 65_536)
        for value in buffer {
            let key = BucketHistogram.key(value.bitPattern >> 16)
            counts[key] += 1
            sums[key] += Double(value)
        }
        return ValueCells(counts: counts, sums: sums) { [values, count] wanted in
            let slots = BucketSlots(wanted)
            slots.add(values, count)
            return BucketSlots.cells([slots])
        }
    }
}

/// The k-th smallest of some values, by Hoare's selection.
enum Selection {
    /// Rearranges `values` so that `values[k]` is the k-th smallest, none before it larger and none after it smaller.
    static func select(_ k: Int, in values: UnsafeMutableBufferPointer<Float>) -> Float {
        var low = 0, high = values.count - 1
        while low < high {
            let middle = low + (high - low) / 2
            // The median of three as the pivot keeps sorted input linear.
            if values[middle] < values[low] { values.swapAt(middle, low) }
            if values[high] < values[low] { values.swapAt(high, low) }
            if values[high] < values[middle] { values.swapAt(high, middle) }
            let pivot = values[middle]
            var i = low, j = high
            while i <= j {
                while values[i] < pivot { i += 1 }
                while values[j] > pivot { j -= 1 }
                if i <= j {
                    values.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if k <= j { high = j } else if k >= i { low = i } else { break }
        }
        return values[k]
    }
}
