import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Quantization

/// Levels of the least squared error, and those of equal counts.
@Suite struct KMeansTests {
    /// kmeans1d is exact.
    @Test func kMeansLeavesTheLeastError() throws {
        for entry in try #require(FormatCases.book["clusters"] as? [[String: Any]]) {
            let values = FormatCases.floats(entry["values"]).compactMap { $0 }
            let levels = try #require(entry["levels"] as? Int), least = try #require(entry["squared_error"] as? Double)
            let book = try OptimalPartition.book(
                of: ValueCells(sorted: values.sorted()), levels: levels, isQuick: false, cancel: nil)
            #expect(close(squaredError(values, book), least, 1e-6))
        }
    }

    /// All ways of cutting a few sorted values into runs.
    @Test func kMeansEqualsBruteForce() throws {
        var numbers = SeededRandom(12)
        for round in 0..<200 {
            let count = 2 + round % 9, levels = 1 + round % 5
            var values = numbers.bell(count)
            if round % 3 == 0 { for i in values.indices { values[i] = (values[i] * 2).rounded() } }
            let sorted = values.sorted().map { Double($0) }
            func best(_ from: Int, _ left: Int) -> Double {
                guard from < count else { return 0 }
                guard left > 0 else { return .infinity }
                return (from + 1...count).map { end in
                    let part = sorted[from..<end], mean = part.reduce(0, +) / Double(part.count)
                    return part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } + best(end, left - 1)
                }.min() ?? .infinity
            }
            let book = try OptimalPartition.book(
                of: ValueCells(sorted: values.sorted()), levels: levels, isQuick: false, cancel: nil)
            let error = squaredError(values, book), least = best(0, levels)
            #expect(close(error, least, 1e-6, floor: 1e-10), "\(values) at \(levels): \(error), not \(least)")
        }
    }

    /// Values too many to sort: what buckets lead to equals what sorting leads to.
    @Test func kMeansOfManyValuesIsTheSame() throws {
        var numbers = SeededRandom(14)
        let values = numbers.bell(60_000).map { $0 * 0.3 + 0.1 }
        for levels in [2, 4, 16] {
            let exact = try OptimalPartition.book(
                of: ValueCells(sorted: values.sorted()), levels: levels, isQuick: false, cancel: nil)
            let found = try values.withUnsafeBufferPointer { buffer in
                let evidence = ValuesEvidence(buffer.baseAddress!, buffer.count, minimum: 0, maximum: 0, scanLength: 1)
                return try OptimalPartition.book(
                    of: evidence.cells(), levels: levels, isQuick: false, cancel: nil)
            }
            #expect(close(squaredError(values, exact), squaredError(values, found), 1e-9))
        }
    }

    /// B.1: levels and errors of the optimal quantizer.
    @Test func lloydMax() throws {
        let gauss = quantiles(.gauss, 1 << 16), laplace = quantiles(.laplace, 1 << 16)
        for (levels, positive) in [
            (4, [0.45278, 1.51042]), (8, [0.24509, 0.75601, 1.34391, 2.15195]),
            (16, [0.12840, 0.38805, 0.65676, 0.94234, 1.25623, 1.61805, 2.06902, 2.73259]),
        ] {
            let book = try leastErrorBook(gauss, levels)
            for (level, expected) in zip(book.levels.dropFirst(levels / 2), positive) {
                #expect(abs(Double(level) - expected) < 0.003, "\(level), not \(expected)")
            }
        }
        let thresholds = try leastErrorBook(gauss, 8).thresholds.dropFirst(4)
        for (threshold, expected) in zip(thresholds, [0.50055, 1.04996, 1.74793]) {
            #expect(abs(Double(threshold) - expected) < 0.003)
        }
        for (model, values, bits, expected) in [
            ("gauss", gauss, 1, 0.3633802276), ("gauss", gauss, 2, 0.1174818478), ("gauss", gauss, 3, 0.0345477608),
            ("gauss", gauss, 4, 0.0095010080), ("gauss", gauss, 5, 0.0025046684), ("laplace", laplace, 1, 0.5),
            ("laplace", laplace, 2, 0.1761948811), ("laplace", laplace, 3, 0.0544759879),
            ("laplace", laplace, 4, 0.0153725271),
        ] {
            let error = squaredError(values, try leastErrorBook(values, 1 << bits)) / Double(values.count)
            #expect(close(error, expected, 0.006), "\(model) \(bits): \(error), not \(expected)")
        }
    }

    /// L15: k-means on the 4,096 quantiles. The errors are kmeans1d's; those of the survey's table, from Lloyd's iteration, are a little
    /// larger (.117319, .034411, .009415).
    @Test func kMeansOnTheSample() throws {
        let sample = try SampleCatalog.open().tensor(named: "gauss")
        let power = sample.values(0..<sample.count).reduce(0) { $0 + Double($1) * Double($1) } / Double(sample.count)
        for (bits, levels, error) in [
            (2, [0.45216731, 1.50970829], 0.11731919018),
            (3, [0.24508673, 0.75580753, 1.343453, 2.15100133], 0.03440948699),
            (4, [0.12891769, 0.38815367, 0.65635055, 0.94167827], 0.00940048551),
        ] {
            let evaluation = try Evaluator(sample, recipe: try Recipe("kmeans\(bits)")).evaluate()
            #expect(close(evaluation.metrics.mse / power, error, 1e-6))
            for (level, expected) in zip(evaluation.quantizers[0].levels.dropFirst(1 << (bits - 1)), levels) {
                // The mirror image of an optimum is one too.
                #expect(abs(Double(level) - expected) < 0.003)
            }
        }
    }

    /// Equal values across cells belong together, and the value after them does too.
    @Test func quantileTies() throws {
        let values: [Float] = [1, 1, 1, 1, 1, 2, 3, 5, 9, 10, 11, 12]
        let book = try Evaluator(tensor(values, [12]), recipe: try Recipe("quantile2")).evaluate()
        #expect(book.quantizers[0].levels == [1, 5, 11])
        #expect(Array(book.codeCounts.prefix(3)) == [6, 3, 3])
    }

    /// Cells of equal count.
    @Test func quantileCells() throws {
        var numbers = SeededRandom(77)
        for (count, bits) in [(64, 2), (1_000, 3), (40_000, 4), (300_000, 8)] {
            let values = numbers.bell(count)
            let evaluation = try Evaluator(tensor(values, [count]), recipe: try Recipe("quantile\(bits)")).evaluate()
            let share = Double(count) / Double(1 << bits)
            // Equal values of a coarse generator stay together.
            for codes in evaluation.codeCounts { #expect(abs(Double(codes) - share) <= max(2, share * 0.02)) }
            let sorted = values.sorted()
            let first = sorted[..<Int(share)]
            let median = (Double(first[(first.count - 1) / 2]) + Double(first[first.count / 2])) / 2
            #expect(close(Double(evaluation.quantizers[0].levels[0]), median, 1e-6))
        }
        let few = try Evaluator(tensor([1, 1, 1, 2], [4]), recipe: try Recipe("quantile2")).evaluate()
        #expect(few.metrics.mse == 0)
    }

    private func leastErrorBook(_ values: [Float], _ levels: Int) throws -> CodeBook {
        try OptimalPartition.book(of: ValueCells(sorted: values), levels: levels, isQuick: false, cancel: nil)
    }
}
