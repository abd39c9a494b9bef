import Foundation
import SeededRandom
import Tensors
import Testing

@testable import Quantization
@testable import TensorFiles

/// Numbers of papers, specifications and other people's code.
@Suite struct FormatTableTests {
    nonisolated(unsafe) private static let book: [String: Any] = {
        let path = Sources.root.appendingPathComponent("Tests/Fixtures/Formats/cases.json")
        let object = (try? Data(contentsOf: path)).flatMap { try? JSONSerialization.jsonObject(with: $0) }
        return object as? [String: Any] ?? [:]
    }()

    private static func floats(_ list: Any?) -> [Float?] {
        (list as? [Any] ?? []).map { ($0 as? Double).map { Float($0) } }
    }

    // MARK: Small floats

    /// Every code of the OCP types as ml_dtypes decodes it: the levels are exactly the finite ones, each at its place.
    @Test(arguments: ["fp8-e4m3", "fp8-e5m2", "fp6-e3m2", "fp6-e2m3", "fp4-e2m1"])
    func everyCode(name: String) throws {
        let format = try #require(try Recipe(name).format as? SmallFloatFormat)
        let codes = Self.floats((Self.book["codes"] as? [String: Any])?[name])
        #expect(codes.count == 1 << format.bits)
        let finite = Set(codes.compactMap { $0 }.map { $0 + 0 }).sorted()
        #expect(format.book.levels == finite)
        for (pattern, value) in codes.enumerated() {
            guard let value else { continue }
            let place = format.book.place(of: value), width = format.bits - 1
            let sign = pattern >> width, exponent = pattern >> format.mantissaBits & ((1 << format.exponentBits) - 1)
            func binary(_ value: Int, _ width: Int) -> String {
                String(String(1 << width | value, radix: 2).dropFirst())
            }
            let mantissa = binary(pattern & ((1 << format.mantissaBits) - 1), format.mantissaBits)
            // Zero has one place for both signs.
            let text = "\(value == 0 ? 0 : sign).\(binary(exponent, format.exponentBits)).\(mantissa)"
            #expect(format.text(ofCode: place) == text)
            #expect(format.book.levels[place] == value)
        }
    }

    /// Casts at every level, every middle and beside it, and beyond the end.
    @Test(arguments: ["fp8-e4m3", "fp8-e5m2", "fp6-e3m2", "fp6-e2m3", "fp4-e2m1"])
    func castsGoWhereTheyShould(name: String) throws {
        let format = try #require(try Recipe(name).format as? SmallFloatFormat)
        let cases = try #require((Self.book["casts"] as? [String: Any])?[name] as? [String: Any])
        let values = Self.floats(cases["values"]).compactMap { $0 }, results = Self.floats(cases["results"])
        #expect(values.count > 60 && values.count == results.count)
        let quantizer = Quantizer.book(
            BookQuantizer(book: format.book, scale: 1, range: ClipRange(low: -1, high: 1)))
        var back = [Float](repeating: 0, count: values.count)
        Kernel.reconstruct(
            values, values.count, grid: quantizer.kernel, codec: quantizer.codec, index: 0, into: &back)
        for (position, value) in values.enumerated() {
            let code = quantizer.code(of: value, rounding: .even, index: 0)
            #expect(quantizer.reconstruction(of: code) == results[position], "\(name) of \(value)")
            #expect(back[position] == results[position], "\(name) of \(value)")
        }
    }

    @Test(arguments: [
        ("fp4-e2m1", 6, 1, 0.5, 7), ("fp6-e2m3", 7.5, 1, 0.125, 31), ("fp6-e3m2", 28, 0.25, 0.0625, 31),
        ("fp8-e4m3", 448, 0x1p-6, 0x1p-9, 126), ("fp8-e5m2", 57_344, 0x1p-14, 0x1p-16, 123),
    ])
    func extremes(name: String, largest: Float, leastNormal: Float, leastSubnormal: Float, positive: Int) throws {
        let format = try #require(try Recipe(name).format as? SmallFloatFormat)
        #expect(format.largest == largest && format.book.levels.count == 2 * positive + 1)
        #expect(format.book.levels[positive + 1] == leastSubnormal)
        #expect(format.leastNormal == leastNormal)
    }

