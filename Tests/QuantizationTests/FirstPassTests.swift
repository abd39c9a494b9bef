import Basics
import Tensors
import SeededRandom
import Testing

@testable import Quantization

@Suite struct FirstPassTests {
    @Test(arguments: [(1, 0.0), (1_000, 0), (300_001, 3), (70_000, -250)])
    func statisticsEqualTheDefinition(count: Int, offset: Double) throws {
        var numbers = SeededRandom(11)
        var values = numbers.bell(count).map { $0 + Float(offset) }
        if count > 10 { values[3] = 0 }
        let statistics = try FirstPass(tensor(values, [count])).run(WorkContext(threads: 2)).statistics
        let n = Double(count), mean = values.reduce(0) { $0 + Double($1) } / n
        func moment(_ k: Int) -> Double {
            values.reduce(0) { sum, x in sum + (0..<k).reduce(1) { product, _ in product * (Double(x) - mean) } } / n
        }
        #expect(statistics.count == count && statistics.nanCount == 0 && statistics.infinityCount == 0)
        #expect(statistics.minimum == Double(values.min()!) && statistics.maximum == Double(values.max()!))
        #expect(statistics.zeroCount == values.count { $0 == 0 })
        #expect(close(statistics.mean!, mean, 1e-7, floor: 1e-7))
        #expect(close(statistics.standardDeviation!, moment(2).squareRoot(), 1e-6))
        if count > 1 {
            #expect(close(statistics.skewness!, moment(3) / (moment(2) * moment(2).squareRoot()), 1e-4, floor: 1e-5))
            #expect(close(statistics.kurtosis!, moment(4) / (moment(2) * moment(2)), 1e-5))
        } else {
            #expect(statistics.skewness == nil && statistics.kurtosis == nil)
        }
        let sorted = values.sorted()
        for (point, value) in zip(TensorStatistics.percentilePoints, statistics.percentiles!) {
            let position = point / 100 * Double(count - 1), lower = Int(position), upper = min(lower + 1, count - 1)
            let expected =
                Double(sorted[lower]) + (Double(sorted[upper]) - Double(sorted[lower])) * (position - Double(lower))
            #expect(value == expected, "percentile \(point)")
        }
    }

    /// Far from zero, where most digits of every value are the same.
    @Test(arguments: [(300, 3e5, 1.0), (5_000, -2e4, 0.04), (40_000, 1.0, 1e-5), (70_001, 65_536, 0.5)])
    func momentsFarFromZero(count: Int, offset: Double, spread: Double) throws {
        var numbers = SeededRandom(17)
        let values = numbers.bell(count).map { x in Float(offset + spread * Double(x * x - x)) }
        let s = try FirstPass(tensor(values, [count])).run(WorkContext(threads: 2)).statistics
        let n = Double(count), mean = offset + values.reduce(0) { $0 + (Double($1) - offset) } / n
        func moment(_ k: Int) -> Double {
            values.reduce(0) { sum, x in sum + (0..<k).reduce(1) { product, _ in product * (Double(x) - mean) } } / n
        }
        let deviation = moment(2).squareRoot()
        #expect(abs(s.mean! - mean) <= 1e-6 * deviation)
        #expect(close(s.standardDeviation!, deviation, 1e-6))
        #expect(close(s.skewness!, moment(3) / (deviation * deviation * deviation), 1e-4))
        #expect(close(s.kurtosis!, moment(4) / (moment(2) * moment(2)), 1e-4))
    }

