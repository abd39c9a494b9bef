import Basics
import SeededRandom
import Tensors
import Testing

@testable import Quantization

/// ggml's types as formats of recipes. That the pass equals encoding block by block, the conformance tests show.
@Suite struct GGMLFormatTests {
    private static let names = BlockEncoderCatalog.entries.map { entry in "ggml:" + entry.name }

    /// Rows that are not whole blocks are refused with their length, never given another type.
    @Test func rowsMustBeWholeBlocks() throws {
        var numbers = SeededRandom(90)
        let view = tensor(numbers.bell(3 * 96), [3, 96])
        for name in Self.names {
            let recipe = try Recipe(name)
            guard recipe.format.rowMultiple == 256 else {
                _ = try Evaluator(view, recipe: recipe)
                continue
            }
            let error = #expect(throws: ShapeMismatch.self) { try Evaluator(view, recipe: recipe) }
            #expect(error?.description.contains("rows of 96 in shape [3,96], expected a multiple of 256") == true)
        }
        // The last axis counts, not all that follows the first.
        let kernel = tensor(numbers.bell(2 * 32 * 3), [2, 32, 3])
        #expect(throws: ShapeMismatch.self) { try Evaluator(kernel, recipe: try Recipe("ggml:q8_0")) }
    }

    @Test(arguments: [
        ("q4_0", 4.5), ("q4_1", 5), ("q5_0", 5.5), ("q5_1", 6), ("q8_0", 8.5), ("q2_k", 2.625), ("q3_k", 3.4375),
        ("q4_k", 4.5), ("q5_k", 5.5), ("q6_k", 6.5625), ("iq4_nl", 4.5), ("iq4_xs", 4.25), ("mxfp4", 4.25),
    ])
    func bitsPerWeight(name: String, bits: Double) throws {
        var numbers = SeededRandom(91)
        let view = tensor(numbers.bell(4 * 512), [4, 512])
        let metrics = try Evaluator(view, recipe: try Recipe("ggml:" + name)).evaluate().metrics
        #expect(metrics.size.bitsPerWeight == bits && metrics.size.bytes == bits * 256)
    }

    /// Importance moves error from columns that count to those that do not.
    @Test(arguments: names)
    func importanceWeighsColumns(name: String) throws {
        let recipe = try Recipe(name)
        var numbers = SeededRandom(92)
        let values = numbers.bell(16 * 512), view = tensor(values, [16, 512])
        let importance = (0..<512).map { Float($0 % 8 == 0 ? 100 : 0.01) }
        let weights = try #require(ColumnWeights(importance, for: view.shape))
        func error(_ view: TensorView) throws -> (weighted: Double, plain: Double) {
            let evaluator = try Evaluator(view, recipe: recipe), back = try evaluator.reconstructionHead(view.count)
            var sum = 0.0
            for (i, value) in values.enumerated() {
                let e = Double(back[i]) - Double(value)
                sum += e * e * Double(importance[i % 512])
            }
            return (sum, try evaluator.evaluate().metrics.mse)
        }
        let plain = try error(view), weighted = try error(view.weighted(by: weights))
        // Types of which ggml knows no weighted search take none.
        if ["ggml:q8_0", "ggml:mxfp4"].contains(name) {
            #expect(plain == weighted)
        } else {
            #expect(weighted.weighted < plain.weighted * 0.9 && weighted.plain >= plain.plain)
        }
        // Of weights that are all alike nothing comes.
        let alike = try error(view.weighted(by: ColumnWeights([Float](repeating: 3, count: 512), for: view.shape)))
        let hasFixedRule = ["q4_0", "q4_1", "q5_0", "q5_1"].contains { name.hasSuffix($0) }
        #expect(hasFixedRule ? alike.plain < plain.plain : alike.plain == plain.plain)
    }

