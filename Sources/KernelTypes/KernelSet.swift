/// The inner loops. One source is built for several levels of the processor, each of which conforms.
///
/// Elements are finite where nothing else is said; sums are of values that were multiplied by a factor first.
public protocol KernelSet: Sendable {
    /// Extremes, zeros, and whether any element is not finite. NaN does not enter the extremes, infinities do.
    static func extremes(_ x: UnsafePointer<Float>, _ count: Int) -> KernelExtremes
    /// The extremes of finite elements.
    static func range(_ x: UnsafePointer<Float>, _ count: Int) -> (low: Float, high: Float)
    /// Lowers `low[i]` and raises `high[i]` to hold x[i].
    static func widenColumns(
        _ x: UnsafePointer<Float>, _ count: Int, _ low: UnsafeMutablePointer<Float>, _ high: UnsafeMutablePointer<Float>
    )
    /// The sum of x·factor.
    static func sum(_ x: UnsafePointer<Float>, _ count: Int, factor: Float, pivot: Float) -> Double
    /// Sums of the first to fourth powers of x·factor - pivot.
    static func powerSums(_ x: UnsafePointer<Float>, _ count: Int, factor: Float, pivot: Float) -> KernelPowerSums
    /// Counts the elements by the upper sixteen bits of their patterns, in two tables of 65,536 that belong together.
    static func countBuckets(
        _ x: UnsafePointer<Float>, _ count: Int, _ first: UnsafeMutablePointer<UInt32>,
        _ second: UnsafeMutablePointer<UInt32>
    )
    /// Counts into `bins` equal bins from `low` on, `counts[0]` below and `counts[bins + 1]` above: the bin's number plus one.
    ///
    /// The bin is found in Float32, so that an element within a rounding error of an edge may fall on its other side: this
    /// serves searches. `counts` are four tables of `bins + 2` that belong together.
    static func countBins(
        _ x: UnsafePointer<Float>, _ count: Int, low: Float, binsPerUnit: Float, bins: Int,
        _ counts: UnsafeMutablePointer<UInt32>
    )
    /// Σ(x̂ - x)² times the factor's square for one grid and rounding to nearest even: the objective of searches.
    static func squaredError(_ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, factor: Float) -> Double
    /// Quantizes and reconstructs finite elements in runs of 2^shift that share a grid each, and adds up their errors.
    static func evaluate(
        _ x: UnsafePointer<Float>, _ count: Int, runs: KernelGridColumns, shift: Int, codec: KernelCodec,
        index: UInt64, factors: KernelFactors, outputs: KernelOutputs, into sums: inout KernelSums
    )
    /// Adds the sum of each run of 2^shift values, times `unit`, to its total, shift being 4 or more and `count` whole runs.
    static func addRuns(
        _ x: UnsafePointer<Float>, _ count: Int, shift: Int, unit: Double, _ totals: UnsafeMutablePointer<Double>
    )
    /// totals[i] += x[i]·unit.
    static func addColumns(
        _ x: UnsafePointer<Float>, _ count: Int, unit: Double, _ totals: UnsafeMutablePointer<Double>
    )
    /// Σx·r times the factor, and Σr², for one grid and rounding to nearest even.
    static func fit(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, factor: Float
    ) -> (product: Double, square: Double)
    /// The reconstructions of elements that share one grid.
    static func reconstruct(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, codec: KernelCodec, index: UInt64,
        into output: UnsafeMutablePointer<Float>
    )
    /// Quantizes and reconstructs finite elements that share one grid, and adds up their errors.
    static func evaluate(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, codec: KernelCodec, index: UInt64,
        factors: KernelFactors, outputs: KernelOutputs, into sums: inout KernelSums
    )
    /// The same where the grid changes from element to element.
    static func evaluate(
        _ x: UnsafePointer<Float>, _ count: Int, columns: KernelGridColumns, codec: KernelCodec, index: UInt64,
        factors: KernelFactors, outputs: KernelOutputs, into sums: inout KernelSums
    )
    /// Σ|x̂ - x| times the factor for one grid and rounding to nearest even.
    ///
    /// Searches call it for short ranges by the million: written out it is twice as fast as by `total(_:lanes:single:)`.
    static func absoluteError(_ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, factor: Float) -> Double
    /// Σ|x·factor - pivot|.
    static func absoluteDeviation(_ x: UnsafePointer<Float>, _ count: Int, factor: Float, pivot: Float) -> Double
    /// How many magnitudes are at least `high`, their sum times the factor, and those magnitudes from `low` up to it, which are
    /// written to `output` (room for `count`).
    static func tails(
        _ x: UnsafePointer<Float>, _ count: Int, low: Float, high: Float, factor: Float,
        _ output: UnsafeMutablePointer<Float>
    ) -> KernelTails
    /// Counts magnitudes into `bins` equal bins (at most 2,048) over [0, largest], exactly by the edges largest·j/bins in
    /// Double; the last bin holds its upper edge. `counts` are four tables of `bins` that belong together.
    static func countMagnitudes(
        _ x: UnsafePointer<Float>, _ count: Int, largest: Float, bins: Int, _ counts: UnsafeMutablePointer<UInt32>
    )
    /// Σ(y - x)² times the factor's square.
    static func squaredDistance(
        _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int, factor: Float
    ) -> Double
    /// Counts finite elements into bins between equal edges, exactly as the edges say: `counts[0]` below the first, then the bins,
    /// then above the last; a bin holds its lower edge, the last one its upper edge too. `counts` are four tables of `bins + 2`
    /// that belong together.
    ///
    /// Found in Float32 where that leaves no doubt, and by the edges themselves near them.
    static func countEdges(
        _ x: UnsafePointer<Float>, _ count: Int, edges: UnsafePointer<Double>, bins: Int,
        _ counts: UnsafeMutablePointer<UInt32>
    )
    /// Adds the products of four rows with a panel of 32 columns: output[r·32 + c] += Σₖ rows[r·stride + k]·panel[k·32 + c].
    ///
    /// Without fused operations, so that the result is the same on every processor.
    static func addProducts(
        _ rows: UnsafePointer<Float>, stride: Int, _ panel: UnsafePointer<Float>, count: Int,
        into output: UnsafeMutablePointer<Double>
    )
}
