/// What a calibrator may ask about the finite values of one range. There is at least one value.
///
/// The answers are exact; `objective` is what searches are guided by, and may be approximate where values are too many to
/// keep.
protocol RangeEvidence: AnyObject {
    var count: Int { get }
    var minimum: Float { get }
    var maximum: Float { get }
    /// The mean and the population's standard deviation.
    func meanAndDeviation() throws(Cancelled) -> (mean: Double, deviation: Double)
    /// Quantiles of the values, or of their magnitudes, by linear interpolation between order statistics.
    func quantiles(_ fractions: [Double], ofMagnitudes: Bool) throws(Cancelled) -> [Double]
    /// The squared error of a grid as a function of its step and place.
    func objective() throws(Cancelled) -> any GridObjective
    /// Candidates that a scan over limits may try.
    var scanLength: Int { get }
    /// Σ(x̂ - x)² under each quantizer and rounding to nearest even.
    func squaredErrors(_ quantizers: [AffineQuantizer]) throws(Cancelled) -> [Double]
}

/// How dense scans are: as dense as time allows, which only the size of the whole tensor decides.
enum ScanDensity {
    static func candidates(tensorCount: Int) -> Int { max(80, min(2_000, (1 << 32) / max(1, tensorCount))) }
}

extension RangeEvidence {
    var largest: Float { max(abs(minimum), abs(maximum)) }
}

/// A grid of equal steps with a level at zero: levels S·r for r from `low` to `high`.
struct StepGrid: Hashable {
    var step: Double
    var low: Int
    var high: Int
}

/// Error sums of grids over fixed values.
protocol GridObjective {
    /// Σ(S·r(x) - x)².
    func squaredError(_ grid: StepGrid) -> Double
    /// Σx·r(x) and Σr(x)²; their quotient is the best step for this assignment of values to levels.
    func fit(_ grid: StepGrid) -> (product: Double, square: Double)
    /// How much one call of `squaredError` costs, in looks at an element of memory, for a grid of so many levels.
    func cost(levels: Int) -> Int
}
