import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Quantization

@Suite struct ObjectiveTests {
    private func curves(
        _ view: TensorView, _ text: String, range: Int = 0, points: Int = 60, settles: Bool = true
    ) throws -> ObjectiveCurves {
        let evaluator = try Evaluator(view, recipe: try Recipe(text))
        return try #require(try evaluator.objective(ofRange: range, points: points, settles: settles))
    }

    /// A point of the curves is what an evaluation with that limit says.
    @Test(arguments: [
        "int4 sym", "int3 symfull", "int4 asym", "int8 sym", "int4 sym convention:torchao", "int12 asym",
        "int4 sym round:down", "int5 asym round:zero", "int12 sym round:up",
        "int6 sym convention:aimet", "int4 sym round:stochastic:1", "int12 asym round:stochastic:2",
    ])
    func pointsAreEvaluations(text: String) throws {
        var numbers = SeededRandom(12)
        let values = numbers.bell(3_000).map { $0 > 2 ? $0 * 3 : $0 }
        let view = tensor(values, [3_000]), found = try curves(view, text, points: 16)
        #expect(found.isExact && found.areChoicesExact && found.count == 3_000)
        let target = CalibrationTarget(try Recipe(text))
        let evidence = WeightedEvidence(
            CumulativeMoments(sorted: values.sorted()), minimum: values.min()!, maximum: values.max()!)
        for point in found.points {
            let range = target.range(ofLimit: point.limit, within: evidence)
            var recipe = try Recipe(text)
            recipe.clipping = .manual(range.shortest.low, range.shortest.high)
            let metrics = try Evaluator(view, recipe: recipe).evaluate().metrics
            // Where rounding draws, points are what is to be expected.
            let isDrawn = if case .stochastic = recipe.rounding { true } else { false }
            #expect(close(point.mse, metrics.mse, isDrawn ? 0.08 : 1e-5), "\(recipe): \(point.mse) \(metrics.mse)")
            #expect(close(point.clipError, metrics.clipError, 1e-4, floor: 1e-5 * metrics.mse), "\(recipe)")
            #expect(close(point.mae, metrics.mae, isDrawn ? 0.08 : 1e-5), "\(recipe)")
        }
    }

    /// What lies on the grid is without error here too, as it is for an evaluation.
    @Test(arguments: ["int4 sym", "int4 asym", "int8 sym", "int4 sym convention:onnxruntime"])
    func gridsAreExact(text: String) throws {
        let scale: Float = 0.25 / 7
        for values in [[Float](repeating: 0.25, count: 64), (-7...7).map { Float($0) * scale }] {
            let view = tensor(values, [values.count]), recipe = try Recipe(text)
            let mse = try Evaluator(view, recipe: recipe).evaluate().metrics.mse
            let found = try curves(view, text)
            #expect(close(found.current.mse, mse, 1e-6), "\(found.current.mse) \(mse)")
            #expect(text != "int4 sym" || found.current.mse == 0)
            let minmax = try #require(found.choices.first { $0.clipping == .minmax })
            #expect(close(minmax.mse, mse, 1e-6), "\(minmax.mse) \(mse)")
        }
    }

    /// Every calibrator of the catalogue is there, with the range and the error that it has as a recipe.
    @Test(arguments: ["int4 sym", "int4 asym", "int6 symfull"])
    func choicesAreTheCalibrators(text: String) throws {
        var numbers = SeededRandom(2)
        let view = tensor(numbers.bell(2_000), [2_000]), found = try curves(view, text)
        let expected = CalibratorCatalog.entries.flatMap { entry in entry.usual.map { Clipping(entry.name, $0) } }
        #expect(Set(found.choices.map { $0.clipping }) == Set(expected))
        for choice in found.choices {
            var recipe = try Recipe(text)
            recipe.clipping = choice.clipping
            let evaluation = try Evaluator(view, recipe: recipe).evaluate()
            #expect(evaluation.quantizers[0] == recipe.quantizer(for: choice.range), "\(choice.clipping)")
            #expect(close(choice.mse, evaluation.metrics.mse, 1e-6), "\(choice.clipping)")
            #expect(close(choice.mae, evaluation.metrics.mae, 1e-6), "\(choice.clipping)")
        }
        let best = try #require(found.choices.min { $0.mse < $1.mse })
        #expect(best.mse == found.choices.first { $0.clipping.name == "mse" }?.mse)
        #expect(found.choices.min { $0.mae < $1.mae }?.clipping.name == "mae")
        #expect(found.points.allSatisfy { $0.mse >= best.mse * (1 - 1e-9) }, "no limit is better than the best")
    }

    /// What lies exactly half a step beyond the outermost level is not clipped, here as there.
    @Test func edgesOfClipping() throws {
        let found = try curves(try SampleCatalog.open().tensor(named: "laplace"), "int4 symfull")
        #expect(found.current.clipError == 0)
        let both = try curves(tensor([-7.5, 7.5, 7.6, 1], [4]), "int4 sym clip:manual:-7,7")
        #expect(close(both.current.clipError, 0.36 / 4, 1e-5) && close(both.current.roundError, 0.5 / 4, 1e-5))
    }

