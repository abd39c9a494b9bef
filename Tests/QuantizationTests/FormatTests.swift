import Basics
import Foundation
import SeededRandom
import Tensors
import Testing

@testable import Quantization

/// What holds of every format of the catalogue.
@Suite struct FormatConformanceTests {
    /// Every usual token, and small floats of odd shapes.
    static let formats =
        FormatCatalog.usual.filter { !$0.hasPrefix("int") || ["int2", "int4", "int8"].contains($0) }
        + ["fp-e1m0", "fp-e2m0", "fp-e3m0", "fp-e5m0", "fp-e1m3", "fp-e2m2", "fp-e4m3", "fp-e5m7", "fp-e4m1", "pq3x5"]
        + ["nf4 tensor", "nf4 group:64 scale:dq", "ternary group:16 scale:f16", "binary channel:0 scale:bf16"]
        + [
            "fp8-e4m3 channel:1", "fp4-e2m1 group:16 scale:e8m0", "fp8-e5m2 tensor clip:mse",
            "pow2-4 block:4x8 clip:mae",
        ]
        + [
            "kmeans3 channel:0", "kmeans2 channel:1", "bcq2 group:24", "quantile3 block:8x16",
            "apot4 tensor clip:percentile:99",
        ]
        + ["int4 sym group:16 scale:dq", "int4 asym channel:0 scale:dq", "fp8-e4m3 tensor range:static:2"]

    static let tensors: [TensorView] = {
        var numbers = SeededRandom(31)
        let bell = numbers.bell(48 * 96)
        var dirty = bell
        for index in stride(from: 5, to: dirty.count, by: 61) {
            dirty[index] = [.nan, .infinity, -.infinity][index % 3]
        }
        return [
            tensor(bell, [48, 96]), tensor(dirty, [48, 96]), tensor(Array(bell.prefix(1_003)), [17, 59]),
            tensor(numbers.bell(70_000).map { $0 * $0 * $0 }, [70, 1_000]),
            tensor(dirty + bell.prefix(1_536).map { $0 * 0.01 }, [12, 512]),
        ]
    }()

    @Test func tokensAreTheirOwnText() throws {
        for text in Self.formats {
            let recipe = try Recipe(text)
            #expect(try Recipe(recipe.description) == recipe, "\(text)")
            let name = try #require(text.split(separator: " ").first)
            #expect(recipe.format.name == String(name))
            #expect(recipe.description.hasPrefix(String(name)))
        }
    }

