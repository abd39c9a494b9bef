import Basics
import SeededRandom
import Tensors
import Testing

@testable import Quantization

/// Static, averaged and dynamic ranges (survey III-D).
@Suite struct RangeModeTests {
    /// Entries of axis 0 whose scale drifts.
    private static let stream: TensorView = {
        var numbers = SeededRandom(31)
        let values = numbers.bell(10 * 6 * 50).enumerated().map { index, x in x * (1 + 0.3 * Float(index / 300 % 5)) }
        return tensor(values, [10, 6, 50])
    }()

    private func evaluate(_ tensor: TensorView, _ text: String) throws -> Evaluation {
        try Evaluator(tensor, recipe: try Recipe(text)).evaluate()
    }

    @Test func printsAndParses() throws {
        for text in ["range:static:4", "range:ema:8:0.01", "range:ema:2:1", "range:dynamic"] {
            let recipe = try Recipe("int8 asym tensor \(text)")
            #expect(recipe.description == "int8 asym tensor \(text)")
        }
        #expect(try Recipe("int8 range:self").description == "int8 sym tensor")
        for text in ["range:static", "range:static:0", "range:ema:4", "range:ema:4:0", "range:ema:4:1.5", "range:x"] {
            #expect(throws: RecipeError.self, "\(text)") { try Recipe("int8 \(text)") }
        }
    }

