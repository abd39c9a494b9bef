public import Basics
import Tensors

/// Repeated draws of stochastic rounding against rounding to nearest, in steps (survey III-H).
///
/// A value with the fraction p of a step above a level goes up with probability p: its mean error is 0 and its variance p(1 - p)S²,
/// S²/6 on average over evenly spread fractions. To nearest, the error is fixed and its square S²/12 on average.
public struct StochasticStudy: Sendable {
    /// Elements looked at, which are not clipped, and draws of each.
    public let elements: Int
    public let draws: Int
    /// The mean error over all draws, and how far from zero chance takes it (one standard deviation of that mean).
    public let bias: Double
    public let biasDeviation: Double
    /// The mean over elements of the variance over draws, and what the elements' fractions let expect, p(1 - p).
    public let variance: Double
    public let expectedVariance: Double
    /// The mean error and the mean squared error to nearest, ties to even.
    public let nearestBias: Double
    public let nearestSquaredError: Double
    /// The largest distance, over the elements, of the mean over draws from the value; and of rounding to nearest.
    public let largestMeanError: Double
    public let nearestLargestError: Double

    static let mostElements = 4_096
    public static let usualDraws = 256
}

extension Evaluator {
    /// Draws on elements spread over a range. nil where none lies within the outermost levels.
    public func stochasticStudy(
        ofRange range: Int, draws: Int = StochasticStudy.usualDraws, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> StochasticStudy? {
        guard case .affine(let quantizer) = try quantizer(ofRange: range, context: context) else { return nil }
        let sample = spread(ofRange: range, StochasticStudy.mostElements).filter {
            $0.value.isFinite && !quantizer.isClipped($0.value)
        }
        guard !sample.isEmpty else { return nil }
        let step = Double(quantizer.scale)
        func error(_ value: Float, _ rounding: Rounding, _ index: Int) -> Double {
            let code = quantizer.code(of: value, rounding: rounding, index: index)
            return Double(quantizer.reconstruction(of: code) - value) / step
        }
        var bias = 0.0, variance = 0.0, expected = 0.0, nearest = 0.0, nearestSquare = 0.0
        var largestMean = 0.0, largestNearest = 0.0
        for (value, index) in sample {
            if context.cancel.isCancelled { throw Cancelled() }
            var sum = 0.0, square = 0.0
            for seed in 1...draws {
                let e = error(value, .stochastic(seed: UInt64(seed)), index)
                sum += e
                square += e * e
            }
            let mean = sum / Double(draws)
            bias += mean
            variance += (square - sum * mean) / Double(max(1, draws - 1))
            let t = Double(value) / step, fraction = t - t.rounded(.down)
            // Beyond an outermost level, where saturation leaves one outcome, nothing varies.
            let low = Double(quantizer.lowestCode - quantizer.zeroPoint)
            let high = Double(quantizer.highestCode - quantizer.zeroPoint)
            expected += t < low || t > high ? 0 : fraction * (1 - fraction)
            let e = error(value, .even, index)
            nearest += e
            nearestSquare += e * e
            largestMean = max(largestMean, abs(mean))
            largestNearest = max(largestNearest, abs(e))
        }
        let n = Double(sample.count)
        return StochasticStudy(
            elements: sample.count, draws: draws, bias: bias / n,
            biasDeviation: (expected / n / (n * Double(draws))).squareRoot(), variance: variance / n,
            expectedVariance: expected / n, nearestBias: nearest / n, nearestSquaredError: nearestSquare / n,
            largestMeanError: largestMean, nearestLargestError: largestNearest)
    }

    /// Some elements of a range, evenly spread, with their numbers in the tensor.
    private func spread(ofRange range: Int, _ most: Int) -> [(value: Float, index: Int)] {
        let runs = layout.runs(ofRange: range), width = runs.columns.count
        let count = min(runs.count, most)
        return (0..<count).map { place in
            let position = place * runs.count / count
            let index = runs.run(inRow: runs.rows.lowerBound + position / width).lowerBound + position % width
            return (tensor.values(index..<index + 1)[0], index)
        }
    }
}
