import Basics
import SeededRandom
import Tensors
import Testing

@testable import Quantization

/// Many recipes at once give what each gives by itself.
@Suite struct SweepTests {
    /// Large enough that ranges are streamed, with an outlier, a constant row and what is no number.
    private static func values(_ count: Int, hasNonFinite: Bool = false) -> [Float] {
        var random = SeededRandom(5)
        var values = (0..<count).map { _ in
            Float.random(in: -1...1, using: &random) * Float.random(in: 0...1, using: &random)
        }
        values[77] = 40
        for i in 256..<512 { values[i] = 0.125 }
        if hasNonFinite { (values[5], values[900], values[901]) = (.nan, .infinity, -.infinity) }
        return values
    }

    private static let tensors: [(name: String, view: TensorView)] = {
        let shape = Shape([1_040, 256])!
        let large = values(shape.count)
        let halves = large.map { Float16($0) }.withUnsafeBytes { Array($0) }
        return [
            ("large", TensorView(name: "large", values: large, shape: shape)!),
            (
                "not finite",
                TensorView(name: "nan", values: values(shape.count, hasNonFinite: true), shape: shape)!
            ),
            ("small", TensorView(name: "small", values: Array(large[..<8_192]), shape: Shape([32, 256])!)!),
            (
                "sixteen bits",
                TensorView(name: "half", elementType: .float16, shape: shape, source: ByteArray(halves))!
            ),
        ]
    }()

