import Basics
import SeededRandom
import Tensors
import Testing

@testable import Quantization

/// Histograms by the kernel are those of the edges, element by element.
@Suite struct DetailTests {
    @Test func binsAreThoseOfTheEdges() {
        var numbers = SeededRandom(17)
        var values = numbers.bell(20_003)
        // Values on edges and next to them, and far beyond.
        for place in 0...40 {
            let edge = Float(-2 + Double(place) * 0.1)
            values += [edge, edge.nextUp, edge.nextDown, edge + 1e-6]
        }
        values += [-1e30, 1e30, -3.4e38, 3.4e38, 0, -0.0, 0x1p-140]
        let windows: [(Double, Double, Int)] = [
            (-2, 2, 40), (-1, 1.5, 25), (0, 0, 8), (-5, 5, 1), (0.3, 0.300_001, 60), (-1e-30, 1e-30, 12),
            (-3e38, 3e38, 50),
            (1e-3, 2, 200), (-7.25, 13.5, 3_000), (-3.4e38, 3.4e38, 64), (-2e38, 2.5e38, 7), (3e38, 3.3e38, 9),
        ]
        for (low, high, bins) in windows {
            let binning = Binning.linear(low: low, high: high, bins: bins), worker = HistogramWorker(binning)
            var plain = Histogram(binning)
            for value in values { plain.add(Double(value)) }
            values.withUnsafeBufferPointer { worker.add($0.baseAddress!, $0.count) }
            #expect(worker.finished() == plain, "\(low)…\(high)")
        }
    }

    @Test func whatIsNotFiniteIsLeftOut() {
        let binning = Binning.linear(low: -1, high: 1, bins: 4), worker = HistogramWorker(binning)
        let values: [Float] = [.nan, 0.5, .infinity, -0.5, -.infinity, 2]
        values.withUnsafeBufferPointer { worker.add($0.baseAddress!, $0.count) }
        #expect(worker.finished().counts == [0, 1, 0, 1] && worker.finished().above == 1)
    }

    /// The picture of a range counts what its quantizer says of each element, whatever way it is read.
    @Test(arguments: [
        "int4 sym tensor", "int8 asym tensor round:away", "int4 sym channel:1",
        "int5 asym channel:0 round:stochastic:5",
        "int4 sym channel:1 round:stochastic:2", "int8 sym convention:onnxruntime", "int12 sym",
        "int4 asym range:static:7",
        "int4 sym clip:manual:-1,1",
    ])
    func detailsAreThoseOfTheElements(text: String) throws {
        var numbers = SeededRandom(5)
        for isDirty in [false, true] {
            var values = numbers.bell(40 * 90)
            if isDirty { values[1_777] = .nan }
            let view = tensor(values, [40, 90]), recipe = try Recipe(text),
                evaluator = try Evaluator(view, recipe: recipe)
            let range = evaluator.rangeCount > 3 ? 3 : 0
            let detail = try evaluator.detail(DetailQuestion(range: range, bins: 50, errorBins: 30))
            let quantizer = try evaluator.quantizer(ofRange: range)
            var codes = [UInt64](repeating: 0, count: quantizer.levelCount), errors = Histogram(detail.errors.binning)
            var original = Histogram(detail.original.binning), squared = 0.0
            let judged = evaluator.tensor.values(0..<evaluator.tensor.count)
            for (index, value) in judged.enumerated()
            where value.isFinite && evaluator.layout.range(ofElement: index) == range {
                let code = quantizer.code(of: value, rounding: recipe.rounding, index: index)
                codes[code - quantizer.lowestCode] += 1
                let error = Double(quantizer.reconstruction(of: code) - value)
                squared += error * error
                original.add(Double(value))
                errors.add(error / Double(quantizer.scale))
            }
            #expect(detail.codeCounts == codes && detail.original == original, "\(text)")
            #expect(close(detail.squaredError, squared, 1e-6), "\(text)")
            // An error within a rounding of an edge may fall on its other side.
            let moved = zip(detail.errors.counts, errors.counts).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(moved <= 2 && detail.errors.below + detail.errors.above == errors.below + errors.above, "\(text)")
        }
    }

    @Test func tablesShowTheSamePicture() throws {
        var numbers = SeededRandom(6)
        let bytes = numbers.bell(5_000).flatMap { value -> [UInt8] in
            let bits = Float16(value).bitPattern
            return [UInt8(bits & 0xFF), UInt8(bits >> 8)]
        }
        let half = try #require(
            TensorView(name: "h", elementType: .float16, shape: Shape([5_000])!, source: ByteArray(bytes)))
        let recipe = try Recipe("int4 asym tensor"), summary = try FirstPass(half).run(WorkContext())
        let table = try Evaluator(half, recipe: recipe, summary: summary).detail(DetailQuestion(range: 0, bins: 40))
        let plain = try Evaluator(tensor(half.values(0..<5_000), [5_000]), recipe: recipe)
            .detail(DetailQuestion(range: 0, bins: 40))
        #expect(table.original == plain.original && table.codeCounts == plain.codeCounts)
        #expect(table.errors.counts == plain.errors.counts && table.reconstruction == plain.reconstruction)
    }
}