    @Test func weightsOfExpertsAndWrongOnes() throws {
        let shape = Shape([2, 3, 32])!
        let weights = try #require(ColumnWeights((0..<64).map { Float($0 + 1) }, for: shape))
        #expect(weights.index(ofElement: 3 * 32 + 5) == 32 + 5 && weights.index(ofElement: 2 * 32 + 7) == 7)
        #expect(ColumnWeights([Float](repeating: 1, count: 31), for: shape) == nil)
        #expect(ColumnWeights([Float](repeating: 1, count: 96), for: shape) == nil)
        #expect(ColumnWeights([Float](repeating: 0, count: 32), for: shape) == nil)
        let dirty = try #require(ColumnWeights([.nan, -1, .infinity] + [Float](repeating: 2, count: 29), for: shape))
        #expect(dirty.values.allSatisfy { $0 > 0 && $0 <= 1 })
    }

    /// Estimates see whole blocks, with their columns' weights.
    @Test(arguments: names)
    func estimatesAreNear(name: String) throws {
        var numbers = SeededRandom(93)
        let values = numbers.bell(600 * 512), recipe = try Recipe(name)
        let plain = tensor(values, [600, 512])
        let weights = ColumnWeights((0..<512).map { Float($0 % 8 == 0 ? 100 : 0.01) }, for: plain.shape)
        for view in [plain, plain.weighted(by: weights)] {
            let sample = try TensorSample(view, for: recipe)
            let estimate = try #require(
                try Evaluator.estimate(view, recipe: recipe, sample: sample, summary: nil, context: WorkContext()))
            let exact = try Evaluator(view, recipe: recipe).evaluate()
            // Where a few columns decide, the others' error varies more from block to block.
            let bound = view.columnWeights == nil ? 0.3 : 0.5
            #expect(abs((estimate.metrics.sqnr ?? 0) - (exact.metrics.sqnr ?? 99)) < bound)
            #expect(estimate.metrics.size == exact.metrics.size && !estimate.isExact)
        }
    }

    /// One run seen closely agrees with the whole, whatever the sign of its scale.
    @Test(arguments: names)
    func detailsOfRuns(name: String) throws {
        let recipe = try Recipe(name)
        var numbers = SeededRandom(94)
        let view = tensor(numbers.bell(4 * 512), [4, 512])
        let evaluator = try Evaluator(view, recipe: recipe), back = try evaluator.reconstructionHead(view.count)
        let values = view.values(0..<view.count)
        var signs = Set<Bool>()
        for range in 0..<evaluator.rangeCount {
            let detail = try evaluator.detail(DetailQuestion(range: range, bins: 40))
            let run = view.count / evaluator.rangeCount, elements = range * run..<(range + 1) * run
            signs.insert(detail.quantizer.scale < 0)
            #expect(detail.count == run && detail.codeCounts.reduce(0, +) == UInt64(run))
            #expect(detail.quantizer.levels == detail.quantizer.levels.sorted())
            let squares = elements.reduce(0.0) { sum, i in
                let e = Double(back[i]) - Double(values[i])
                return sum + e * e
            }
            #expect(close(detail.squaredError, squares, 1e-9))
            // As many elements stand at each level as the codes say.
            for (code, count) in detail.codeCounts.enumerated() {
                let level = detail.quantizer.reconstruction(of: code)
                #expect(elements.count { back[$0] == level } == Int(count))
            }
        }
        #expect(signs.contains(false))
        if name == "ggml:q4_0" { #expect(signs.contains(true)) }
        let all = try evaluator.detail(DetailQuestion(range: 0, coverage: .values, bins: 40))
        #expect(
            all.original.counts.reduce(0, +) == UInt64(view.count) && all.reconstruction.counts.reduce(0, +) > 0)
        let study = try #require(try evaluator.formatStudy(ofRange: 3, columns: 12))
        guard case .blocks(let blocks) = study else {
            Issue.record("no blocks")
            return
        }
        #expect(blocks.blocks.count == 12 && blocks.blocks.allSatisfy { $0.scale >= 0 && $0.error >= 0 })
    }
}
