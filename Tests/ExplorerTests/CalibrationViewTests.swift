import Basics
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// The objective, the ranges over entries, conventions side by side, and draws of stochastic rounding.
@Suite struct CalibrationViewTests {
    private func started(
        _ tensor: String = "gauss", recipe: String = "int4 sym tensor", focus: PanelID = .objective, rows: Int = 36
    ) throws -> ExplorerState {
        var state = try samplesState(tensor, recipe: recipe)
        settle(&state, state.reduce(.resized(rows: rows, columns: 120)))
        settle(&state, state.reduce(.started))
        settle(&state, state.reduce(.pointed(focus, .panel)))
        return state
    }

    @Test func nothingIsComputedThatNothingShows() throws {
        var state = try started(focus: .recipe, rows: 24)
        #expect(state.objective == nil && state.timeline == nil && state.isIdle)
        settle(&state, state.reduce(.resized(rows: 36, columns: 120)))
        #expect(state.objective?.areChoicesExact == true && state.timeline == nil)
        // What is hidden again stays until something changes.
        #expect(state.reduce(.resized(rows: 24, columns: 120)).isEmpty)
    }

    @Test func keysStepThroughTheChoicesAndTakeOne() throws {
        var state = try started()
        let limits = try #require(state.objective).choices.map { $0.limit }
        // From the extremes inward: every smaller choice in turn.
        var seen: [Double] = []
        for _ in 0..<20 {
            settle(&state, state.reduce(.moved(.up)))
            if let limit = state.objectiveCursor, seen.last != limit { seen.append(limit) }
        }
        let start = 3.668_329_3
        #expect(seen == Array(Set(limits.filter { $0 < start - 1e-6 }).sorted().reversed()))
        #expect(state.message?.text == Words.noFurtherChoice)
        let best = try #require(state.objective?.choices.min { $0.mse < $1.mse })
        while state.objectiveCursor != best.limit { settle(&state, state.reduce(.moved(.down))) }
        let model = try #require(ObjectiveModel(state))
        #expect(model.marks.first { $0.isAtCursor }?.name == "mse" && model.marks.count { $0.isBest } == 1)
        settle(&state, state.reduce(.entered))
        #expect(state.recipe.description == "int4 sym tensor clip:mse")
        #expect(close(try #require(state.evaluation).metrics.mse, best.mse))
        #expect(ObjectiveModel(state)?.marks.first { $0.isInUse }?.name == "mse")
        settle(&state, state.reduce(.undone))
        #expect(state.recipe.description == "int4 sym tensor")
    }

