import Basics
@testable import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// The axis, the cursor, the clip limits.
@Suite struct ViewTests {
    @Test(arguments: [
        (0.0012345, "0.0012"), (-0.00123, "-0.001"), (-0.00012, "-1e-4"), (1.26e-5, "1.3e-5"), (-1.26e-15, "-1e-15"),
        (0, "0"), (-12_345, "-1.2e4"), (.nan, "NaN"), (-.infinity, "-∞"),
    ]) func numbersFitTheirCells(value: Double, text: String) {
        #expect(NumberText.fitted(value, width: 6) == text)
    }

    private func started(_ tensor: String = "gauss", recipe: String = "int4 sym tensor") throws -> ExplorerState {
        var state = try samplesState(tensor, recipe: recipe)
        settle(&state, state.reduce(.started))
        settle(&state, state.reduce(.pointed(.distribution, .panel)))
        return state
    }

    @Test func axesMapValuesToPlacesAndBack() {
        for axis in [
            Axis(low: -3, high: 5), Axis(low: 1e-4, high: 10, isLogarithmic: true),
            Axis(low: -1e38, high: 1e38), Axis(low: 1e-300, high: 1e-290),
        ] {
            for share in [0.0, 0.1, 0.5, 0.99, 1] {
                #expect(abs(axis.share(of: axis.value(at: share)) - share) < 1e-9, "\(axis) \(share)")
            }
            #expect(axis.column(of: axis.low, in: 7) == 0 && axis.column(of: axis.high, in: 7) == 6)
        }
        let axis = Axis(low: 0, high: 1)
        #expect(axis.column(of: 1.01, in: 7) == nil && axis.column(of: -0.01, in: 7) == nil)
        #expect(Axis(low: 1, high: 10, isLogarithmic: true).column(of: 0, in: 5) == nil)
    }

    /// The strip of e²: what of the squared error comes from each bin, near enough to be seen.
    @Test(arguments: ["int4 sym tensor clip:manual:-1,1", "int3 asym tensor", "int2 sym tensor", "fp4-e2m1"])
    func errorsComeFromWhereTheStripSays(recipe: String) throws {
        let state = try started(recipe: recipe), detail = try #require(state.detail)
        let shares = DistributionModel(state).errorShares, binning = detail.original.binning
        #expect(abs(shares.reduce(0, +) - 1) < 1e-9 && shares.count == binning.bins)
        var plain = [Double](repeating: 0, count: binning.bins)
        for value in state.tensor.values(0..<state.tensor.count) {
            let code = detail.quantizer.code(of: value, rounding: state.recipe.rounding, index: 0)
            let error = Double(detail.quantizer.reconstruction(of: code) - value)
            plain[binning.bin(of: Double(value))] += error * error
        }
        let all = plain.reduce(0, +), apart = zip(shares, plain).reduce(0) { $0 + abs($1.0 - $1.1 / all) }
        #expect(apart < 0.1, "\(apart) of the error elsewhere")
    }

    /// Of all elements as they are no bin has one grid; in units it has.
    @Test func errorsOfManyRangesAreInUnits() throws {
        var state = try samplesState("scaled_channels", recipe: "int4 sym channel:0")
        settle(&state, state.reduce(.started))
        #expect(state.detail?.coverage == .units && !DistributionModel(state).errorShares.isEmpty)
        settle(&state, state.reduce(.axisScaleSwitched))
        #expect(state.detail?.coverage == .values && DistributionModel(state).errorShares.isEmpty)
    }

    @Test func zoomingShowsAPartExactly() throws {
        var state = try started()
        settle(&state, state.reduce(.pointed(.distribution, .value(1))))
        let whole = try #require(state.axis)
        for _ in 0..<3 { settle(&state, state.reduce(.axisZoomed(inward: true, around: nil))) }
        let axis = try #require(state.axis)
        #expect(abs((axis.high - axis.low) / (whole.high - whole.low) - 0.125) < 1e-9 && axis.low < 1 && axis.high > 1)
        let histogram = try #require(state.detail?.original)
        let expected = state.tensor.values(0..<state.tensor.count).count {
            Double($0) >= axis.low && Double($0) <= axis.high
        }
        #expect(Int(histogram.counts.reduce(0, +)) == expected)
        #expect(Int(histogram.counts.reduce(0, +) + histogram.below + histogram.above) == state.tensor.count)
        // The cursor takes the window along.
        for _ in 0..<60 { settle(&state, state.reduce(.moved(.right))) }
        let panned = try #require(state.axis), cursor = try #require(state.cursor)
        #expect(panned.low > axis.low && cursor > axis.high && (0...1).contains(panned.share(of: cursor)))
        for _ in 0..<3 { settle(&state, state.reduce(.axisZoomed(inward: false, around: 0.5))) }
        settle(&state, state.reduce(.axisShown))
        #expect(state.window == nil && state.axis == whole)
        #expect(state.reduce(.moved(.pageDown)).isEmpty && state.message?.text == Words.wholeAxisShown)
    }