    /// Proposals from bins come near what the values themselves say.
    @Test func proposalsAreNear() throws {
        var numbers = SeededRandom(9)
        let view = tensor(numbers.bell(400_000), [400_000])
        for text in ["int4 sym", "int8 asym"] {
            let proposed = try curves(view, text, settles: false), settled = try curves(view, text)
            #expect(!proposed.isExact && !proposed.areChoicesExact && settled.areChoicesExact)
            for (a, b) in zip(
                proposed.choices.sorted { "\($0.clipping)" < "\($1.clipping)" },
                settled.choices.sorted { "\($0.clipping)" < "\($1.clipping)" })
            {
                // What a search did not look at may differ more: its valley is flat.
                let (x, y) = a.clipping.name == "mae" ? (a.mae, b.mae) : (a.mse, b.mse)
                #expect(close(x, y, 5e-3), "\(text) \(a.clipping): \(x) \(y)")
                let isFlat = ["mse", "mae"].contains(a.clipping.name)
                #expect(close(a.limit, b.limit, isFlat ? 0.2 : 2e-3), "\(text) \(a.clipping): \(a.limit) \(b.limit)")
            }
        }
    }

    @Test func theoryKnowsTheModel() throws {
        for (name, model) in [("gauss", SourceModel.gauss), ("laplace", .laplace)] {
            let found = try curves(try SampleCatalog.open().tensor(named: name), "int4 sym")
            let theory = try #require(found.theory)
            #expect(theory.model == model && theory.fits[0].distance < 0.002 && theory.fits[1].distance > 0.03)
            let uniform = try #require(theory.uniform)
            #expect(theory.rateDistortion < theory.lloydMax && theory.lloydMax < uniform)
            let best = try #require(found.choices.map { $0.mse }.min())
            #expect(close(best, uniform, 0.05), "\(name): \(best) \(uniform)")
        }
    }

    @Test func theoryKnowsItsPlace() throws {
        var numbers = SeededRandom(3)
        let shifted = tensor(numbers.bell(3_000).map { $0 + 3 }, [3_000])
        #expect(try curves(shifted, "int4 sym").theory?.uniform == nil)
        #expect(try curves(shifted, "int4 asym").theory?.uniform != nil)
        // Codes are the convention's: one more level is a little better.
        let bell = tensor(numbers.bell(3_000), [3_000])
        let own = try #require(try curves(bell, "int3 sym").theory?.uniform)
        #expect(try #require(try curves(bell, "int3 sym convention:torch").theory?.uniform) < own)
    }

    @Test func hardRanges() throws {
        for values: [Float] in [[0.25], [0, 0], [3, 3, 3], [.nan, 1, -2], [0x1p-149], [3e38, -3e38, 1], [-5]] {
            for mapping in Mapping.allCases {
                let found = try curves(tensor(values, [values.count]), "int4 \(mapping.rawValue)")
                #expect(found.points.allSatisfy { $0.mse.isFinite && $0.mae.isFinite && $0.limit > 0 }, "\(values)")
                #expect(found.choices.allSatisfy { $0.mse.isFinite && $0.limit.isFinite }, "\(values)")
            }
        }
        let none = try Evaluator(tensor([.nan], [1]), recipe: try Recipe("int4"))
        #expect(try none.objective(ofRange: 0, points: 10, settles: true) == nil)
    }

    /// One range of many, and ranges that are calibrated on other entries.
    @Test func rangesOfTheirOwn() throws {
        var numbers = SeededRandom(4)
        let view = tensor(numbers.bell(1_200), [4, 300])
        let third = try curves(view, "int4 sym channel:0", range: 2)
        let alone = try curves(view.entries(2..<3), "int4 sym tensor")
        #expect(third.points.map { $0.mse } == alone.points.map { $0.mse } && third.count == 300)
        let fixed = try curves(view, "int4 sym tensor range:static:3")
        #expect(fixed.count == 900)
        let first = try curves(view.entries(0..<3), "int4 sym tensor")
        #expect(fixed.choices.map { $0.limit } == first.choices.map { $0.limit })
    }

    // MARK: Timeline