    /// Without a mantissa ties go by the exponent's parity: codes 1, 2, 3 … are 2^(e - bias).
    @Test func tiesWithoutMantissa() throws {
        let format = try #require(try Recipe("fp-e3m0").format as? SmallFloatFormat)
        // Values 0, ¼, ½, 1 … 16: 3/8 lies between codes 1 and 2, 3/4 between 2 and 3.
        let quantizer = BookQuantizer(format.book)
        for (value, expected) in [(Float(0.375), Float(0.5)), (0.75, 0.5), (1.5, 2), (3, 2), (6, 8), (0.125, 0)] {
            #expect(quantizer.reconstruction(of: quantizer.code(of: value)) == expected)
            #expect(quantizer.reconstruction(of: quantizer.code(of: -value)) == -expected)
        }
    }

    // MARK: Other people's quantizers

    /// torchao's MX and NVFP4 and bitsandbytes' NF4: every reconstruction.
    @Test func blocksEqualTheToolkits() throws {
        let inputs = try #require(Self.book["inputs"] as? [String: [String: Any]])
        let cases = try #require(Self.book["tensors"] as? [[String: Any]])
        #expect(cases.count == 27)
        for entry in cases {
            let name = try #require(entry["input"] as? String), recipe = try #require(entry["recipe"] as? String)
            let values = Self.floats(inputs[name]?["values"]).compactMap { $0 }
            let shape = try #require(inputs[name]?["shape"] as? [Int])
            let evaluator = try Evaluator(tensor(values, shape), recipe: try Recipe(recipe))
            let got = try evaluator.reconstructionHead(values.count)
            let want = Self.floats(entry["results"]).compactMap { $0 }
            #expect(got.count == want.count)
            let isExact = recipe.hasPrefix("mx")
            for (position, (a, b)) in zip(got, want).enumerated() {
                // Toolkits of two-level and absmax scales multiply by reciprocals: the last bit may differ.
                #expect(
                    isExact ? a == b : close(Double(a), Double(b), 1e-6, floor: 1e-12),
                    "\(name) \(recipe) at \(position): \(values[position]) → \(a), not \(b)")
            }
        }
    }

    /// kmeans1d is exact.
    @Test func kMeansLeavesTheLeastError() throws {
        for entry in try #require(Self.book["clusters"] as? [[String: Any]]) {
            let values = Self.floats(entry["values"]).compactMap { $0 }
            let levels = try #require(entry["levels"] as? Int), least = try #require(entry["squared_error"] as? Double)
            let book = try OptimalPartition.book(
                of: ValueCells(sorted: values.sorted()), levels: levels, isQuick: false, cancel: nil)
            #expect(close(Self.error(values, book), least, 1e-6))
        }
    }

    private static func error(_ values: [Float], _ book: CodeBook) -> Double {
        values.reduce(0) { sum, value in
            let e = Double(book.levels[book.place(of: value)]) - Double(value)
            return sum + e * e
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
            let error = Self.error(values, book), least = best(0, levels)
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
            #expect(close(Self.error(values, exact), Self.error(values, found), 1e-9))
        }
    }

    // MARK: Survey tables

    /// Quantiles of a unit Gaussian or Laplacian, so many that finite size does not show.
    private static func quantiles(_ model: SourceModel, _ count: Int) -> [Float] {
        (0..<count).map { index in
            let p = (Double(index) + 0.5) / Double(count)
            switch model {
            case .gauss: return Float(Quantiles.probit(p))
            case .laplace:
                let q = p < 0.5 ? Foundation.log(2 * p) : -Foundation.log(2 * (1 - p))
                return Float(q / 2.0.squareRoot())
            }
        }
    }

    private func kmeans(_ values: [Float], _ levels: Int) throws -> CodeBook {
        try OptimalPartition.book(of: ValueCells(sorted: values), levels: levels, isQuick: false, cancel: nil)
    }

    /// B.1: levels and errors of the optimal quantizer.
    @Test func lloydMax() throws {
        let gauss = Self.quantiles(.gauss, 1 << 16), laplace = Self.quantiles(.laplace, 1 << 16)
        for (levels, positive) in [
            (4, [0.45278, 1.51042]), (8, [0.24509, 0.75601, 1.34391, 2.15195]),
            (16, [0.12840, 0.38805, 0.65676, 0.94234, 1.25623, 1.61805, 2.06902, 2.73259]),
        ] {
            let book = try kmeans(gauss, levels)
            for (level, expected) in zip(book.levels.dropFirst(levels / 2), positive) {
                #expect(abs(Double(level) - expected) < 0.003, "\(level), not \(expected)")
            }
        }
        let thresholds = try kmeans(gauss, 8).thresholds.dropFirst(4)
        for (threshold, expected) in zip(thresholds, [0.50055, 1.04996, 1.74793]) {
            #expect(abs(Double(threshold) - expected) < 0.003)
        }
        for (model, values, bits, expected) in [
            ("gauss", gauss, 1, 0.3633802276), ("gauss", gauss, 2, 0.1174818478), ("gauss", gauss, 3, 0.0345477608),
            ("gauss", gauss, 4, 0.0095010080), ("gauss", gauss, 5, 0.0025046684), ("laplace", laplace, 1, 0.5),
            ("laplace", laplace, 2, 0.1761948811), ("laplace", laplace, 3, 0.0544759879),
            ("laplace", laplace, 4, 0.0153725271),
        ] {
            let error = Self.error(values, try kmeans(values, 1 << bits)) / Double(values.count)
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

    private func relativeError(_ values: [Float], _ recipe: String) throws -> Double {
        let power = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
        return try Evaluator(tensor(values, [values.count]), recipe: try Recipe(recipe)).evaluate().metrics.mse / power
    }

    /// L13: powers of two stop improving, sums of them go on for a while.
    @Test func powersOfTwo() throws {
        let gauss = Self.quantiles(.gauss, 1 << 16), laplace = Self.quantiles(.laplace, 1 << 16)
        for (values, recipe, expected) in [
            (gauss, "apot4 tensor clip:mse", 0.012100), (gauss, "pow2-4 tensor clip:mse", 0.037745),
            (gauss, "pow2-6 tensor clip:mse", 0.037729), (laplace, "apot4 tensor clip:mse", 0.020380),
            (laplace, "pow2-4 tensor clip:mse", 0.038301), (gauss, "apot5 tensor clip:mse", 0.006005),
        ] {
            let error = try relativeError(values, recipe)
            // Finite samples have no far tail, which matters for the Laplacian.
            #expect(close(error, expected, 0.005), "\(recipe): \(error), not \(expected)")
        }
        func magnitudes(_ bits: Int) -> [Float] { AdditivePowersFormat.magnitudes(bits: bits) }
        #expect(magnitudes(1) == [0, 1] && magnitudes(2) == [0, 0.25, 0.5, 1])
        #expect(magnitudes(3) == [0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1])
        let four: [Float] = [
            0, 1 / 48, 1 / 24, 1 / 16, 1 / 12, 1 / 8, 1 / 6, 3 / 16, 1 / 4, 1 / 3, 3 / 8, 1 / 2, 2 / 3, 11 / 16, 3 / 4,
            1,
        ]
        #expect(zip(magnitudes(4), four).allSatisfy { abs($0 - $1) < 1e-7 } && magnitudes(4).count == 16)
        #expect(try Recipe("pow2-4").format.codeCount == 15)
    }

    /// L14: greedy and alternating binary codes.
    @Test func binaryCodes() throws {
        let gauss = Self.quantiles(.gauss, 1 << 16), cells = ValueCells(sorted: gauss)
        let greedy = BinaryCodeFit(cells, planes: 4).greedy
        for (alpha, expected) in zip(greedy, [0.79788, 0.48262, 0.26844, 0.15967]) {
            #expect(abs(alpha - expected) < 2e-4)
        }
        for (planes, alphas, error) in [
            (2, [0.98160, 0.52882], 0.117482), (3, [0.98825, 0.74815, 0.45103], 0.035267), (4, [], 0.010904),
        ] {
            let fit = BinaryCodeFit(cells, planes: planes)
            for (alpha, expected) in zip(fit.alphas, alphas) { #expect(abs(alpha - expected) < 0.002, "\(fit.alphas)") }
            let found = try relativeError(gauss, "bcq\(planes) tensor")
            #expect(found < error * 1.003, "\(planes): \(found), not \(error)")
        }
        for (planes, error) in [(1, 0.363380), (2, 0.130454), (3, 0.058394), (4, 0.032898)] {
            let left = Self.error(gauss, BinaryCodeFit.book(Array(greedy.prefix(planes)))) / Double(gauss.count)
            // The nearest sum is at least as good as the greedy one.
            #expect(left < error * 1.001)
        }
    }

    /// IV-E: binary and ternary optima.
    @Test func signsAndZeroBands() throws {
        let gauss = Self.quantiles(.gauss, 1 << 16), laplace = Self.quantiles(.laplace, 1 << 16)
        let uniform = (0..<1 << 14).map { 2 * (Float($0) + 0.5) / Float(1 << 14) - 1 }
        for (values, recipe, scale, threshold, error) in [
            (gauss, "binary", 0.797885, nil, 0.363380), (laplace, "binary", 0.707107, nil, 0.5),
            (uniform, "binary", 0.5, nil, 0.25), (gauss, "ternary", 1.18416, 0.55852, 0.191625),
            (gauss, "ternary-opt", 1.224006, 0.612003, 0.190174),
            (laplace, "ternary-opt", 1.414214, 0.707107, 0.264241),
            (laplace, "ternary", nil, nil, 0.282434), (uniform, "ternary-opt", 2.0 / 3, 1.0 / 3, 1.0 / 9),
        ] as [([Float], String, Double?, Double?, Double)] {
            let evaluation = try Evaluator(tensor(values, [values.count]), recipe: try Recipe(recipe)).evaluate()
            let power = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
            #expect(close(evaluation.metrics.mse / power, error, 0.001), "\(recipe)")
            if let scale { #expect(close(Double(evaluation.quantizers[0].scale), scale, 0.002), "\(recipe)") }
            if case .ternary(let ternary) = evaluation.quantizers[0], let threshold {
                #expect(close(Double(ternary.threshold), threshold, 0.01), "\(recipe): \(ternary.threshold)")
            }
        }
        // On the 4,096 quantiles (C.1).
        let sample = try SampleCatalog.open().tensor(named: "gauss")
        let ternary = try Evaluator(sample, recipe: try Recipe("ternary")).evaluate()
        #expect(abs(1 - ternary.metrics.zeroedFraction - 0.57666) < 1e-4)
        #expect(abs(Double(ternary.quantizers[0].scale) - 1.183907) < 1e-5)
        let half = tensor([0.5, -1, 0.25, -0.25], [4])
        #expect(try Evaluator(half, recipe: try Recipe("binary")).quantizer(ofRange: 0).scale == 0.5)
    }

    /// No threshold does better than the best one.
    @Test func theBestZeroBandIsTheBest() throws {
        var numbers = SeededRandom(19)
        for round in 0..<40 {
            let values = numbers.bell(3 + round).map { round % 4 == 0 ? ($0 * 3).rounded() : $0 }
            guard values.contains(where: { $0 != 0 }) else { continue }
            let evaluation = try Evaluator(tensor(values, [values.count]), recipe: try Recipe("ternary-opt")).evaluate()
            let least =
                values.map { abs($0) }.filter { $0 > 0 }.map { limit -> Double in
                    let beyond = values.filter { abs($0) >= limit }
                    let alpha = beyond.reduce(0) { $0 + abs(Double($1)) } / Double(beyond.count)
                    return values.reduce(0) { sum, x in
                        let e = abs(x) >= limit ? abs(Double(x)) - alpha : Double(x)
                        return sum + e * e
                    } / Double(values.count)
                }.min() ?? 0
            #expect(close(evaluation.metrics.mse, least, 1e-6, floor: 1e-12))
        }
    }

    /// B.4: the levels follow from the rule; 4.127 bits a weight with double quantization.
    @Test func normalFloat() throws {
        let offset = 1 - 0.5 * (1 / 32.0 + 1 / 30.0)
        func part(_ count: Int) -> [Double] {
            (0..<count).map { Quantiles.probit(offset + (0.5 - offset) * Double($0) / Double(count)) }
        }
        let largest = Quantiles.probit(offset)
        let levels = (part(7).map { -$0 } + [0] + part(8).reversed()).map { $0 / largest }
        let format = try #require(try Recipe("nf4").format as? NF4Format)
        #expect(format.book.levels.count == 16 && format.book.zeroPlace == 7)
        for (level, expected) in zip(format.book.levels, levels) { #expect(abs(Double(level) - expected) < 2e-7) }
        var numbers = SeededRandom(2)
        let view = tensor(numbers.bell(64 * 1_024), [64, 1_024])
        for (scale, bits) in [("", 4.5), (" scale:dq", 4.126953125)] {
            let evaluation = try Evaluator(view, recipe: try Recipe("nf4 group:64" + scale)).evaluate()
            #expect(evaluation.metrics.size.bitsPerWeight == bits)
        }
    }

    /// Scales of 256 blocks are whole multiples of one step, within half of it.
    @Test func doubleQuantization() throws {
        var numbers = SeededRandom(6)
        let view = tensor(numbers.bell(640 * 64), [640, 64])
        let plain = try Evaluator(view, recipe: try Recipe("nf4 group:64"))
        let stored = try Evaluator(view, recipe: try Recipe("nf4 group:64 scale:dq"))
        for block in [0..<256, 256..<512, 512..<640] {
            let scales = try block.map { try plain.quantizer(ofRange: $0).scale }
            let step = (scales.max() ?? 0) / 255
            for (range, scale) in zip(block, scales) {
                let found = try stored.quantizer(ofRange: range).scale
                #expect(abs(found - scale) <= step * 0.5001)
                #expect(abs(found / step - (found / step).rounded()) < 1e-3)
            }
        }
    }

    /// B.6: signal to noise on N(0, 1).
    @Test(arguments: [
        ("mxfp4", 18.79), ("nvfp4", 20.44), ("nf4 group:64", 20.73), ("int4 sym group:64", 19.36),
        ("int4 sym group:32", 20.27), ("mxfp6-e2m3", 30.95), ("mxfp6-e3m2", 25.36), ("mxfp8-e4m3", 30.65),
        ("mxfp8-e5m2", 25.36), ("mxint8", 41.67),
    ])
    func signalToNoise(recipe: String, expected: Double) throws {
        let evaluation = try Evaluator(Self.normal, recipe: try Recipe(recipe)).evaluate()
        let sqnr = try #require(evaluation.metrics.sqnr)
        #expect(abs(sqnr - expected) < 0.03, "\(recipe): \(sqnr)")
    }

    /// 1.6 million values of N(0, 1): Box and Muller.
    private static let normal: TensorView = {
        var numbers = SeededRandom(1)
        var values: [Float] = []
        values.reserveCapacity(1_600_000)
        while values.count < 1_600_000 {
            let a = Double.random(in: 0..<1, using: &numbers), b = Double.random(in: 0..<1, using: &numbers)
            let radius = (-2 * Foundation.log(1 - a)).squareRoot()
            values.append(Float(radius * cos(2 * .pi * b)))
            values.append(Float(radius * sin(2 * .pi * b)))
        }
        return tensor(values, [1_600, 1_000])
    }()

    /// Shared scales: 2^(⌊log2 t⌋ - emax), and what the floor clips (7.99 becomes 6).
    @Test func sharedExponents() throws {
        let values = [Float(7.99)] + [Float](repeating: 0.5, count: 31)
        let quantizer = try Evaluator(tensor(values, [32]), recipe: try Recipe("mxfp4")).quantizer(ofRange: 0)
        #expect(quantizer.scale == 1)
        #expect(quantizer.reconstruction(of: quantizer.code(of: 7.99, rounding: .even, index: 0)) == 6)
        #expect(quantizer.isClipped(7.99) && !quantizer.isClipped(6.9))
        for (text, t, scale) in [
            ("mxfp4", Float(8), Float(2)), ("mxfp8-e4m3", 8, 0x1p-5), ("mxint8", 0.75, 0.5), ("mxfp4", 0, 1),
            ("mxfp4", 0x1p-130, 0x1p-127), ("mxfp8-e5m2", .greatestFiniteMagnitude, 0x1p112),
        ] {
            let found = try Evaluator(tensor([t, t / 2], [2]), recipe: try Recipe(text)).quantizer(ofRange: 0).scale
            #expect(found == scale, "\(text) of \(t): \(found)")
        }
        // Short blocks are padded.
        let view = tensor([Float](repeating: 1, count: 40), [40])
        let size = try Evaluator(view, recipe: try Recipe("mxfp4")).evaluate().metrics.size
        #expect(size.bits == 2 * (32 * 4 + 8))
    }

    /// Nothing but zeros stays nothing, also where there is no level 0.
    @Test func zerosStayZeros() throws {
        for text in FormatConformanceTests.formats {
            let recipe = try Recipe(text)
            guard let evaluator = try? Evaluator(tensor([Float](repeating: 0, count: 64), [4, 16]), recipe: recipe)
            else {
                continue
            }
            let largest = try evaluator.reconstructionHead(64).reduce(0) { max($0, abs($1)) }
            // Types of few bits have a smallest scale.
            #expect(largest <= (recipe.scaleType == .float32 ? .leastNormalMagnitude : 1e-7), "\(text): \(largest)")
        }
    }

    /// A block without extent does not widen the step that its neighbours share.
    @Test func zeroBlocksDoNotWidenTheStep() throws {
        var numbers = SeededRandom(9)
        var values = numbers.bell(64 * 20).map { $0 * 0.001 }
        for i in 64..<128 { values[i] = 0 }
        for text in ["nf4 group:64", "int4 sym group:64", "int4 asym group:64", "ternary group:64", "binary group:64"] {
            let plain = try Evaluator(tensor(values, [20, 64]), recipe: try Recipe(text)).evaluate().metrics
            let stored = try Evaluator(tensor(values, [20, 64]), recipe: try Recipe(text + " scale:dq")).evaluate()
            #expect(stored.metrics.mse < plain.mse * 1.02, "\(text)")
        }
    }

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
}
