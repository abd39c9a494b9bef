import Basics
import SeededRandom
import Tensors
import Testing

@testable import Quantization

/// Codes of vectors.
@Suite struct VectorFormatTests {
    /// Vectors far from 1 are told apart, and what a short row is padded with is counted.
    @Test func vectorsOfAnySize() throws {
        var numbers = SeededRandom(71)
        let values = numbers.bell(3_000)
        let expected = try Evaluator(tensor(values, [1_000, 3]), recipe: try Recipe("pq2x16")).evaluate().metrics
        #expect(close(expected.size.bits, 2_000 * 4 + 16 * 2 * 32, 1e-12))
        for factor in [Float(0x1p-90), 0x1p80] {
            let scaled = tensor(values.map { $0 * factor }, [1_000, 3])
            let metrics = try Evaluator(scaled, recipe: try Recipe("pq2x16")).evaluate().metrics
            #expect(close(metrics.sqnr ?? 0, expected.sqnr ?? 1, 1e-6))
        }
    }

    /// An estimate of vectors sees the vectors that the exact result sees.
    @Test func estimatesOfVectorsKeepRows() throws {
        var numbers = SeededRandom(72)
        let values = numbers.bell(40_000).flatMap { [$0, $0 * 0.5, $0 * 0.25] }
        let view = tensor(values, [40_000, 3]), recipe = try Recipe("pq4x16")
        let sample = try TensorSample(view, for: recipe)
        let estimate = try #require(
            try Evaluator.estimate(view, recipe: recipe, sample: sample, summary: nil, context: WorkContext()))
        let exact = try Evaluator(view, recipe: recipe).evaluate()
        #expect(abs((estimate.metrics.sqnr ?? 0) - (exact.metrics.sqnr ?? 99)) < 2.5)
    }

    /// Pairs: worse than no scalar code of as many bits, and exact where there are as many centroids as vectors.
    @Test func vectors() throws {
        var numbers = SeededRandom(23)
        // Neighbours that are nearly alike: what two of them have in common is saved.
        let base = numbers.bell(4_096), noise = numbers.bell(4_096)
        let values = zip(base, noise).flatMap { [$0, $0 + 0.05 * $1] }
        let view = tensor(values, [64, 128])
        let vector = try Evaluator(view, recipe: try Recipe("pq2x16")).evaluate().metrics
        let scalar = try Evaluator(view, recipe: try Recipe("kmeans2 tensor")).evaluate().metrics
        #expect(vector.mse < scalar.mse / 4 && vector.levelsUsed == 16)
        #expect(close(vector.size.bitsPerWeight, 2 + 16 * 2 * 32 / 8_192.0, 1e-12))
        let few = try Evaluator(tensor([1, 2, 3, 4, 1, 2, 5], [1, 7]), recipe: try Recipe("pq2x4")).evaluate()
        #expect(few.metrics.mse == 0 && few.codeCounts.reduce(0, +) == 4)
    }

    /// Errors of rounds and starts are compared in one unit: the book of scaled values is the scaled book.
    @Test(arguments: [(2, 16), (8, 16), (3, 50)])
    func learningDoesNotDependOnTheUnit(_ dimension: Int, _ centroids: Int) throws {
        var numbers = SeededRandom(73)
        let values = numbers.bell(6_000 * dimension).map { $0 * 0.9 }
        func book(_ factor: Float) throws -> VectorBook {
            try VectorLearner(values.map { $0 * factor }, dimension: dimension, isQuick: false)
                .book(centroids, WorkContext(threads: 2))
        }
        func error(_ book: VectorBook, _ factor: Float) -> Double {
            let scaled = values.map { $0 * factor }
            let (_, distances) = scaled.withUnsafeBufferPointer {
                NearestCentroid(book, factor: 1 / factor).nearest($0.baseAddress!, values.count / dimension)
            }
            return distances.reduce(0) { $0 + Double($1) }
        }
        let own = try book(1), least = error(own, 1)
        for exponent in [-60, -1, 1, 40] {
            let factor = Float(sign: .plus, exponent: exponent, significand: 1)
            #expect(try book(factor).centroids == own.centroids.map { $0 * factor })
        }
        for factor: Float in [1.1, 1.3, 1.5, 1.7, 1.9] {
            #expect(close(error(try book(factor), factor), least, 0.01), "times \(factor)")
        }
    }
}
