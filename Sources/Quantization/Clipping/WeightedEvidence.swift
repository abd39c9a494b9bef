import Basics

/// Evidence from distinct values with how often each occurs: exact from a `ValueTable`, approximate where each value stands for
/// a bin.
final class WeightedEvidence: RangeEvidence {
    let moments: CumulativeMoments
    let minimum: Float
    let maximum: Float
    let cancel: CancelFlag?
    /// Searches are to be done within a frame or two.
    var isProposal = false
    var scanLength: Int { isProposal ? 400 : ScanDensity.candidates(tensorCount: 0) }
    var searchBudget: Int { isProposal ? 4_000_000 : ScanDensity.budget }

    /// - Parameters:
    ///   - minimum: of the values themselves, which bins hide.
    init(_ moments: CumulativeMoments, minimum: Float, maximum: Float, cancel: CancelFlag? = nil) {
        self.cancel = cancel
        self.moments = moments
        self.minimum = minimum
        self.maximum = maximum
    }

    var count: Int { Int(moments.total) }
    func sketch() -> WeightedEvidence? { nil }
    func weighted() -> (evidence: WeightedEvidence, isExact: Bool) { (self, true) }
    func objective() -> any GridObjective { moments }

    /// Calls `body` with every value that occurs, in ascending order.
    @inline(__always)
    private func forEach(_ body: (_ value: Double, _ times: Double) -> Void) {
        for position in 0..<moments.size {
            let (value, times) = moments.point(position)
            if times > 0 { body(value, times) }
        }
    }

    func meanAndDeviation() -> (mean: Double, deviation: Double) {
        // About a value of the data: exact for constants, and nothing is lost far from zero.
        let pivot = Double(minimum)
        var sum = 0.0, squares = 0.0
        forEach { value, times in sum += (value - pivot) * times }
        let mean = pivot + sum / moments.total
        forEach { value, times in squares += (value - mean) * (value - mean) * times }
        return (mean, (squares / moments.total).squareRoot())
    }

    func meanDistance(from centre: Double) -> Double {
        var sum = 0.0
        forEach { value, times in sum += abs(value - centre) * times }
        return sum / moments.total
    }

    func quantiles(_ fractions: [Double], ofMagnitudes: Bool) -> [Double] {
        let source = ofMagnitudes ? magnitudes : moments
        return fractions.map { fraction in
            let place = OrderStatistics.position(of: fraction, count: count)
            let lower = source.point(source.position(ofRank: Double(place.lower))).value
            let upper = source.point(source.position(ofRank: Double(place.upper))).value
            return lower + (upper - lower) * place.weight
        }
    }

    private var magnitudes: CumulativeMoments {
        var points: [(value: Float, times: Double)] = []
        forEach { value, times in points.append((Float(abs(value)), times)) }
        points.sort { $0.value < $1.value }
        return CumulativeMoments(distinct: points.map { $0.value }, times: points.map { $0.times })
    }

    func magnitudes(bins: Int) -> MagnitudeBins {
        var counts = [Double](repeating: 0, count: bins)
        let largest = Double(largest)
        forEach { value, times in
            let m = abs(value)
            var bin = min(bins - 1, Int(m / largest * Double(bins)))
            if bin > 0, m < largest * (Double(bin) / Double(bins)) { bin -= 1 }
            if bin < bins - 1, m >= largest * (Double(bin + 1) / Double(bins)) { bin += 1 }
            counts[bin] += times
        }
        return MagnitudeBins(counts: counts)
    }

    func tails(from low: Float, below high: Float, most: Int) -> MagnitudeTails? {
        var above = (count: 0.0, sum: 0.0), between: [(value: Float, times: Double)] = []
        forEach { value, times in
            let m = Float(abs(value))
            if m >= high {
                above.count += times
                above.sum += times * Double(m)
            } else if m >= low {
                between.append((m, times))
            }
        }
        return MagnitudeTails(low: low, high: high, above: above, between: between)
    }

    func errors(_ quantizers: [Quantizer], _ measure: ErrorMeasure) -> [Double] {
        quantizers.map { quantizer in
            if case .affine(let affine) = quantizer { return moments.error(StepGrid(affine), measure) }
            let errors = moments.errors(quantizer, .even)
            return measure == .squared ? errors.clipped + errors.rounded : errors.absolute
        }
    }

    func cells() -> ValueCells {
        var values: [(value: Float, times: Double)] = []
        forEach { value, times in values.append((Float(value), times)) }
        return ValueCells(distinct: values)
    }
}