    @Test func zoomingEndsWhereNumbersDo() throws {
        var state = try started()
        settle(&state, state.reduce(.pointed(.distribution, .value(0.3))))
        for _ in 0..<80 { settle(&state, state.reduce(.axisZoomed(inward: true, around: nil))) }
        #expect(state.message?.text == Words.noFinerAxis && state.detail?.isExact == true)
        for _ in 0..<90 { settle(&state, state.reduce(.axisZoomed(inward: false, around: nil))) }
        #expect(state.window == nil)
    }

    /// The finest windows around zero, and the widest, on both axes.
    @Test func extremeWindowsAreSafe() throws {
        for text in [
            "0 1e-310", "0 2e-46", "-1e-45 1e-45", "1e-300 1e300", "1e-45 6e38", "-1e308 1e308", "3 3", "nan 1",
        ] {
            for isLogarithmic in [false, true] {
                var state = try started("relu_batch")
                if isLogarithmic { settle(&state, state.reduce(.axisScaleSwitched)) }
                settle(&state, state.reduce(.promptOpened))
                settle(&state, state.reduce(.edited(.insert("window " + text))))
                settle(&state, state.reduce(.entered))
                settle(&state, state.reduce(.escaped))
                for action in [
                    Action.axisZoomed(inward: true, around: 0), .moved(.right), .clipStepped(.high, right: false),
                ] {
                    settle(&state, state.reduce(action))
                }
                do { var model = ScreenModel(state); model.show(state.screen.panels, of: state) }
                #expect(state.evaluation?.isExact == true)
            }
        }
    }

    @Test func theLogarithmicAxisCountsMagnitudes() throws {
        var state = try started("laplace")
        settle(&state, state.reduce(.axisScaleSwitched))
        let histogram = try #require(state.detail?.original), axis = try #require(state.axis)
        #expect(axis.isLogarithmic && axis.low > 0)
        let expected = state.tensor.values(0..<state.tensor.count).count {
            Double(abs($0)) >= axis.low && Double(abs($0)) <= axis.high
        }
        #expect(Int(histogram.counts.reduce(0, +)) == expected && expected > 4_000)
        settle(&state, state.reduce(.moved(.last)))
        #expect(state.cursorValue.map { $0 > 0 } == true)
        settle(&state, state.reduce(.axisScaleSwitched))
        #expect(state.axis?.isLogarithmic == false && state.axis?.low ?? 0 < 0)
    }

    /// value → code → reconstruction → error, as the formulas have it.
    @Test func theCursorReadsOutTheQuantizer() throws {
        var state = try started("relu_batch", recipe: "int4 asym tensor")
        for value in [-1, 0.3, 2, 99.0] {
            settle(&state, state.reduce(.pointed(.distribution, .value(value))))
            let quantizer = try #require(state.detail?.quantizer)
            let code = quantizer.code(of: Float(value), rounding: .even, index: 0)
            let back = quantizer.reconstruction(of: code)
            let text = DistributionModel(state).cursorText[0]
            #expect(text.contains("→ q \(code) → r̂ \(NumberText.significant(Double(back)))"), "\(text)")
        }
    }

    // MARK: Clip limits

    @Test func limitsMoveByKeysAndAreOneStepToUndo() throws {
        var state = try started()
        let before = try #require(state.detail?.quantizer.range.high)
        for _ in 0..<5 { settle(&state, state.reduce(.clipStepped(.high, right: false))) }
        #expect(state.recipe.clipping.name == "manual")
        let range = try #require(state.detail?.quantizer.range)
        #expect(range.high < before && range.low == -range.high, "a symmetric range moves on both sides")
        #expect(try Recipe(state.recipe.description) == state.recipe)
        #expect(state.recipe.description.count < 40, "\(state.recipe)")
        settle(&state, state.reduce(.clipStepped(.low, right: false)))
        #expect(try #require(state.detail?.quantizer.range.high) > range.high, "the lower limit to the left is wider")
        settle(&state, state.reduce(.undone))
        #expect(state.recipe.description == "int4 sym tensor")
    }

    @Test func asymmetricLimitsMoveAloneAndHoldZero() throws {
        var state = try started("unequal_channels", recipe: "int4 asym tensor")
        let before = try #require(state.detail?.quantizer.range)
        settle(&state, state.reduce(.pointed(.distribution, .limit(.low, -2))))
        let range = try #require(state.detail?.quantizer.range)
        #expect(abs(range.low + 2) < 0.1 && range.high == before.high)
        settle(&state, state.reduce(.pointed(.distribution, .limit(.low, 3))))
        #expect(state.detail?.quantizer.range.low == 0)
        settle(&state, state.reduce(.pointed(.distribution, .limit(.high, -1))))
        #expect(state.message?.text == Words.noNarrowerClip && state.detail?.quantizer.range.high == before.high)
    }