    /// A constant is its own mean and has no spread, whatever Float32 or 16-bit tables do to sums.
    @Test(arguments: [ElementType.float32, .bfloat16])
    func constantsHaveNoSpread(_ type: ElementType) throws {
        for value: Float in [0.37, -1e-20, 3e30, 1.1] {
            for count in [3, 1_000, 300_001] {
                let bytes = (0..<count).flatMap { _ in
                    type == .float32
                        ? withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
                        : withUnsafeBytes(of: UInt16(value.bitPattern >> 16).littleEndian) { Array($0) }
                }
                let stored = type == .float32 ? value : Float(bitPattern: value.bitPattern & 0xFFFF_0000)
                let view = try #require(
                    TensorView(name: "c", elementType: type, shape: Shape([count])!, source: ByteArray(bytes)))
                let s = try FirstPass(view).run(WorkContext(threads: 2)).statistics
                #expect(s.mean == Double(stored) && s.standardDeviation == 0)
                #expect(s.skewness == nil && s.kurtosis == nil)
                for clip in ["aciq-gauss", "aciq-laplace", "sigma:3", "octav", "entropy", "mse"] {
                    let evaluation = try Evaluator(view, recipe: try Recipe("int8 clip:\(clip)")).evaluate()
                    #expect(evaluation.metrics.mse.squareRoot() <= Double(abs(stored)) * 1e-6, "\(clip) of \(stored)")
                }
            }
        }
    }

    @Test func whatIsNotFiniteIsCountedApart() throws {
        let values: [Float] = [1, .nan, -2, .infinity, -.infinity, 0, -0.0, .nan]
        let statistics = try FirstPass(tensor(values, [8])).run(WorkContext()).statistics
        #expect(statistics.count == 8 && statistics.nanCount == 2 && statistics.infinityCount == 2)
        #expect(statistics.zeroCount == 2 && statistics.minimum == -2 && statistics.maximum == 1)
        let none = try FirstPass(tensor([.nan], [1])).run(WorkContext()).statistics
        #expect(none.minimum == nil && none.mean == nil && none.percentiles == nil)
    }

    @Test(arguments: [Float(1e38), 0x1p-146, 1e-30, 1])
    func magnitudes(size: Float) throws {
        let values = (0..<1_000).map { Float($0 - 500) / 500 * size }
        let statistics = try FirstPass(tensor(values, [1_000])).run(WorkContext()).statistics
        let mean = values.reduce(0) { $0 + Double($1) } / 1_000
        let deviation = (values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 1_000).squareRoot()
        #expect(close(statistics.standardDeviation!, deviation, 1e-5))
        #expect(statistics.kurtosis!.isFinite)
    }

    /// A pass that was stopped goes on where it was and ends with the same numbers.
    @Test func resumes() throws {
        var numbers = SeededRandom(2)
        let some = numbers.bell(4_096)
        let values = (0..<(Tiling.chunk * 40)).map { some[$0 & 4_095] }
        let whole = tensor(values, [values.count])
        let pass = FirstPass(whole), cancel = CancelFlag()
        #expect(throws: Cancelled.self) {
            try pass.run(WorkContext(threads: 2, cancel: cancel) { _ in cancel.cancel() })
        }
        #expect(pass.summary == nil)
        let resumed = try pass.run(WorkContext(threads: 2)), direct = try FirstPass(whole).run(WorkContext(threads: 1))
        #expect(resumed.statistics == direct.statistics)
        #expect(resumed.buckets.counts == direct.buckets.counts)
        #expect(resumed.buckets.counts.reduce(0, +) == UInt64(values.count))
    }

    @Test func bucketEdgesHoldTheirValues() {
        for value: Float in [-3.5, -0x1p-133, -0.0, 0, 0x1p-139, 0.1, 7e37] {
            let edges = BucketHistogram.edges(BucketHistogram.key(value.bitPattern >> 16))
            #expect(edges.low <= value && value <= edges.high)
        }
    }
}

@Suite struct HistogramTests {
    @Test func binsHoldTheirLowerEdge() throws {
        let binning = Binning.linear(low: 0, high: 1, bins: 4)
        var histogram = Histogram(binning)
        for value in [-0.1, 0, 0.25, 0.2499999, 0.5, 0.75, 1, 1.0000001] { histogram.add(value) }
        #expect(histogram.counts == [2, 1, 1, 2] && histogram.below == 1 && histogram.above == 1)
    }

    @Test(arguments: [7, 64, 1_000])
    func everyElementIsInTheBinOfItsEdges(bins: Int) throws {
        var numbers = SeededRandom(6)
        let values = numbers.bell(5_000) + [.nan, .infinity]
        let binning = Binning.linear(low: -1.7, high: 2.9, bins: bins)
        let histogram = try Histogram.of(tensor(values, [5_002]), binning: binning)
        var expected = Histogram(binning)
        for value in values.map({ Double($0) }) where value.isFinite {
            if value < binning.edges[0] {
                expected.below += 1
            } else if value > binning.edges[bins] {
                expected.above += 1
            } else {
                let bin = (0..<bins).last { binning.edges[$0] <= value }!
                expected.counts[bin] += 1
            }
        }
        #expect(histogram == expected)
        #expect(histogram.counts.reduce(0, +) + histogram.below + histogram.above == 5_000)
    }

    @Test func logarithmicBinsCountMagnitudes() {
        let binning = Binning.logarithmic(low: 0.001, high: 1_000, bins: 6)
        var histogram = Histogram(binning)
        for value in [0, 0.0005, -0.005, 0.05, 0.5, -5, 50, 500, 5_000] { histogram.add(value) }
        #expect(histogram.counts == [1, 1, 1, 1, 1, 1] && histogram.below == 2 && histogram.above == 1)
    }

    @Test func aRangeWithoutWidthIsWidened() {
        let binning = Binning.linear(low: 2, high: 2, bins: 2)
        #expect(binning.edges == [1.5, 2, 2.5])
    }
}