    private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-6 * max(abs(a), abs(b)) }

    @Test func theCursorReadsTheVeryLimit() throws {
        var state = try started("laplace")
        for _ in 0..<7 { settle(&state, state.reduce(.moved(.left))) }
        let limit = try #require(state.objectiveCursor), point = try #require(state.objective?.point(at: limit))
        #expect(point.limit == limit)
        let readout = try #require(ObjectiveModel(state)).readout
        #expect(readout[0] == "cursor t " + NumberText.significant(limit))
        var recipe = state.recipe
        recipe.clipping = .manual(-limit, limit)
        let exact = try Evaluator(state.tensor, recipe: recipe).evaluate().metrics
        #expect(readout[1] == "SQNR " + NumberText.fixed(try #require(exact.sqnr), places: 2) + " dB")
        // Enter makes it the limit, rounded to what a column tells.
        settle(&state, state.reduce(.entered))
        #expect(state.recipe.clipping.name == "manual" && abs(state.recipe.clipping.numbers[1] - limit) < 0.1)
        #expect(state.objectiveCursor == nil && state.recipe.clipping.numbers[0] == -state.recipe.clipping.numbers[1])
    }

    @Test func escapeBringsTheCursorBack() throws {
        var state = try started()
        settle(&state, state.reduce(.moved(.up)))
        #expect(state.objectiveCursor != nil)
        settle(&state, state.reduce(.escaped))
        #expect(state.objectiveCursor == nil && state.isIdle)
        #expect(try #require(ObjectiveModel(state)).readout[0] == "t 3.668")
        settle(&state, state.reduce(.explanationAsked))
        let lines = state.explanation(of: .panel(.objective))
        #expect(
            lines.contains {
                if case .text(let text) = $0 { text.hasPrefix("least MSE: mse at t = 2.47") } else { false }
            })
    }

    @Test func aModeKeepsItsNumbersWhileKeysStep() throws {
        var state = try started("relu_batch", recipe: "int4 sym tensor range:static:2")
        var seen: [String] = []
        for _ in 0..<4 {
            settle(&state, state.reduce(.settingStepped(.range, forward: true)))
            seen.append(state.recipe.rangeMode.description)
        }
        #expect(seen == ["ema:4:0.1", "dynamic", "self", "static:4"])
    }

    @Test func draggingTheLimitIsOneStep() throws {
        var state = try started(recipe: "int4 asym tensor")
        for limit in [3.0, 2.5, 2.2] { settle(&state, state.reduce(.pointed(.objective, .limit(.high, limit)))) }
        #expect(state.recipe.clipping.numbers == [-2.2, 2.2])
        settle(&state, state.reduce(.undone))
        #expect(state.recipe.description == "int4 asym tensor")
        // Beyond the values of one side the range ends with them.
        var relu = try started("relu_batch", recipe: "int4 asym tensor")
        settle(&relu, relu.reduce(.pointed(.objective, .limit(.high, 1))))
        #expect(relu.recipe.clipping.numbers == [0, 1])
    }

    @Test func theCurvesFollowTheRange() throws {
        var state = try started("scaled_channels", recipe: "int4 sym channel:0")
        let first = try #require(state.objective)
        #expect(first.count == 512 && first.range == state.shownRange)
        // The first step is to the worst range alone, which the curves belong to already.
        for _ in 0..<2 { settle(&state, state.reduce(.rangeStepped(forward: true))) }
        let second = try #require(state.objective)
        #expect(second.range == state.shownRange && second.range != first.range)
        #expect(ObjectiveModel(state)?.titles[0].contains("channel \(second.range) of axis 0 (0…7)") == true)
    }

    @Test func curvesStandWhereTheyBelong() throws {
        let state = try started(recipe: "int4 sym tensor clip:mse"), model = try #require(ObjectiveModel(state))
        for share in stride(from: 0, through: 1, by: 0.05) {
            let mse = try #require(model.height(of: .mse, at: share))
            #expect(mse >= -1e-9 && mse <= 1 + 1e-9)
            for part in [ObjectiveModel.Curve.clipping, .rounding] {
                if let height = model.height(of: part, at: share) { #expect(height <= mse + 1e-9) }
            }
            if let divergence = model.height(of: .divergence, at: share) { #expect((0...1).contains(divergence)) }
        }
        // The valley's floor is at the limit in use.
        let current = try #require(model.current)
        let floor = try #require(model.height(of: .mse, at: current))
        #expect(floor <= (model.height(of: .mse, at: current - 0.15) ?? 1))
        #expect(floor <= (model.height(of: .mse, at: min(1, current + 0.1)) ?? 1))
        #expect(model.theory.count == 4 && model.theory[1].contains("18.90"))
    }

    // MARK: Entries

    @Test func theTimelineSaysWhatStaticLoses() throws {
        var state = try started("relu_batch", recipe: "int4 asym tensor", focus: .timeline)
        settle(&state, state.reduce(.settingStepped(.range, forward: true)))
        #expect(state.recipe.rangeMode == .fixed(entries: 4))
        let timeline = try #require(state.timeline), model = TimelineModel(state)
        #expect(timeline.entryCount == 16 && model.columns.count == 16 && model.columns.count { $0.isCalibration } == 4)
        let used = try #require(timeline.usedSQNR), own = try #require(timeline.dynamicSQNR)
        #expect(close(used, try #require(state.evaluation?.metrics.sqnr)))
        #expect(model.summary[0] == Words.loses(NumberText.fixed(own - used, places: 2)) && own > used)
        for _ in 0..<3 { settle(&state, state.reduce(.moved(.right))) }
        #expect(TimelineModel(state).readout[0] == Words.entry("3") + Words.calibratedOn)
        settle(&state, state.reduce(.moved(.last)))
        #expect(state.timelineCursor == 15 && TimelineModel(state).readout.count == 4)
        settle(&state, state.reduce(.settingStepped(.range, forward: true)))
        settle(&state, state.reduce(.settingStepped(.range, forward: true)))
        #expect(state.recipe.rangeMode == .dynamic && state.evaluation?.rangeCount == 16)
        #expect(
            TimelineModel(state).summary[0]
                == Words.dynamicOnly(NumberText.fixed(try #require(state.timeline?.dynamicSQNR), places: 2) + " dB"))
    }

    @Test func whatHasNoEntriesSaysSo() throws {
        #expect(TimelineModel(try started("gauss", focus: .timeline)).notice?.text == Words.noEntries)
        let grouped = try started("relu_batch", recipe: "int4 sym group:16", focus: .timeline)
        #expect(TimelineModel(grouped).notice?.text == Words.entriesHaveRanges)
        var state = grouped
        #expect(state.reduce(.settingStepped(.range, forward: true)).isEmpty)
        #expect(state.message?.text.contains("group:16") == true)
    }

    // MARK: Conventions

    @Test func conventionsStandSideBySide() throws {
        var state = try started(recipe: "int8 sym tensor")
        settle(&state, state.reduce(.conventionsCompared))
        #expect(state.conventionResults.count == 7)
        settle(&state, state.reduce(.moved(.down)))
        settle(&state, state.reduce(.moved(.right)))
        guard case .conventions(let pair) = state.overlay else {
            Issue.record("the comparison is open")
            return
        }
        #expect(ConventionPair.all[pair.first] == .torch && ConventionPair.all[pair.second] == .onnxruntime)
        let rows = ConventionLines.lines(pair, state).compactMap { line -> [String]? in
            if case .columns(let cells, _) = line { cells } else { nil }
        }
        let scale = try #require(rows.first { $0[0] == "≠ scale" })
        #expect(scale[1] == "t/127.5" && scale[2] == "t/127")
        #expect(rows.contains { $0[0] == "≠ codes" && $0[1] == "-128…127" && $0[2] == "-127…127" })
        #expect(rows.contains { $0[0] == "= ties" })
        let torch = try Evaluator(state.tensor, recipe: state.recipe.following(.torch)).evaluate().metrics
        #expect(rows.contains { $0[0].hasSuffix("SQNR") && $0[1] == NumberText.fixed(torch.sqnr!, places: 3) + " dB" })
        settle(&state, state.reduce(.entered))
        #expect(state.recipe.description == "int8 sym tensor convention:torch" && state.overlay == nil)
        #expect(state.evaluation?.metrics == torch)
        #expect(FormulaText.lines(state)[0].hasPrefix("S = t/127.5"))
    }

    @Test func aConventionDecidesRounding() throws {
        var state = try started(recipe: "int8 sym tensor convention:aimet")
        #expect(state.reduce(.settingStepped(.rounding, forward: true)).isEmpty)
        #expect(state.message?.text == Words.roundingIsTheConventions(.aimet))
        #expect(RecipeModel(state).rows.first { $0.letter == "r" }?.isDim == true)
        settle(&state, state.reduce(.settingStepped(.mapping, forward: false)))
        #expect(state.recipe.mapping == .asymmetric && state.recipe.convention == .aimet)
        // TensorRT has no zero-points: the key passes over it.
        var seen: Set<String> = []
        for _ in 0..<8 {
            settle(&state, state.reduce(.settingStepped(.convention, forward: true)))
            seen.insert(Setting.convention.value(in: state.recipe))
        }
        #expect(seen == ["none", "torch", "onnxruntime", "aimet", "brevitas", "torchao"])
        settle(&state, state.reduce(.conventionsCompared))
        #expect(state.conventionResults.count == 6)
        for _ in 0..<7 {
            if case .conventions(let pair) = state.overlay, ConventionPair.all[pair.first] == .tensorrt { break }
            settle(&state, state.reduce(.moved(.down)))
        }
        #expect(state.reduce(.entered).isEmpty && state.message?.text == Words.noZeroPoints(.tensorrt))
    }

    // MARK: Stochastic rounding

    @Test func drawsAreMeasuredWhereTheyAreExplained() throws {
        var state = try started()
        #expect(state.study == nil)
        settle(&state, state.reduce(.pointed(.recipe, .row(Setting.rounding.rawValue))))
        settle(&state, state.reduce(.explanationAsked))
        let study = try #require(state.study)
        let lines = state.explanation(of: .setting(.rounding))
        #expect(lines.contains(.heading(Words.headingDraws)))
        #expect(lines.contains(.text(Words.studyNearest(NumberText.significant(study.nearestSquaredError, digits: 4)))))
        settle(&state, state.reduce(.escaped))
        while state.recipe.rounding != .stochastic(seed: 1) {
            settle(&state, state.reduce(.settingStepped(.rounding, forward: true)))
        }
        #expect(BarsModel.errors(state)?.notes.contains { $0.hasPrefix("drawn: variance") } == true)
    }

    @Test func sessionsKeepRangesAndConventions() throws {
        let state = try started("relu_batch", recipe: "int4 asym tensor range:ema:3:0.2 convention:torchao")
        let record = try SessionRecord(state.session.text, path: "x")
        #expect(record.recipe == state.recipe && record.recipe.convention == .torchao)
    }
}
