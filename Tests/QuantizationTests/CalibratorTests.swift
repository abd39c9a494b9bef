import Basics
import Tensors
import SeededRandom
import Testing

@testable import Quantization

@Suite struct CalibratorTests {
    private func range(_ values: [Float], _ text: String) throws -> ClipRange {
        try Evaluator(tensor(values, [values.count]), recipe: try Recipe(text)).quantizer(ofRange: 0).range
    }

    @Test(arguments: [10, 999, 70_000, 300_000])
    func percentilesInterpolateBetweenOrderStatistics(count: Int) throws {
        var numbers = SeededRandom(4)
        let values = numbers.bell(count)
        let magnitudes = values.map { abs($0) }.sorted(), sorted = values.sorted()
        func quantile(_ sorted: [Float], _ fraction: Double) -> Float {
            let position = fraction * Double(count - 1), lower = Int(position)
            let upper = min(lower + 1, count - 1)
            return Float(
                Double(sorted[lower]) + (Double(sorted[upper]) - Double(sorted[lower])) * (position - Double(lower)))
        }
        for percent in [50.0, 99, 99.9, 100] {
            let symmetric = try range(values, "int4 sym clip:percentile:\(percent)")
            #expect(symmetric.high == quantile(magnitudes, percent / 100))
            let asymmetric = try range(values, "int4 asym clip:percentile:\(percent)")
            #expect(asymmetric.low == min(0, quantile(sorted, (100 - percent) / 200)))
            #expect(asymmetric.high == max(0, quantile(sorted, 1 - (100 - percent) / 200)))
        }
    }

    @Test func sigmaIsNotCapped() throws {
        let values: [Float] = [-1, 1, -1, 1]
        #expect(try range(values, "int4 sym clip:sigma:3") == ClipRange(low: -3, high: 3))
        #expect(try range([1, 3], "int4 asym clip:sigma:1") == ClipRange(low: 0, high: 3))
    }

    @Test func manualRangesAreWhatIsGiven() throws {
        #expect(try range([5, 6], "int4 asym clip:manual:-1,2") == ClipRange(low: -1, high: 2))
        #expect(try range([5, 6], "int4 sym clip:manual:-1,2") == ClipRange(low: -2, high: 2))
    }

    /// No other calibrator, and no limit of a scan, has a smaller squared error.
    @Test(arguments: ["int2 sym", "int3 symfull", "int4 sym", "int4 asym", "int8 sym", "int8 asym", "int12 sym"])
    func mseIsTheBest(setting: String) throws {
        var numbers = SeededRandom(14)
        var heavy = numbers.bell(3_000)
        for index in stride(from: 0, to: 3_000, by: 100) { heavy[index] *= 8 }
        for values in [numbers.bell(500), heavy, heavy.map { abs($0) }, heavy.map { $0 + 3 }, numbers.bell(40)] {
            func error(_ clip: String) throws -> Double {
                try Evaluator(tensor(values, [values.count]), recipe: try Recipe("\(setting) \(clip)")).evaluate()
                    .metrics.mse
            }
            let best = try error("clip:mse")
            let others = CalibratorCatalog.entries.flatMap { entry in
                entry.usual.map { "clip:\(Clipping(entry.name, $0))" }
            }
            for clip in others where clip != "clip:mse" {
                let other = try error(clip)
                #expect(best <= other * (1 + 1e-9), "\(clip): \(other) is less than \(best)")
            }
            let low = Double(values.min()!), high = Double(values.max()!)
            for step in 1...60 {
                let share = Double(step) / 60
                let other = try error("clip:manual:\(min(0, low * share)),\(max(0, high * share))")
                #expect(best <= other * (1 + 1e-6), "share \(share): \(other) is less than \(best)")
            }
        }
    }