    @Test func enterBringsTheNearerLimitToTheCursor() throws {
        var state = try started(recipe: "int4 asym tensor")
        settle(&state, state.reduce(.pointed(.distribution, .value(-2.5))))
        settle(&state, state.reduce(.entered))
        let range = try #require(state.detail?.quantizer.range)
        #expect(abs(range.low + 2.5) < 0.05 && range.high > 3.6)
    }

    /// Dragging finds a limit that beats minmax, as the exercise asks.
    @Test func aTighterClipBeatsTheExtremes() throws {
        var state = try started("one_outlier", recipe: "int4 sym tensor")
        let minmax = try #require(state.evaluation?.metrics.mse)
        settle(&state, state.reduce(.pinSwitched))
        settle(&state, state.reduce(.pointed(.distribution, .limit(.high, 25))))
        #expect(try #require(state.evaluation?.metrics.mse) != minmax)
        #expect(MetricsModel(state).rows[0].change != nil)
    }

    @Test func manualLimitsHoldForAllRanges() throws {
        var state = try started("scaled_channels", recipe: "int4 sym channel:0")
        settle(&state, state.reduce(.clipStepped(.high, right: false)))
        #expect(state.message?.text == Words.manualIsForAll(8))
    }

    // MARK: The list

    @Test func theListSortsByOutlierScore() throws {
        var state = try samplesState()
        settle(&state, state.reduce(.started))
        settle(&state, state.reduce(.orderSwitched))
        #expect(state.focus == .tensors && state.facts.count == state.file.tensors.count)
        let scores = state.listed.map { state.outlierScore(of: $0) ?? -1 }
        #expect(scores == scores.sorted(by: >))
        #expect(state.tensor.name == "one_outlier", "the worst is opened")
        let known = try #require(state.statistics)
        let farthest: Double = 50 - known.mean!,
            expected: Double = farthest / (known.standardDeviation! * 3.723297411059)
        #expect(abs(known.outlierScore! / expected - 1) < 1e-9, "√(2·ln 1024) = 3.7233")
        settle(&state, state.reduce(.orderSwitched))
        #expect(state.listed == Array(state.file.tensors.indices))
    }

    /// Scores come one by one: a jump to the first means the first of the finished list, unless the user goes elsewhere.
    @Test func lateScoresDoNotMisleadAJump() throws {
        var state = try started()
        let scoring = state.reduce(.orderSwitched)
        _ = state.reduce(.moved(.first))
        settle(&state, scoring)
        #expect(state.tensor.name == "one_outlier" && state.evaluation?.isExact == true)

        var busy = try started()
        let slow = busy.reduce(.orderSwitched)
        settle(&busy, busy.reduce(.settingStepped(.bits, forward: true)))
        settle(&busy, slow)
        #expect(busy.tensor.name == "gauss", "who went on is left where they are")

        var other = try started()
        let late = other.reduce(.orderSwitched)
        settle(&other, other.reduce(.moved(.down)))
        let chosen = other.tensor.name
        settle(&other, late)
        #expect(other.tensor.name == chosen)
    }