    /// The range of the first entries on the others is a manual range on a tensor of the others alone.
    @Test(arguments: ["sym", "asym", "symfull"], ["minmax", "mse", "percentile:99", "octav", "entropy"])
    func staticIsARangeFromElsewhere(mapping: String, clip: String) throws {
        let first = Self.stream.entries(0..<4), rest = Self.stream.entries(4..<10)
        let range = try Evaluator(first, recipe: try Recipe("int5 \(mapping) clip:\(clip)")).quantizer(ofRange: 0).range
        let expected = try evaluate(
            rest, "int5 \(mapping) clip:manual:\(range.shortest.low),\(range.shortest.high)")
        let found = try evaluate(Self.stream, "int5 \(mapping) clip:\(clip) range:static:4")
        #expect(found.metrics == expected.metrics)
        #expect(found.quantizers == expected.quantizers && found.rangeCount == 1)
        let head = try Evaluator(Self.stream, recipe: found.recipe).reconstructionHead(8)
        #expect(
            head
                == (0..<8).map { index in
                    let quantizer = expected.quantizers[0], value = Self.stream.values(index..<index + 1)[0]
                    return quantizer.reconstruction(of: quantizer.code(of: value, rounding: .even, index: index))
                })
    }

    @Test func averagesFollowTheirFormula() throws {
        let entries = (0..<4).map { Self.stream.entries($0..<$0 + 1).values(0..<300) }
        var low = 0.0, high = 0.0
        for (index, values) in entries.enumerated() {
            let weight = index == 0 ? 1 : 0.25
            low += weight * (Double(values.min()!) - low)
            high += weight * (Double(values.max()!) - high)
        }
        let range = try Evaluator(Self.stream, recipe: try Recipe("int8 asym range:ema:4:0.25")).quantizer(ofRange: 0)
            .range
        #expect(range == ClipRange(low: Float(low), high: Float(high)))
        // A weight of one forgets all but the last.
        let last = try Evaluator(Self.stream, recipe: try Recipe("int8 asym range:ema:4:1")).quantizer(ofRange: 0).range
        #expect(last == ClipRange(low: entries[3].min()!, high: entries[3].max()!))
    }

    /// An entry without a finite value takes no part.
    @Test func averagesSkipWhatHasNoRange() throws {
        var values = Self.stream.values(0..<3_000)
        for index in 0..<300 { values[index] = .nan }
        for index in 600..<900 { values[index] = .infinity }
        let dirty = tensor(values, [10, 6, 50])
        for clip in ["minmax", "percentile:99"] {
            let found = try Evaluator(dirty, recipe: try Recipe("int8 asym range:ema:4:0.5 clip:\(clip)"))
                .quantizer(ofRange: 0).range
            let parts = try [1, 3].map {
                try Evaluator(Self.stream.entries($0..<$0 + 1), recipe: try Recipe("int8 asym clip:\(clip)"))
                    .quantizer(ofRange: 0).range
            }
            #expect(close(Double(found.high), Double(parts[0].high + parts[1].high) / 2, 1e-6), "\(clip)")
        }
    }

    @Test func dynamicIsARangeForEveryEntry() throws {
        let dynamic = try evaluate(Self.stream, "int6 asym tensor range:dynamic")
        let channels = try evaluate(Self.stream, "int6 asym channel:0")
        #expect(dynamic.metrics == channels.metrics && dynamic.quantizers == channels.quantizers)
        #expect(dynamic.rangeCount == 10)
        // With channels of a later axis each entry has all of them.
        let both = try evaluate(Self.stream, "int6 sym channel:1 range:dynamic")
        #expect(both.rangeCount == 60)
        let runs = try evaluate(tensor(Self.stream.values(0..<3_000), [60, 50]), "int6 sym channel:0")
        #expect(both.metrics == runs.metrics && both.quantizers == runs.quantizers)
        let last = try evaluate(Self.stream, "int6 sym channel:2 range:dynamic clip:mse")
        #expect(last.rangeCount == 500)
        for entry in 0..<10 {
            let alone = try evaluate(Self.stream.entries(entry..<entry + 1), "int6 sym channel:2 clip:mse")
            if entry == 0 { #expect(Array(last.quantizers.prefix(50)) == alone.quantizers) }
        }
    }

    /// Multiplying by a power of two changes nothing but the scales; a static range clips what outgrows it.
    @Test func scaleSteps() throws {
        let values = Self.stream.values(0..<1_500)
        let grown = tensor(values + values.map { $0 * 4 }, [10, 6, 50])
        let dynamic = try evaluate(grown, "int8 sym range:dynamic"),
            fixed = try evaluate(grown, "int8 sym range:static:5")
        let calm = try evaluate(tensor(values, [5, 6, 50]), "int8 sym range:dynamic")
        #expect(close(try #require(dynamic.metrics.sqnr), try #require(calm.metrics.sqnr), 1e-6))
        let limit = fixed.quantizers[0]
        let beyond = values.count { limit.isClipped($0 * 4) }
        #expect(fixed.metrics.clippedFraction == Double(beyond) / 1_500 && beyond > 0)
        #expect(fixed.metrics.sqnr! < dynamic.metrics.sqnr! - 3)
    }

    @Test func channelsKeepTheirRanges() throws {
        let found = try evaluate(Self.stream, "int4 sym channel:1 range:static:4 clip:mse")
        let first = try Evaluator(Self.stream.entries(0..<4), recipe: try Recipe("int4 sym channel:1 clip:mse"))
        #expect(found.quantizers == (try (0..<6).map { try first.quantizer(ofRange: $0) }))
        var sums = ErrorSums()
        let rest = Self.stream.entries(4..<10).values(0..<1_800)
        for (index, value) in rest.enumerated() {
            let quantizer = found.quantizers[index / 50 % 6]
            sums.add(
                value, quantizer.reconstruction(of: quantizer.code(of: value, rounding: .even, index: 0)),
                isClipped: quantizer.isClipped(value))
        }
        #expect(close(found.metrics.mse, sums.squaredError / 1_800, 1e-6))
        #expect(found.metrics.clippedFraction == Double(sums.clippedCount) / 1_800)
    }

    @Test func whatIsRefused() throws {
        for text in ["channel:0", "group:16", "block:2x2", "group:16@2"] {
            #expect(throws: ShapeMismatch.self, "\(text)") { try evaluate(Self.stream, "int8 \(text) range:dynamic") }
        }
        do throws(ShapeMismatch) {
            _ = try Evaluator(Self.stream, recipe: Recipe(rangeMode: .fixed(entries: 10)))
            Issue.record("no entry is left")
        } catch {
            #expect("\(error)".contains("found 10") && "\(error)".contains("more than 10"))
        }
        // A complex scalar is two numbers, but has no entries.
        let scalar = try #require(
            TensorView(name: "c", elementType: .complex64, shape: .scalar, source: ByteArray([1, 2] as [Float])))
        for mode in ["static:1", "dynamic"] {
            #expect(throws: ShapeMismatch.self) { try evaluate(scalar, "int4 range:\(mode)") }
        }
    }

    @Test(arguments: [
        "tensor range:static:16", "tensor range:ema:8:0.1", "channel:1 range:static:16", "channel:1 range:dynamic",
    ])
    func estimatesAreNear(text: String) throws {
        var numbers = SeededRandom(8)
        let large = tensor(numbers.bell(64 * 32 * 256), [64, 32, 256])
        for clip in ["minmax", "mse", "aciq-gauss"] {
            let recipe = try Recipe("int6 sym \(text) clip:\(clip)"), context = WorkContext(threads: 1)
            let exact = try Evaluator(large, recipe: recipe).evaluate(context)
            let estimate = try #require(
                try Evaluator.estimate(
                    large, recipe: recipe, sample: try TensorSample(large, for: recipe), summary: nil, context: context)
            )
            #expect(!estimate.isExact && estimate.rangeCount == exact.rangeCount)
            #expect(abs(estimate.metrics.sqnr! - exact.metrics.sqnr!) < 1.5, "\(recipe)")
            #expect(estimate.metrics.size == exact.metrics.size)
        }
    }

    @Test func entriesOfEveryOrderAndType() throws {
        let values = (0..<60).map { Float($0) }
        let view = tensor(values, [5, 3, 4]).entries(1..<4)
        #expect(view.shape.extents == [3, 3, 4] && view.values(0..<36) == Array(values[12..<48]))
        #expect(view.entries(2..<3).values(0..<12) == Array(values[36..<48]))
        // Column-major: element (i, j) stands at i + 5·j.
        let bytes = ByteArray((0..<15).map { Float($0) })
        let columns = try #require(
            TensorView(name: "c", elementType: .float32, shape: Shape([5, 3])!, strides: [1, 5], source: bytes))
        #expect(columns.entries(2..<4).values(0..<6) == [2, 7, 12, 3, 8, 13])
    }
}