    /// Steps are judged as they are stored: none of the type's own scales would be better.
    @Test(arguments: ["e8m0", "e4m3", "bf16", "f16"], ["int2 sym", "int3 symfull", "int4 sym", "int5 asym"])
    func storedStepsAreTheBest(type: String, setting: String) throws {
        var numbers = SeededRandom(29)
        let scaleType = try #require(ScaleType(rawValue: type))
        for values in [numbers.bell(400), numbers.bell(300).map { $0 * $0 * $0 }, numbers.bell(200).map { $0 + 1.5 }] {
            let values = values.map { $0 * 0.3 }, view = tensor(values, [values.count])
            let recipe = try Recipe("\(setting) clip:mse scale:\(type)"), target = CalibrationTarget(recipe)
            let best = try Evaluator(view, recipe: recipe).evaluate().metrics.mse
            var scales: Set<Float> = []
            for step in 1...400 { scales.insert(scaleType.stored(Float(step) / 400)) }
            for exponent in -12...1 {
                scales.insert(scaleType.stored(Float(sign: .plus, exponent: exponent, significand: 1)))
            }
            for scale in scales {
                for zero in target.codes where recipe.mapping == .asymmetric || zero == 0 {
                    let quantizer = AffineQuantizer(
                        scale: scale, zeroPoint: zero, codes: target.codes, range: ClipRange(low: -1, high: 1),
                        divides: false)
                    let error = values.reduce(0.0) { sum, x in
                        let e = Double(
                            quantizer.reconstruction(of: quantizer.code(of: x, rounding: .even, index: 0)) - x)
                        return sum + e * e
                    }
                    #expect(
                        best <= error / Double(values.count) * (1 + 1e-5), "\(scale), \(zero): \(error), not \(best)")
                }
            }
        }
    }

    /// Where nothing lies near zero the divergence sees no clipping; it may not clip what it does not see.
    @Test func entropyOfValuesFarFromZero() throws {
        var numbers = SeededRandom(31)
        let hills = numbers.bell(3_000).enumerated().map { $1 * 0.4 + ($0 % 3 == 0 ? -6 : 4) }
        let steps = (0..<2_000).map { Float($0 % 5 < 3 ? 1 : 5 + $0 % 7) }
        for values in [hills, numbers.bell(2_000).map { 9 + $0 }, numbers.bell(900).map { -20 + $0 }, steps] {
            for setting in ["int4 sym", "int8 sym", "int8 asym"] {
                func evaluation(_ clip: String) throws -> Metrics {
                    try Evaluator(tensor(values, [values.count]), recipe: try Recipe("\(setting) clip:\(clip)"))
                        .evaluate()
                        .metrics
                }
                let entropy = try evaluation("entropy"), whole = try evaluation("minmax")
                #expect(entropy.clippedFraction <= EntropyCalibrator.mostClipped)
                #expect(try #require(entropy.sqnr) >= whole.sqnr! - 6, "\(setting)")
            }
        }
        // NVIDIA's rule is left as it is.
        let view = tensor(hills, [hills.count])
        let theirs = try Evaluator(view, recipe: try Recipe("int8 clip:entropy convention:tensorrt")).evaluate().metrics
        #expect(theirs.clippedFraction > 0.9)
    }

    /// Bins joined by their centres and by their lower edges part where few bins are occupied.
    @Test func binsJoinedByCentresAndByEdges() {
        var counts = [Double](repeating: 0, count: 64)
        for (bin, count) in [(5, 13.0), (6, 33), (11, 36), (22, 4), (34, 4), (41, 5), (43, 9)] { counts[bin] = count }
        let bins = MagnitudeBins(counts: counts)
        let centres = DivergenceSearch(bins, levels: 8), edges = DivergenceSearch(bins, levels: 8, grouping: .lowerEdge)
        #expect(centres.best == 12 && edges.best == 44)
    }

    @Test(arguments: CalibratorCatalog.entries.map { $0.name })
    func hardInputs(name: String) throws {
        let entry = try #require(CalibratorCatalog.entry(named: name))
        let numbers = (entry.usual.first ?? [-1, 1]).map { "\($0)" }.joined(separator: ",")
        let clip = "clip:\(name)" + (numbers.isEmpty ? "" : ":\(numbers)")
        let inputs: [[Float]] = [
            [0.25], [0, 0, 0], [-0.0], [7, 7, 7, 7], [0x1p-149], [0x1p-133, -0x1p-138], [3e38, -3e38, 1], [3.4e38],
            [.nan, 1, -2], [.infinity, 0.5], [.nan], [-5, -5.0000005],
        ]
        for values in inputs {
            for mapping in Mapping.allCases {
                let recipe = try Recipe("int4 \(mapping.rawValue) \(clip)")
                let evaluation = try Evaluator(tensor(values, [values.count]), recipe: recipe).evaluate()
                let quantizer = try #require(evaluation.quantizers.first)
                #expect(quantizer.scale.isFinite && quantizer.scale > 0, "\(values)")
                #expect(evaluation.metrics.entries.allSatisfy { $0.value?.isFinite ?? true }, "\(values)")
            }
        }
    }

    /// What is not finite changes nothing but itself, for every calibrator, mapping and granularity.
    @Test(arguments: CalibratorCatalog.entries.map { $0.name })
    func onlyFiniteValuesCount(name: String) throws {
        var numbers = SeededRandom(21)
        let clean = numbers.bell(4 * 90)
        var laden: [Float] = []
        for row in 0..<4 {
            laden += clean[row * 90..<row * 90 + 45] + [.nan, .infinity] + clean[row * 90 + 45..<row * 90 + 90]
            laden += [-.infinity]
        }
        for recipe in try Self.recipes(name, granularities: ["tensor", "channel:0"]) {
            let a = try Evaluator(tensor(clean, [4, 90]), recipe: recipe).evaluate()
            let b = try Evaluator(tensor(laden, [4, 93]), recipe: recipe).evaluate()
            #expect(a.quantizers == b.quantizers, "\(recipe)")
            #expect(close(a.metrics.mse, b.metrics.mse, 1e-6), "\(recipe)")
        }
    }

    /// A power of two scales ranges exactly.
    @Test(arguments: CalibratorCatalog.entries.map { $0.name }.filter { $0 != "manual" })
    func powersOfTwoScaleRanges(name: String) throws {
        var numbers = SeededRandom(22)
        let values = numbers.bell(1_500).map { $0 > 1.5 ? 4 * $0 : $0 }
        for recipe in try Self.recipes(name, granularities: ["tensor", "channel:0", "group:25"]) {
            let plain = try Evaluator(tensor(values, [15, 100]), recipe: recipe).evaluate()
            for factor: Float in [0x1p-40, 0x1p-3, 2, 0x1p60] {
                let scaled = try Evaluator(tensor(values.map { $0 * factor }, [15, 100]), recipe: recipe).evaluate()
                for (a, b) in zip(plain.quantizers, scaled.quantizers) {
                    // Fixed points stop within their tolerance.
                    let same =
                        name == "octav"
                        ? close(Double(a.range.high * factor), Double(b.range.high), 1e-6)
                        : a.scale * factor == b.scale && a.zeroPoint == b.zeroPoint
                    #expect(same, "\(recipe) × \(factor): \(a.range) \(b.range)")
                }
            }
        }
    }

    /// Every granularity asks the calibrator of each range for itself.
    @Test(arguments: CalibratorCatalog.entries.map { $0.name }.filter { $0 != "manual" })
    func everyRangeIsCalibratedByItself(name: String) throws {
        var numbers = SeededRandom(23)
        let values = numbers.bell(6 * 64).enumerated().map { index, x in x * Float(1 + index / 64) }
        for mapping in Mapping.allCases {
            let entry = try #require(CalibratorCatalog.entry(named: name))
            var recipe = try Recipe("int4 \(mapping.rawValue) channel:0")
            recipe.clipping = Clipping(name, entry.usual[0])
            let all = try Evaluator(tensor(values, [6, 64]), recipe: recipe).evaluate().quantizers
            recipe.granularity = .tensor
            for row in 0..<6 {
                let part = Array(values[row * 64..<row * 64 + 64])
                #expect(
                    try Evaluator(tensor(part, [64]), recipe: recipe).quantizer(ofRange: 0) == all[row], "\(recipe)")
            }
        }
    }

    private static func recipes(_ name: String, granularities: [String]) throws -> [Recipe] {
        let entry = try #require(CalibratorCatalog.entry(named: name))
        return try Mapping.allCases.flatMap { mapping in
            try granularities.flatMap { granularity in
                try (entry.usual.isEmpty ? [[-1, 2]] : entry.usual).map { numbers in
                    var recipe = try Recipe("int4 \(mapping.rawValue) \(granularity)")
                    recipe.clipping = Clipping(name, numbers)
                    return recipe
                }
            }
        }
    }

    /// The least absolute error, against a dense scan.
    @Test(arguments: ["int2 sym", "int4 sym", "int4 asym", "int8 symfull"])
    func maeIsTheBest(setting: String) throws {
        var numbers = SeededRandom(15)
        for values in [numbers.bell(700), numbers.bell(900).map { $0 > 2 ? $0 * 5 : $0 }] {
            func error(_ clip: String) throws -> Double {
                try Evaluator(tensor(values, [values.count]), recipe: try Recipe("\(setting) \(clip)")).evaluate()
                    .metrics.mae
            }
            let best = try error("clip:mae"), low = Double(values.min()!), high = Double(values.max()!)
            for step in 1...400 {
                let share = Double(step) / 400
                let other = try error("clip:manual:\(min(0, low * share)),\(max(0, high * share))")
                #expect(best <= other * (1 + 1e-6), "share \(share): \(other) is less than \(best)")
            }
        }
    }

    @Test func analyticLimitsOfOneSidedData() throws {
        var numbers = SeededRandom(6)
        let values = numbers.bell(5_000).map { max(0, $0) }, mean = values.reduce(0, +) / 5_000
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5_000).squareRoot()
        let gauss = try range(values, "int4 asym clip:aciq-gauss")
        #expect(gauss.low == 0)
        #expect(close(Double(gauss.high), 2.936_201 * Double(deviation), 1e-4))
        let distance = values.reduce(0) { $0 + abs($1 - mean) } / 5_000
        let laplace = try range(values, "int3 asym clip:aciq-laplace")
        #expect(close(Double(laplace.high), 5.028_640 * Double(distance), 1e-4))
        // Two-sided data: around the mean for asym, around zero for sym.
        let shifted = values.map { $0 - 1 }
        let asymmetric = try range(shifted, "int4 asym clip:aciq-gauss"),
            symmetric = try range(shifted, "int4 sym clip:aciq-gauss")
        #expect(close(Double(asymmetric.high), Double(mean - 1) + 2.559_136 * Double(deviation), 1e-4))
        #expect(close(Double(symmetric.high), 2.559_136 * Double(deviation), 1e-4))
    }

    /// Ranges read in streams have the evidence of those in memory.
    @Test func streamsAnswerAsMemoryDoes() throws {
        var numbers = SeededRandom(44)
        let values = numbers.bell(600_000), view = tensor(values, [600_000])
        let summary = try FirstPass(view).run(WorkContext())
        let streamed = StreamedEvidence(RangeReader(view), summary: summary, context: WorkContext(threads: 2))
        values.withUnsafeBufferPointer { buffer in
            let memory = ValuesEvidence(
                buffer.baseAddress!, values.count, minimum: summary.minimum, maximum: summary.maximum, scanLength: 100)
            #expect(close((try? streamed.meanDistance(from: 0.25)) ?? 0, memory.meanDistance(from: 0.25), 1e-6))
            let a = try? streamed.magnitudes(bins: 2_048), b = memory.magnitudes(bins: 2_048)
            #expect(a?.occupied.map { $0.bin } == b.occupied.map { $0.bin })
            #expect(a?.occupied.map { $0.count } == b.occupied.map { $0.count })
            let c = try? streamed.tails(from: 1, below: 1.5, most: .max),
                d = memory.tails(from: 1, below: 1.5, most: .max)!
            for limit in [1, 1.1, 1.4999, 1.5] {
                #expect(c?.above(limit)?.count == d.above(limit)?.count)
                #expect(close(c?.above(limit)?.sum ?? 0, d.above(limit)?.sum ?? 1, 1e-6))
            }
            #expect(d.above(0.99) == nil && d.above(1.51) == nil)
            let quantizers = [
                Quantizer.affine(
                    AffineQuantizer(
                        range: ClipRange(low: -2, high: 2), bits: 4, mapping: .symmetric, scaleType: .float32))
            ]
            for measure in [ErrorMeasure.squared, .absolute] {
                let e = try? streamed.errors(quantizers, measure)
                #expect(close(e?[0] ?? 0, memory.errors(quantizers, measure)[0], 1e-6))
            }
        }
    }

    /// Values that lie on a grid with fewer steps than there are codes, as weights that were quantized before.
    @Test(arguments: ["int4 sym", "int4 asym", "int8 sym", "int8 asym", "int8 symfull"])
    func gridsAreFoundAgain(setting: String) throws {
        var numbers = SeededRandom(51)
        for (count, reach, unit) in [(3_000, 5, Float(0.013)), (90_000, 7, 0.37)] {
            let values = numbers.bell(count).map { max(Float(-reach), min(Float(reach), ($0 * 1.5).rounded())) * unit }
            let metrics = try Evaluator(tensor(values, [count]), recipe: try Recipe("\(setting) clip:mse")).evaluate()
                .metrics
            #expect(metrics.sqnr ?? 200 > 100, "\(setting): \(metrics.sqnr ?? 200) dB")
        }
    }

    /// Wide grids, whose scans are coarse: no other calibrator has a smaller squared error there either.
    @Test(arguments: ["int12 symfull", "int12 asym", "int16 sym", "int16 asym"])
    func mseIsTheBestOnWideGrids(setting: String) throws {
        var numbers = SeededRandom(52)
        let inputs: [[Float]] = [
            numbers.bell(4_000), numbers.bell(4_000).map { Float(Float16($0 + 5)) },
            numbers.bell(2_000).map { ($0 * 300).rounded() }, (0..<4_096).map { Float($0 - 2_048) },
        ]
        for values in inputs {
            func error(_ clipping: Clipping) throws -> Double {
                var recipe = try Recipe(setting)
                recipe.clipping = clipping
                return try Evaluator(tensor(values, [values.count]), recipe: recipe).evaluate().metrics.mse
            }
            let best = try error(Clipping("mse"))
            for entry in CalibratorCatalog.entries {
                for numbers in entry.usual {
                    let other = try error(Clipping(entry.name, numbers))
                    #expect(
                        best <= other * (1 + 1e-9) + 1e-18, "\(setting) \(entry.name): \(other) is less than \(best)")
                }
            }
        }
    }

    /// A search gives up where nobody wants its result any more, in the middle of a chunk too.
    @Test(arguments: ["int4 sym group:32 clip:mse", "int16 asym tensor clip:mae", "int4 sym channel:1 clip:mse"])
    func searchesAreCancelled(text: String) throws {
        var numbers = SeededRandom(61)
        let view = tensor(numbers.bell(512 * 512), [512, 512]), flag = CancelFlag()
        flag.cancel()
        let context = WorkContext(threads: 2, cancel: flag)
        #expect(throws: Cancelled.self) { try Evaluator(view, recipe: try Recipe(text)).evaluate(context) }
        view.values(0..<5_000).withUnsafeBufferPointer { buffer in
            let evidence = ValuesEvidence(
                buffer.baseAddress!, 5_000, minimum: -6, maximum: 6, scanLength: 2_000, cancel: flag)
            #expect(throws: Cancelled.self) {
                try MSECalibrator().range(of: evidence, for: CalibrationTarget(try Recipe(text)))
            }
        }
    }

    /// Where many values are alike the iteration may jump over its fixed point.
    @Test func octavOfTies() throws {
        #expect(close(Double(try range([0.1, -0.1, 0.1, -0.1, 0.1], "int4 sym clip:octav").high), 0.1, 1e-6))
        let many = (0..<700_000).map { Float($0 % 2 == 0 ? 0.1 : -0.1) }
        #expect(close(Double(try range(many, "int4 sym clip:octav").high), 0.1, 1e-6))
        let two = (0..<400).map { Float($0 % 4 == 0 ? 1 : -0.25) }
        let limit = Double(try range(two, "int2 sym clip:octav").high)
        // Between the two: 100 values beyond it, 300 within.
        #expect(close(limit, 100 / (300 / 16.0 / 3 + 100), 1e-6), "\(limit)")
    }

    @Test func magnitudesFallIntoTheirBins() {
        // Edges themselves belong to the bin above.
        let largest: Float = 2_048
        var values = (0..<2_048).map { Float($0) } + [largest, -largest, 0.5, -1.5, 1.999_999_9]
        values += [Float(1_023).nextDown, Float(1_023).nextUp]
        let found = values.withUnsafeBufferPointer {
            MagnitudeBins($0.baseAddress!, values.count, largest: largest, bins: 2_048)
        }
        var expected = [Double](repeating: 0, count: 2_048)
        for value in values { expected[min(2_047, Int(abs(value)))] += 1 }
        #expect(found.occupied.map { $0.count } == expected)
        var numbers = SeededRandom(1)
        let many = numbers.bell(10_007), top = many.map { abs($0) }.max()!
        let bins = many.withUnsafeBufferPointer { MagnitudeBins($0.baseAddress!, many.count, largest: top, bins: 777) }
        var plain = [Double](repeating: 0, count: 777)
        for value in many {
            let edges = (0...777).map { Double(top) * (Double($0) / 777) }
            let m = Double(abs(value))
            plain[min(776, (edges.lastIndex { $0 <= m } ?? 0))] += 1
        }
        #expect(bins.occupied.map { $0.count } == plain.filter { $0 > 0 })
    }

    @Test func everyCalibratorHasAFile() throws {
        let files = try Sources.names(in: "Quantization/Clipping").filter {
            $0.hasSuffix("Calibrator.swift") && $0 != "Calibrator.swift"
        }
        #expect(files.count == CalibratorCatalog.entries.count)
        #expect(Set(CalibratorCatalog.entries.map { $0.name }).count == CalibratorCatalog.entries.count)
    }

    @Test func everyFormatHasAFile() throws {
        let files = try Sources.names(in: "Quantization/Formats").filter {
            !["NumberFormat.swift", "FormatCoding.swift", "FormatCatalog.swift"].contains($0)
        }
        #expect(files.count == FormatCatalog.families.count)
    }
}