    /// Limits that the mapping does not take as given are told.
    @Test func limitsThatAreChangedAreSaid() throws {
        func texts(_ recipe: String) throws -> [String] {
            ScreenModel(try started("relu_batch", recipe: recipe)).flags.map { $0.text }
        }
        #expect(
            try texts("int4 asym tensor clip:manual:0.5,3").contains("the limits in use are 0…3, not the manual ones"))
        #expect(
            try texts("int4 sym tensor clip:manual:-1,3").contains("the limits in use are -3…3, not the manual ones"))
        #expect(try texts("int4 asym tensor clip:manual:-1,3").allSatisfy { !$0.contains("manual") })
    }

    // MARK: Flags and explanations

    /// The first sentence is for someone who does not know the word: no letters, no terms that need an explanation of their own.
    @Test func explanationsBeginPlainly() throws {
        let state = try started()
        let terms = [
            "r̂", "SQNR", "MSE", "KL", "σ", "α", "QAT", "PTQ", " dB", "clip", "calibrat", "granularity", "metric",
        ]
        func check(_ topic: ExplanationTopic, _ name: String) {
            guard case .text(let first)? = state.explanation(of: topic).dropFirst().first else {
                Issue.record("\(name): no text")
                return
            }
            #expect(first.count > 30 && first.count < 220 && first.hasSuffix("."), "\(name): \(first)")
            for term in terms { #expect(!first.contains(term), "\(name): \(term)") }
        }
        for panel in PanelCatalog.all { check(.panel(panel.id), "\(panel.id)") }
        for setting in Setting.allCases { check(.setting(setting), "\(setting)") }
        // The headline number and the parts of the error; what is left is said in plain words by itself.
        let plain: [MetricID] = [
            .sqnr, .mse, .cosine, .clippedFraction, .clipError, .roundError, .zeroedFraction, .codeEntropyBits,
            .bitsPerWeight, .outputError,
        ]
        var seen: Set<String> = []
        for place in 0..<MetricRow.count(hasOutputs: true) {
            let metric = MetricRow.metric(at: place, hasOutputs: true)
            guard plain.contains(metric.id) else { continue }
            check(.metric(place, hasOutputs: true), metric.id.name)
            seen.insert(metric.id.name)
        }
        #expect(seen.count == plain.count)
    }

    @Test func flagsSayWhatIsWrong() throws {
        func flags(_ tensor: String, _ recipe: String) throws -> [String] {
            ScreenModel(try started(tensor, recipe: recipe)).flags.map { $0.text }
        }
        #expect(try flags("gauss", "int4 sym tensor").isEmpty)
        // 9 of 127 codes to each side hold all but the one value at 50.
        let outlier = try flags("one_outlier", "int8 sym tensor")
        #expect(outlier.contains("1 of 1,024 values sets the range, the rest fills 7.5 % of it"), "\(outlier)")
        #expect(try flags("one_outlier", "int4 sym tensor").contains { $0.contains("codes are never used") })
        #expect(try flags("relu_batch", "int4 sym tensor").contains { $0.contains("no negative value") })
        #expect(try flags("relu_batch", "int4 asym tensor").isEmpty)
        #expect(try flags("constant", "int4 sym tensor").contains { $0.contains("every element is 0.25") })
        #expect(try flags("with_nan", "int4 sym tensor").contains { $0.hasPrefix("1 NaN (first at [") })
        #expect(
            try flags("unequal_channels", "int4 sym group:36").contains(
                "rows of 96 in runs of 36 leave a last run of 24"))
        #expect(
            try flags("unequal_channels", "int4 sym block:16x16").contains(
                "columns of 24 in runs of 16 leave a last run of 8"))
        #expect(
            try flags("unequal_channels", "int4 sym channels:5@0").contains(
                "axis 0 of 24 in runs of 5 leave a last run of 4"))
    }

    @Test func everythingThatCanHaveTheFocusIsExplained() throws {
        var state = try started("relu_batch")
        func explanation() -> [PageLine] {
            settle(&state, state.reduce(.explanationAsked))
            defer { settle(&state, state.reduce(.escaped)) }
            guard case .page(let page)? = ScreenModel(state).overlay else { return [] }
            return page.lines ?? []
        }
        for panel in PanelCatalog.ids {
            settle(&state, state.reduce(.screenChosen(panel.screen)))
            settle(&state, state.reduce(.pointed(panel, .panel)))
            #expect(explanation().contains(.heading(Words.headingWhat)), "\(panel)")
            #expect(explanation().contains { if case .warning = $0 { true } else { false } })
        }
        for setting in Setting.allCases {
            settle(&state, state.reduce(.pointed(.tensors, .panel)))
            settle(&state, state.reduce(.pointed(.recipe, .row(setting.rawValue))))
            #expect(explanation().contains(.heading(Words.headingReasonable)), "\(setting)")
        }
        settle(&state, state.reduce(.screenChosen(.tensor)))
        for index in 0..<MetricRow.count(hasOutputs: false) {
            settle(&state, state.reduce(.pointed(.metrics, .row(index))))
            let lines = explanation()
            #expect(
                lines.contains(.heading(Words.headingFormula)), "\(MetricRow.metric(at: index, hasOutputs: false).id)")
            #expect(!MetricRow.metric(at: index, hasOutputs: false).reasonable.isEmpty)
        }
    }

    /// Δ²/12 with today's step stands beside the measured MSE.
    @Test func theoryStandsBesideTheMeasured() throws {
        var state = try started("gauss", recipe: "int8 sym tensor")
        let row = try #require(MetricsModel(state).rows.firstIndex { $0.id == .mse })
        settle(&state, state.reduce(.pointed(.metrics, .row(row))))
        settle(&state, state.reduce(.explanationAsked))
        guard case .page(let page)? = ScreenModel(state).overlay else { return }
        let step = Double(try #require(state.detail?.quantizer.scale))
        let text = Words.theoryMSE(NumberText.significant(step), NumberText.significant(step * step / 12))
        #expect(page.lines?.contains(.text(text)) == true)
        let measured = try #require(state.evaluation?.metrics.mse)
        #expect(abs(measured / (step * step / 12) - 1) < 0.05)
    }
}
