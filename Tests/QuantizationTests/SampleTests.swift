import Basics
import Tensors
import SeededRandom
import Testing

@testable import Quantization

@Suite struct TensorSampleTests {
    /// Estimates come near the exact result, and keep what does not depend on values.
    @Test(arguments: [
        "int4 sym tensor", "int8 asym channel:0", "int4 sym channel:1", "int4 sym group:128", "int4 asym group:32@0",
        "int4 sym block:64x64", "int4 sym tensor clip:mse", "int4 sym group:64 clip:percentile:99",
        "int4 sym channels:7@0",
    ])
    func estimates(text: String) throws {
        var numbers = SeededRandom(77)
        let some = numbers.bell(60_013)
        let large = tensor((0..<(1_100 * 1_000)).map { some[$0 % 60_013] }, [1_100, 1_000])
        let recipe = try Recipe(text)
        let summary = try FirstPass(large).run(WorkContext())
        let exact = try Evaluator(large, recipe: recipe, summary: summary).evaluate()
        let sample = try TensorSample(large, for: recipe)
        #expect(sample.view.count <= 2 * TensorSample.budget)
        let estimate = try #require(
            try Evaluator.estimate(large, recipe: recipe, sample: sample, summary: summary, context: WorkContext()))
        #expect(!estimate.isExact && exact.isExact)
        // A part of a long range misses its extremes, and so comes out a little too well.
        #expect(abs(estimate.metrics.sqnr! - exact.metrics.sqnr!) < 0.5)
        #expect(estimate.metrics.size == exact.metrics.size)
        #expect(estimate.rangeCount == exact.rangeCount)
        #expect(estimate.worstRange < exact.rangeCount)
    }

    @Test(
        arguments: [[1], [3, 5], [2, 400_000], [400_000, 2], [3, 2, 200_000], [1, 300_001]],
        RangeLayoutTests.granularities)
    func anyShapeCanBeSampled(extents: [Int], granularity: Granularity) throws {
        let count = extents.reduce(1, *)
        let view = tensor((0..<count).map { Float($0 % 101) }, extents)
        guard let sample = try? TensorSample(view, for: Recipe(granularity: granularity)) else { return }
        #expect(sample.view.count > 0 && sample.view.count == sample.layout.count)
        let estimate = try Evaluator.estimate(
            view, recipe: Recipe(granularity: granularity), sample: sample, summary: nil, context: WorkContext())
        #expect(estimate != nil)
    }

    /// What a key is answered with is near to what follows, for every format.
    @Test(
        arguments: FormatCatalog.families.flatMap { $0.tableSettings }.filter {
            !$0.hasPrefix("pq") || $0 == "pq2x16"
        })
    func estimatesOfFormatsAreNear(text: String) throws {
        var numbers = SeededRandom(63)
        let recipe = try Recipe(text), columns = 1_000.pieces(of: recipe.format.rowMultiple) * recipe.format.rowMultiple
        let view = tensor(numbers.bell(300 * columns), [300, columns])
        let summary = try FirstPass(view).run(WorkContext())
        let sample = try TensorSample(view, for: recipe)
        let estimate = try #require(
            try Evaluator.estimate(view, recipe: recipe, sample: sample, summary: summary, context: WorkContext()))
        let exact = try Evaluator(view, recipe: recipe, summary: summary).evaluate()
        let a = try #require(estimate.metrics.sqnr), b = try #require(exact.metrics.sqnr)
        // Alternating from many planes may end in another valley; a book learnt from few vectors fits them better than others.
        let bound = recipe.format is ProductFormat || recipe.format is BinaryCodeFormat ? 1 : 0.3
        #expect(abs(a - b) < bound, "\(text): \(a) for \(b)")
        #expect(estimate.metrics.size == exact.metrics.size && !estimate.isExact)
    }
}