    @Test func timelineComparesStaticWithDynamic() throws {
        var numbers = SeededRandom(77)
        let values = numbers.bell(12 * 4 * 64).enumerated().map { index, x in x * (1 + Float(index / 256 % 3)) }
        let view = tensor(values, [12, 4, 64])
        for text in ["int4 asym tensor", "int4 sym channel:1 clip:mse", "int5 sym tensor round:stochastic:3"] {
            let recipe = try Recipe(text + " range:static:4")
            let evaluator = try Evaluator(view, recipe: recipe)
            let timeline = try #require(try evaluator.timeline(ofRange: 1, columns: 100))
            let channel = recipe.granularity == .tensor ? nil : timeline.range
            #expect(timeline.entries.count == 12 && timeline.calibrationEntries == 4)
            #expect(timeline.entries.map { $0.isCalibration } == (0..<12).map { $0 < 4 })
            #expect(timeline.elementsPerEntry == 256 && timeline.rangesPerEntry == (channel == nil ? 1 : 4))
            // Of the shown range alone, entry by entry.
            var dynamic = try Recipe(text)
            dynamic.granularity = .tensor
            var noise = 0.0, power = 0.0, own = 0.0
            for entry in 4..<12 {
                let all = view.entries(entry..<entry + 1).values(0..<256)
                let part = channel.map { Array(all[$0 * 64..<$0 * 64 + 64]) } ?? all
                let quantizer = try evaluator.quantizer(ofRange: channel ?? 0)
                let mine = try Evaluator(tensor(part, [part.count]), recipe: dynamic).quantizer(ofRange: 0)
                #expect(timeline.entries[entry].own == mine.range && timeline.entries[entry].used == quantizer.range)
                guard recipe.rounding == .even else { continue }
                for value in part {
                    func error(_ quantizer: Quantizer) -> Double {
                        Double(
                            quantizer.reconstruction(of: quantizer.code(of: value, rounding: .even, index: 0)) - value)
                    }
                    power += Double(value) * Double(value)
                    noise += error(quantizer) * error(quantizer)
                    own += error(mine) * error(mine)
                }
            }
            if recipe.rounding == .even {
                #expect(close(try #require(timeline.usedSQNR), Decibel.of(power / noise), 1e-6))
                #expect(close(try #require(timeline.dynamicSQNR), Decibel.of(power / own), 1e-6))
            }
            if channel == nil, recipe.rounding == .even {
                #expect(
                    close(try #require(timeline.usedSQNR), try #require(try evaluator.evaluate().metrics.sqnr), 1e-6))
            }
        }
    }

    /// Draws are those of the evaluation, also where some elements are not finite.
    @Test func timelinesDrawAsEvaluationsDo() throws {
        var numbers = SeededRandom(7)
        var values = numbers.bell(6 * 100)
        values[333] = .nan
        let view = tensor(values, [6, 100])
        let evaluator = try Evaluator(view, recipe: try Recipe("int4 sym range:static:2 round:stochastic:1"))
        let metrics = try evaluator.evaluate().metrics
        let timeline = try #require(try evaluator.timeline(ofRange: 0, columns: 4))
        #expect(close(try #require(timeline.usedSQNR), try #require(metrics.sqnr), 1e-5))
        let head = try evaluator.reconstructionHead(600)
        var sum = 0.0
        for index in 200..<600 where values[index].isFinite {
            sum += Double(head[index] - values[index]) * Double(head[index] - values[index])
        }
        #expect(close(sum / 399, metrics.mse, 1e-6))
    }

    @Test func longTimelinesAreJoined() throws {
        let view = tensor((0..<1_000).map { Float($0 % 7) - 3 }, [100, 10])
        let timeline = try #require(
            try Evaluator(view, recipe: try Recipe("int4 sym range:dynamic")).timeline(ofRange: 0, columns: 30))
        #expect(timeline.entries.count == 25 && timeline.entries[24].entries == 96..<100)
        #expect(timeline.usedSQNR == timeline.dynamicSQNR && timeline.entryCount == 100)
        let grouped = try Evaluator(view, recipe: try Recipe("int4 sym group:5"))
        #expect(!grouped.hasTimeline)
        #expect(try grouped.timeline(ofRange: 0, columns: 30) == nil)
    }

    // MARK: Stochastic rounding

    @Test func drawsAreUnbiasedAndTwiceAsNoisy() throws {
        let view = try SampleCatalog.open().tensor(named: "gauss")
        let study = try #require(
            try Evaluator(view, recipe: try Recipe("int6 sym round:stochastic:1")).stochasticStudy(ofRange: 0))
        #expect(study.elements == 4_096 && study.draws == 256)
        #expect(abs(study.bias) < 4 * study.biasDeviation, "\(study.bias) within \(study.biasDeviation)")
        #expect(close(study.variance, study.expectedVariance, 0.01) && close(study.variance, 1.0 / 6, 0.02))
        #expect(close(study.nearestSquaredError, 1.0 / 12, 0.02))
        #expect(study.largestMeanError < 0.2 && study.nearestLargestError > 0.49)
    }

    /// A weight on a level stays there; what lies between goes both ways.
    @Test func drawsOfOneValue() throws {
        func study(_ value: Float) throws -> StochasticStudy {
            let recipe = try Recipe("int4 sym clip:manual:-7,7")
            return try #require(
                try Evaluator(tensor([value], [1]), recipe: recipe).stochasticStudy(ofRange: 0, draws: 4_000))
        }
        let on = try study(3)
        #expect(on.variance == 0 && on.bias == 0 && on.nearestLargestError == 0)
        let between = try study(3.25)
        #expect(close(between.expectedVariance, 0.1875, 1e-6) && close(between.variance, 0.1875, 0.05))
        #expect(abs(between.bias) < 4 * between.biasDeviation && close(between.nearestSquaredError, 0.0625, 1e-6))
        let clipped = try Evaluator(tensor([9], [1]), recipe: try Recipe("int4 sym clip:manual:-7,7"))
        #expect(try clipped.stochasticStudy(ofRange: 0) == nil)
    }
}