    @Test(arguments: 0..<4) func everyRecipeIsItsOwnEvaluation(number: Int) throws {
        let (name, view) = Self.tensors[number]
        // All families on the small one; on large ones what comes about in different ways.
        let formats =
            name == "small"
            ? FormatCatalog.families.flatMap { [$0.usual[0], $0.usual[$0.usual.count / 2]] }
            : ["int4", "int8", "nf4", "mxfp4", "nvfp4", "ternary", "kmeans2", "bcq2", "pq2x16"]
        let more = ["int4 asym", "int3 round:stochastic:7", "int4 scale:f16", "int5 convention:torch"]
        // Searches in thousands of short ranges take long.
        let grids = [
            SweepGrid(formats: formats + more, clips: ["minmax", "mse", "mae"], granularities: ["tensor"]),
            SweepGrid(
                formats: formats + more, clips: ["minmax"], granularities: ["channel:0", "channel:1", "group:64"]),
            SweepGrid(formats: ["int4", "int6"], clips: ["mse"], granularities: ["channel:1"]),
        ]
        var recipes: [Recipe] = []
        for grid in grids { recipes += try grid.recipes(for: view).fitting.filter { !recipes.contains($0) } }
        let context = WorkContext(threads: 2)
        let summary = try FirstPass(view).run(context)
        var found: [Recipe: Evaluation] = [:]
        try Sweep(view, recipes: recipes, summary: summary).run(context) { found[$0.recipe] = $0 }
        #expect(recipes.count > 60 && found.count == recipes.count)
        for recipe in recipes {
            let own = try Evaluator(view, recipe: recipe, summary: summary).evaluate(context)
            let swept = try #require(found[recipe])
            #expect(swept.metrics == own.metrics, "\(name) \(recipe)")
            #expect(swept.codeCounts == own.codeCounts && swept.rangeCount == own.rangeCount, "\(name) \(recipe)")
            #expect(swept.isExact && swept.worstRange == own.worstRange, "\(name) \(recipe)")
            #expect(
                swept.quantizers.map { $0.scale } == own.quantizers.map { $0.scale }, "\(name) \(recipe)")
        }
    }

    @Test func stopsWhereItIsToldTo() throws {
        let view = Self.tensors[0].view, cancel = CancelFlag()
        let sweep = Sweep(
            view, recipes: try SweepGrid().recipes(for: view).fitting, summary: try FirstPass(view).run(WorkContext()))
        cancel.cancel()
        #expect(throws: Cancelled.self) { try sweep.run(WorkContext(cancel: cancel)) { _ in } }
    }

    // MARK: The grid

    /// A format takes part with the words that mean something for it, once.
    @Test func formatsTakeWhatTheyHave() throws {
        let view = Self.tensors[2].view
        func texts(_ grid: SweepGrid) throws -> [String] { try grid.recipes(for: view).fitting.map { $0.description } }
        #expect(
            try texts(SweepGrid(formats: ["int4", "int4"], clips: ["minmax", "mse"], granularities: ["tensor"]))
                == ["int4 sym tensor", "int4 sym tensor clip:mse"])
        #expect(
            try texts(
                SweepGrid(formats: ["mxfp4", "nf4"], clips: ["mse", "octav"], granularities: ["tensor", "group:32"]))
                == ["mxfp4", "nf4 tensor clip:mse", "nf4 group:32 clip:mse"])
        #expect(
            try texts(SweepGrid(formats: ["int"], clips: ["minmax"], granularities: ["tensor"]))
                == (2...8).map { "int\($0) sym tensor" })
        #expect(
            try texts(SweepGrid(formats: ["int4 asym scale:f16"], clips: ["mse"], granularities: ["group:64"]))
                == ["int4 asym group:64 clip:mse scale:f16"])
        // What takes no fewer bits than the tensor does is no quantization.
        let vector = try SweepGrid(formats: ["int8"], clips: ["minmax"], granularities: ["tensor", "channel:0"])
            .recipes(
                for: tensor([Float](repeating: 1, count: 100), [100]))
        #expect(vector.fitting.map { $0.description } == ["int8 sym tensor"])
        #expect(vector.misfits.map { $0.reason } == ["takes 40 bits a weight, the tensor 32"])
        let misfits = try SweepGrid(formats: ["int4"], clips: ["minmax"], granularities: ["channel:5"]).recipes(
            for: view)
        #expect(misfits.fitting.isEmpty && misfits.misfits.map { $0.recipe } == ["int4 sym channel:5"])
    }

    @Test(arguments: [
        (SweepGrid(formats: ["itn4"]), "formats: found \"itn4\"", "int4"),
        (SweepGrid(formats: ["int4 asim"]), "formats: found \"int4 asim\"", "asym"),
        (SweepGrid(formats: ["int40"]), "formats: found \"int40\"", "int2 … int16"),
        (SweepGrid(formats: [""]), "formats: found \"\"", "a format or a family"),
        (SweepGrid(clips: ["msee"]), "clips: found \"msee\"", "mse"),
        (SweepGrid(clips: ["percentile"]), "clips: found \"percentile\"", "percentile"),
        (SweepGrid(granularities: ["chanel:0"]), "granularities: found \"chanel:0\"", "channel:0"),
        (SweepGrid(granularities: ["round:up"]), "granularities: found \"round:up\"", "a granularity"),
    ])
    func unknownWordsAreRefused(grid: SweepGrid, found: String, expected: String) throws {
        do {
            _ = try grid.recipes(for: Self.tensors[2].view)
            Issue.record("\(found) was taken")
        } catch {
            #expect(error.description.hasPrefix(found) && error.expected.contains(expected), "\(error)")
        }
    }

    // MARK: The frontier

    /// Against the definition, for random points with ties.
    @Test func theFrontierIsWhatNothingDominates() {
        var random = SeededRandom(3)
        for _ in 0..<200 {
            let points = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                (
                    bits: Double(Int.random(in: 1...8, using: &random)),
                    error: Double(Int.random(in: 0...9, using: &random))
                )
            }
            let frontier = ParetoFrontier(points)
            for (place, point) in points.enumerated() {
                let isDominated = points.contains {
                    $0.bits <= point.bits && $0.error <= point.error && ($0.bits < point.bits || $0.error < point.error)
                }
                #expect(frontier.isOnFrontier[place] == !isDominated)
                let best = points.filter { $0.bits <= point.bits }.map { $0.error }.min()
                #expect(frontier.error(atBits: point.bits) == best)
            }
            #expect(frontier.places.map { points[$0].bits } == frontier.places.map { points[$0].bits }.sorted())
        }
    }

    @Test func gapsAreInDecibels() {
        let frontier = ParetoFrontier([(2, 1), (4, 0.01), (4, 0.1), (3, 2), (8, 0), (9, 0.5), (1, .nan)])
        #expect(frontier.isOnFrontier == [true, true, false, false, true, false, false])
        #expect(frontier.gap(0) == 0 && frontier.gap(1) == 0 && frontier.gap(4) == 0)
        #expect(close(frontier.gap(2) ?? 0, 10, 1e-12) && close(frontier.gap(3) ?? 0, 10 * 0.301_029_995_66, 1e-9))
        // Nothing can be told against no error, or below the first.
        #expect(frontier.gap(5) == nil && frontier.gap(6) == nil)
    }
}