    /// Each format's words name where it comes from, and every choice of the catalogue parses.
    @Test func familiesAreDescribed() throws {
        for family in FormatCatalog.families {
            #expect(!family.source.isEmpty && family.summary.count > 20)
            #expect(!family.usual.isEmpty)
            for choice in family.choices {
                var token = choice.template
                for (parameter, value) in zip(choice.parameters, choice.defaults) {
                    token = token.replacingOccurrences(of: parameter, with: value)
                }
                #expect(try Recipe(token).format.name == token)
                #expect(!choice.words.isEmpty || family.choices.count == 1)
            }
            for token in family.usual { #expect(try Recipe(token).format.name == token) }
        }
    }

    private func quantizers(_ evaluator: Evaluator) throws -> [Quantizer] {
        try (0..<evaluator.rangeCount).map { try evaluator.quantizer(ofRange: $0) }
    }

    @Test(arguments: formats)
    func theFusedPassEqualsThePlainOne(text: String) throws {
        let recipe = try Recipe(text)
        for tensor in Self.tensors {
            guard let evaluator = try? Evaluator(tensor, recipe: recipe) else { continue }
            let prepared = try evaluator.prepared(WorkContext()) ?? evaluator
            let judged = prepared.tensor, values = judged.values(0..<judged.count)
            let plain: (sums: ErrorSums, codeCounts: [UInt64], reconstruction: [Float])
            if case .vector(let vector) = try prepared.quantizer(ofRange: 0) {
                plain = vectorReference(values, judged.shape, vector.book)
            } else if let format = recipe.format as? GGMLFormat {
                plain = blockReference(values, format.type)
            } else {
                plain = ReferenceEvaluator.sums(
                    of: values, layout: prepared.layout, quantizers: try quantizers(prepared),
                    rounding: recipe.rounding)
            }
            let fused = try prepared.run(WorkContext(threads: 2))
            let used = min(fused.codeCounts.count, plain.codeCounts.count)
            #expect(Array(fused.codeCounts.prefix(used)) == Array(plain.codeCounts.prefix(used)), "\(text)")
            #expect(fused.codeCounts.dropFirst(used).allSatisfy { $0 == 0 })
            #expect(fused.sums.count == plain.sums.count && fused.sums.clippedCount == plain.sums.clippedCount)
            #expect(fused.sums.zeroedCount == plain.sums.zeroedCount)
            #expect(fused.sums.largestError == plain.sums.largestError)
            for (a, b, floor) in [
                (fused.sums.squaredError, plain.sums.squaredError, 0),
                (fused.sums.clippedSquaredError, plain.sums.clippedSquaredError, 0),
                (fused.sums.absoluteError, plain.sums.absoluteError, 0),
                (fused.sums.error, plain.sums.error, 1e-6 * plain.sums.absoluteError),
                (fused.sums.product, plain.sums.product, 1e-6 * plain.sums.squaredOriginal),
            ] { #expect(close(a, b, 1e-6, floor: floor), "\(text): \(a) is not \(b)") }
            // 128 equal numbers of Float32 in a row err to one side.
            #expect(close(fused.sums.squaredReconstruction, plain.sums.squaredReconstruction, 4e-6), "\(text)")
            // The head is what the whole pass reconstructs.
            let head = try prepared.reconstructionHead(200)
            let first = judged.count == tensor.count ? 0 : -1
            if first == 0 {
                for (a, b) in zip(head, plain.reconstruction) { #expect(a == b || a.isNaN && b.isNaN) }
            }
        }
    }

    /// ggml's blocks one by one.
    private func blockReference(_ values: [Float], _ type: BlockEncoderCatalog.Entry) -> (ErrorSums, [UInt64], [Float])
    {
        let back = BlockEncoderTests.roundTrip(type.encoder, values.map { $0.isFinite ? $0 : 0 })
        let runs = BlockEncoderTests.runs(type.encoder, values.map { $0.isFinite ? $0 : 0 })
        var sums = ErrorSums(), codes = [UInt64](repeating: 0, count: type.levels.count)
        var reconstruction = [Float](repeating: .nan, count: values.count)
        for (i, value) in values.enumerated() where value.isFinite {
            let run = runs[i / type.encoder.block.run]
            let levels = type.levels.map { Double(run.scale * Float($0) + run.offset) }.sorted(), n = levels.count
            let isClipped =
                run.scale != 0
                && (value < Float(levels[0] - (levels[1] - levels[0]) / 2)
                    || value > Float(levels[n - 1] + (levels[n - 1] - levels[n - 2]) / 2))
            reconstruction[i] = back[i]
            codes[type.levels.firstIndex(of: run.codes[i % type.encoder.block.run]) ?? -1] += 1
            sums.add(value, back[i], isClipped: isClipped)
        }
        return (sums, codes, reconstruction)
    }

    /// Vectors one by one.
    private func vectorReference(
        _ values: [Float], _ shape: Shape, _ book: VectorBook
    ) -> (ErrorSums, [UInt64], [Float]) {
        var sums = ErrorSums(), codes = [UInt64](repeating: 0, count: book.count)
        var reconstruction = [Float](repeating: .nan, count: values.count)
        let rows = shape.rank > 1 ? shape.extents[0] : 1, length = values.count / rows
        for row in 0..<rows {
            for start in stride(from: 0, to: length, by: book.dimension) {
                var vector = [Float](repeating: 0, count: book.dimension)
                for axis in 0..<min(book.dimension, length - start) {
                    let value = values[row * length + start + axis]
                    vector[axis] = value.isFinite ? value : 0
                }
                let code = vector.withUnsafeBufferPointer { book.nearest(to: $0.baseAddress!) }
                codes[code] += 1
                for axis in 0..<min(book.dimension, length - start) {
                    let at = row * length + start + axis
                    guard values[at].isFinite else { continue }
                    reconstruction[at] = book.centroids[code * book.dimension + axis]
                    sums.add(values[at], reconstruction[at], isClipped: false)
                }
            }
        }
        return (sums, codes, reconstruction)
    }

    /// With the scales of the first pass a second one changes nothing.
    @Test(arguments: formats)
    func quantizingTwiceChangesNothing(text: String) throws {
        let recipe = try Recipe(text)
        for tensor in Self.tensors {
            guard let evaluator = try? Evaluator(tensor, recipe: recipe) else { continue }
            for quantizer in Set(try quantizers(evaluator)).prefix(40) {
                if case .vector(let vector) = quantizer {
                    for code in 0..<vector.book.count {
                        let nearest = vector.book.centroids.withUnsafeBufferPointer {
                            vector.book.nearest(to: $0.baseAddress! + code * vector.book.dimension)
                        }
                        let d = vector.book.dimension, all = vector.book.centroids
                        #expect(all[nearest * d..<(nearest + 1) * d] == all[code * d..<(code + 1) * d])
                    }
                    continue
                }
                for code in quantizer.lowestCode...quantizer.highestCode {
                    let value = quantizer.reconstruction(of: code)
                    let again = quantizer.code(of: value, rounding: .even, index: 0)
                    #expect(quantizer.reconstruction(of: again) == value, "\(text): code \(code) of \(quantizer.scale)")
                }
            }
        }
    }

    @Test(arguments: formats)
    func powersOfTwoScaleExactly(text: String) throws {
        let recipe = try Recipe(text)
        // Scales of eight bits have an end; double quantization and half precision do not reach it here.
        guard recipe.scaleType != .float8E4M3 else { return }
        for view in [Self.tensors[0], Self.tensors[3]] {
            guard let small = try? Evaluator(view, recipe: recipe) else { continue }
            for factor in [Float(0x1p5), 0x1p-7] {
                let values = view.values(0..<view.count).map { $0 * factor }
                let large = try Evaluator(tensor(values, view.shape.extents), recipe: recipe)
                let a = try small.evaluate().metrics, b = try large.evaluate().metrics
                let f = Double(factor)
                #expect(close(a.mse * f * f, b.mse, 1e-7), "\(text) · \(factor)")
                #expect(a.zeroedFraction == b.zeroedFraction && a.clippedFraction == b.clippedFraction)
                let first = try small.reconstructionHead(300), second = try large.reconstructionHead(300)
                let isExact = first.map { $0 * factor } == second
                // Searches for the least error compare sums that may tie in the last digit.
                #expect(isExact || recipe.clipping != .minmax, "\(text) · \(factor)")
            }
        }
    }

    @Test(arguments: formats)
    func orderDoesNotMatter(text: String) throws {
        let recipe = try Recipe(text)
        guard recipe.granularity == .tensor, !(recipe.format is ProductFormat), recipe.rangeMode == .own else { return }
        for view in [Self.tensors[0], Self.tensors[3]] {
            var values = view.values(0..<view.count), numbers = SeededRandom(3)
            let before = try Evaluator(view, recipe: recipe).evaluate()
            values.shuffle(using: &numbers)
            let after = try Evaluator(tensor(values, view.shape.extents), recipe: recipe).evaluate()
            #expect(close(before.metrics.mse, after.metrics.mse, 1e-6), "\(text)")
            #expect(before.codeCounts.count == after.codeCounts.count)
            #expect(
                zip(before.quantizers[0].levels, after.quantizers[0].levels).allSatisfy {
                    close(Double($0), Double($1), 1e-5, floor: 1e-9)
                })
        }
    }

    @Test(arguments: formats)
    func finiteInFiniteOut(text: String) throws {
        let recipe = try Recipe(text), most = Float.greatestFiniteMagnitude, least = Float.leastNonzeroMagnitude
        let inputs: [[Float]] = [
            [Float](repeating: 0, count: 64), [Float](repeating: -2.5, count: 64), (0..<64).map { _ in most },
            (0..<64).map { $0 % 2 == 0 ? most : -most }, (0..<64).map { Float($0) * least },
            [most] + (1..<64).map { 1 / Float($0) },
            (0..<64).map { $0 == 9 ? most : least },
            (0..<64).map { Float(sign: .plus, exponent: 4 * $0 - 130, significand: 1) },
            (0..<64).map { $0 == 0 ? .nan : 0.5 }, (0..<64).map { -Float($0) / 3 },
        ]
        for values in inputs {
            for extents in [[64], [4, 16]] {
                guard let evaluator = try? Evaluator(tensor(values, extents), recipe: recipe) else { continue }
                let head = try evaluator.reconstructionHead(64), evaluation = try evaluator.evaluate()
                for (value, back) in zip(values, head) where value.isFinite {
                    #expect(back.isFinite, "\(text): \(value) became \(back)")
                }
                for (name, value) in evaluation.metrics.entries {
                    #expect(value?.isFinite ?? true, "\(text): \(name)")
                }
                for quantizer in evaluation.quantizers {
                    #expect(quantizer.levels.allSatisfy { $0.isFinite } && quantizer.scale.isFinite, "\(text)")
                }
            }
        }
    }

    /// Sums of squares neither vanish nor overflow at the ends of Float32: the angle stays what the plain sums say.
    @Test(arguments: [Float(3.3e38), 1e30, 1e-30, 1e-37])
    func anglesHoldAtAnySize(size: Float) throws {
        var numbers = SeededRandom(15)
        let values = numbers.bell(512).map { min(1, max(-1, $0 / 4)) * size }, view = tensor(values, [8, 64])
        for text in Self.formats where !text.contains("scale:") && !text.contains("range:") {
            let recipe = try Recipe(text)
            // Their codes do not follow from values and ranges alone.
            if recipe.format.isJoint { continue }
            let evaluator = try Evaluator(view, recipe: recipe)
            let prepared = try evaluator.prepared(WorkContext()) ?? evaluator
            let plain = ReferenceEvaluator.sums(
                of: values, layout: prepared.layout, quantizers: try quantizers(prepared), rounding: .even
            ).sums
            let norms = (plain.squaredOriginal * plain.squaredReconstruction).squareRoot()
            guard norms > 0, norms.isFinite else { continue }
            let cosine = try #require(try prepared.evaluate().metrics.cosine, "\(text)")
            #expect(abs(cosine - plain.product / norms) < 1e-5, "\(text) at \(size)")
        }
    }

    /// Words that mean nothing for a format are refused with the word, its place and the reason.
    @Test(arguments: [
        ("mxfp4 group:64", "group:64", 7), ("nf4 sym", "sym", 5), ("kmeans4 clip:mse", "clip:mse", 9),
        ("fp8-e4m3 clip:octav", "clip:octav", 10), ("nvfp4 scale:f16", "scale:f16", 7),
        ("pq2x16 channel:0", "channel:0", 8),
        ("round:up nf4", "round:up", 1), ("binary range:dynamic", "range:dynamic", 8),
        ("ternary convention:torch", "convention:torch", 9), ("fp-e6m1", "fp-e6m1", 1), ("mxfp5", "mxfp5", 1),
        ("kmeans0", "kmeans0", 1), ("pq2x1", "pq2x1", 1), ("pq17x4", "pq17x4", 1), ("pow2-1", "pow2-1", 1),
        ("int4 sym scale:dq convention:torch", "scale:dq", 10), ("bcq2 scale:f16", "scale:f16", 6),
        ("ggml:q4_k group:32", "group:32", 11), ("ggml:q9_9", "ggml:q9_9", 1), ("ggml:q4_0 asym", "asym", 11),
    ])
    func wordsWithoutMeaningAreRefused(text: String, token: String, position: Int) {
        do {
            _ = try Recipe(text)
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.token == token && error.position == position && !error.expected.isEmpty)
        }
    }

    /// What was chosen comes back with a format for which it means something.
    @Test func settingsComeBack() throws {
        let recipe = try Recipe("int4 asym group:128 clip:mse round:away")
        let block = try recipe.changed(by: "mxfp4")
        #expect(block.description == "mxfp4" && block.granularity == .group(size: 32))
        #expect(try block.changed(by: "int4").description == recipe.description)
        #expect(try Recipe("int8 sym tensor").changed(by: "nf4").description == "nf4 group:64")
        #expect(try Recipe("nf4 group:64").changed(by: "int4").description == "int4 sym tensor")
        // Through a format with blocks of its own, and back.
        let through = try Recipe("int8").changed(by: "mxfp4").changed(by: "nf4")
        #expect(through.description == "nf4 group:64")
        #expect(try through.changed(by: "nvfp4").changed(by: "int8").description == "int8 sym tensor")
        // A convention that another format hid gives way to what was chosen since.
        let hidden = try Recipe("int8 convention:torch").changed(by: "nf4").changed(by: "scale:dq")
        #expect(try hidden.changed(by: "int8").description == "int8 sym tensor scale:dq")
        #expect(try recipe.changed(by: "kmeans3 tensor").description == "kmeans3 tensor")
    }
}
