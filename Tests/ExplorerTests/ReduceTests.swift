import Quantization
import TensorFiles
import Tensors
import SeededRandom
import Testing

@testable import Explorer

func samplesState(_ name: String = "gauss", recipe: String = "int4 sym tensor") throws -> ExplorerState {
    ExplorerState(file: try SampleCatalog.open(), tensorName: name, recipe: try Recipe(recipe))
}

/// Does the requested work at once, on this thread, and hands the answers to the state.
func settle(_ state: inout ExplorerState, _ requests: [Request], worker: OfflineWorker = OfflineWorker()) {
    for request in requests {
        for answer in worker.answers(to: request) { settle(&state, state.reduce(answer), worker: worker) }
    }
}

extension Request {
    /// The work that is asked for, where it is that.
    var evaluation: EvaluationRequest? {
        if case .evaluate(let request) = self { request } else { nil }
    }
}

@Suite struct ReduceTests {
    @Test func everySettingStepsThereAndBack() throws {
        for setting in Setting.allCases where setting != .format {
            var state = try samplesState("scaled_channels", recipe: "int4 sym channel:1")
            settle(&state, state.reduce(.started))
            let before = state.recipe
            let requests = state.reduce(.settingStepped(setting, forward: true))
            #expect(
                requests.count == 1 && requests[0].evaluation?.recipe == state.recipe && state.recipe != before,
                "\(setting)")
            #expect(state.evaluation == nil && !state.isIdle)
            settle(&state, requests)
            #expect(state.evaluation?.recipe == state.recipe && state.evaluation?.isExact == true && state.isIdle)
            settle(&state, state.reduce(.settingStepped(setting, forward: false)))
            #expect(state.recipe == before)
        }
    }

    @Test func aSettingWithoutAlternativeSaysWhy() throws {
        var state = try samplesState()
        state.recipe = try Recipe("nf4 tensor")
        for setting in [Setting.bits, .mapping, .rounding, .convention] {
            #expect(state.reduce(.settingStepped(setting, forward: true)).isEmpty)
            #expect(state.message?.text.contains("nf4") == true)
        }
        let start = state.reduce(.started)
        #expect(state.reduce(.rangeStepped(forward: true)).isEmpty && state.message?.text == Words.notYet)
        settle(&state, start)
        #expect(state.reduce(.rangeStepped(forward: true)).isEmpty && state.message?.text == Words.onlyOneRange)
        _ = state.reduce(.zoomSwitched)
        #expect(state.message == nil)
    }

    @Test func everyValueThatTheKeysReachWorks() throws {
        for name in ["gauss", "layers.1.conv.weight", "relu_batch", "with_nan", "embed.ids", "head.bias", "constant"] {
            var state = try samplesState(name)
            let worker = OfflineWorker()
            settle(&state, state.reduce(.started), worker: worker)
            for setting in [Setting.granularity, .clipping, .mapping, .rounding, .scale] {
                for _ in 0..<14 {
                    settle(&state, state.reduce(.settingStepped(setting, forward: true)), worker: worker)
                    #expect(state.problem == nil && state.evaluation?.isExact == true, "\(name) \(state.recipe)")
                    #expect(state.detail?.original.counts.reduce(0, +) ?? 0 > 0)
                }
            }
        }
    }

    @Test func theFilterNarrowsAndOpens() throws {
        var state = try samplesState()
        #expect(state.reduce(.filterOpened).isEmpty && state.focus == .tensors)
        var requests: [Request] = []
        for character in "CONV 3" { requests += state.reduce(.edited(.insert(String(character)))) }
        #expect(state.listed.map { state.file.tensors[$0].name } == ["layers.3.conv.bias", "layers.3.conv.weight"])
        #expect(
            state.tensor.name == "layers.3.conv.bias" && requests.last?.evaluation?.tensor.name == "layers.3.conv.bias")
        _ = state.reduce(.moved(.down))
        #expect(state.tensor.name == "layers.3.conv.weight")
        _ = state.reduce(.entered)
        #expect(!state.isFiltering && state.filter == "CONV 3")
        _ = state.reduce(.matchStepped(forward: true))
        #expect(state.tensor.name == "layers.3.conv.bias")
        _ = state.reduce(.escaped)
        #expect(state.filter.isEmpty && state.listed.count == state.file.tensors.count)
    }

    @Test func escapeGoesBackToWhereTheFilterBegan() throws {
        var state = try samplesState()
        _ = state.reduce(.filterOpened)
        let there = state.reduce(.edited(.insert("w")))
        #expect(there.last?.evaluation?.tensor.name != "gauss" && state.tensor.name != "gauss")
        let back = state.reduce(.escaped)
        #expect(back.last?.evaluation?.tensor.name == "gauss" && state.filter.isEmpty && !state.isFiltering)
    }

    /// Steps count from what was asked for, not from what is on the screen yet.
    @Test func fastRangeStepsAreNotLost() throws {
        var state = try samplesState("scaled_channels", recipe: "int4 sym group:32")
        settle(&state, state.reduce(.started))
        let first = state.shownRange
        var last: [Request] = []
        // From all elements the first step is to the worst range.
        for _ in 0..<11 { last = state.reduce(.rangeStepped(forward: true)) }
        settle(&state, last)
        #expect(state.shownRange == (first + 10) % 128)
    }

    @Test func aFilterWithoutMatchKeepsTheTensor() throws {
        var state = try samplesState()
        _ = state.reduce(.filterOpened)
        for character in "zzz" { _ = state.reduce(.edited(.insert(String(character)))) }
        #expect(state.listed.isEmpty && state.tensor.name == "gauss")
        #expect(state.reduce(.matchStepped(forward: true)).isEmpty && state.message?.text == Words.noMatch)
        for _ in 0..<3 { _ = state.reduce(.edited(.eraseBackward)) }
        #expect(state.listed.count == state.file.tensors.count)
    }

    @Test func staleResultsAreDropped() throws {
        var state = try samplesState()
        let old = state.reduce(.started), new = state.reduce(.settingStepped(.bits, forward: true))
        settle(&state, old)
        #expect(state.evaluation == nil && !state.isIdle)
        settle(&state, new)
        #expect(state.evaluation?.recipe.format.bits == 5)
    }

    @Test func rangesStepAroundTheEnds() throws {
        var state = try samplesState("scaled_channels", recipe: "int4 sym channel:0")
        settle(&state, state.reduce(.started))
        #expect(state.shownRange == state.evaluation?.worstRange)
        let first = state.shownRange
        #expect(state.detail?.coverage == .units && state.detail?.original.counts.reduce(0, +) == 4_096)
        settle(&state, state.reduce(.rangeStepped(forward: true)))
        #expect(state.shownRange == first && state.detail?.coverage == .range)
        #expect(state.detail?.original.counts.reduce(0, +) == 512)
        settle(&state, state.reduce(.rangeStepped(forward: true)))
        #expect(state.shownRange == (first + 1) % 8 && state.detail?.range == state.shownRange)
        for _ in 0..<7 { settle(&state, state.reduce(.rangeStepped(forward: true))) }
        #expect(state.shownRange == first)
        settle(&state, state.reduce(.coverageSwitched))
        #expect(state.detail?.original.counts.reduce(0, +) == 4_096)
    }

    /// The first minute tells one thing after the other, and nothing again.
    @Test func hintsFollowWhatWasDone() throws {
        func state(isNewcomer: Bool) throws -> ExplorerState {
            ExplorerState(
                file: try SampleCatalog.open(), recipe: try Recipe("int4 sym tensor"), isNewcomer: isNewcomer)
        }
        func said(_ state: ExplorerState) -> [String] { ScreenModel(state).guidance }
        var newcomer = try state(isNewcomer: true)
        #expect(newcomer.focus == .tensors && said(newcomer) == Words.guideWelcome)
        _ = newcomer.reduce(.moved(.down))
        #expect(said(newcomer) == Words.guideRecipe)
        _ = newcomer.reduce(.settingStepped(.bits, forward: true))
        #expect(said(newcomer) == Words.guidePin)
        _ = newcomer.reduce(.moved(.down))
        #expect(said(newcomer) == Words.guidePin)
        _ = newcomer.reduce(.pinSwitched)
        #expect(said(newcomer).isEmpty)
        _ = newcomer.reduce(.moved(.down))
        #expect(said(newcomer).isEmpty)
        // Who knows a key already is not taught it.
        var other = try state(isNewcomer: true)
        _ = other.reduce(.settingStepped(.bits, forward: true))
        #expect(said(other) == Words.guidePin)
        #expect(said(try state(isNewcomer: false)).isEmpty)
    }

    /// `?` shows the screen's keys, `/` looks among all, Esc goes back step by step.
    @Test func keysAreLookedFor() throws {
        var state = try samplesState()
        _ = state.reduce(.helpSwitched)
        func page() -> OverlayModel.PageModel? {
            guard case .page(let page)? = OverlayModel(state) else { return nil }
            return page
        }
        #expect(page()?.lines != nil && page()?.search == nil)
        _ = state.reduce(.filterOpened)
        _ = state.reduce(.edited(.insert("clip")))
        #expect(page()?.lines == nil && page()?.search?.string == "clip")
        _ = state.reduce(.entered)
        #expect(page()?.search?.string == "clip")
        _ = state.reduce(.escaped)
        #expect(page()?.lines != nil && page()?.search == nil)
        _ = state.reduce(.helpSwitched)
        #expect(page()?.title == Words.help && page()?.lines == nil)
        _ = state.reduce(.escaped)
        #expect(state.overlay == nil)
    }

    @Test func aGranularityThatDoesNotFitIsExplained() throws {
        var state = try samplesState("scaled_channels", recipe: "int4 sym channel:1")
        settle(&state, state.reduce(.started))
        let gauss = try #require(state.file.tensors.firstIndex { $0.name == "gauss" })
        while state.tensorIndex != gauss { settle(&state, state.reduce(.matchStepped(forward: true))) }
        #expect(state.problem == "channel:1 names axis 1, but of shape [4096] its only axis is 0")
        #expect(state.evaluation == nil && state.statistics != nil)
        settle(&state, state.reduce(.settingStepped(.granularity, forward: true)))
        #expect(state.problem == nil && state.recipe.granularity == .tensor)
    }

    @Test func quitClosesWhatIsOpenFirst() throws {
        var state = try samplesState()
        _ = state.reduce(.helpSwitched)
        _ = state.reduce(.moved(.last))
        _ = state.reduce(.quitPressed)
        #expect(state.overlay == nil && !state.shouldQuit)
        _ = state.reduce(.zoomSwitched)
        _ = state.reduce(.quitPressed)
        #expect(!state.isZoomed && !state.shouldQuit)
        _ = state.reduce(.quitPressed)
        #expect(state.shouldQuit)
    }

    /// Scrolling ends where the text does, so that the way back begins at once.
    @Test func scrollingStopsAtTheEnd() throws {
        var state = ExplorerState(
            file: try SampleCatalog.open(), recipe: Recipe(), pageLength: { _, width in width })
        _ = state.reduce(.resized(rows: 36, columns: 80))
        settle(&state, state.reduce(.started))
        // As many lines as columns, for this test.
        let area = state.layout.overlay().inner, end = area.width - area.height
        _ = state.reduce(.helpSwitched)
        for _ in 0..<9 { _ = state.reduce(.moved(.pageDown)) }
        #expect(end > 0 && state.overlay?.scroll == end)
        _ = state.reduce(.moved(.up))
        #expect(state.overlay?.scroll == end - 1)
        _ = state.reduce(.escaped)
        while state.focus != .statistics { _ = state.reduce(.focusMoved(forward: true)) }
        let rows = try #require(state.layout[.statistics]).inner.height
        _ = state.reduce(.moved(.last))
        #expect(state.statisticsScroll == StatisticsModel.rows(state).count - rows && state.statisticsScroll > 0)
        _ = state.reduce(.moved(.first))
        #expect(state.statisticsScroll == 0)
    }

    /// Keys typed on a list of 100,000 names are answered at once: the work is a few passes over bytes.
    @Test func aLongListIsFiltered() throws {
        let tensors = (0..<100_000).map {
            TensorView(name: "model.layers.\($0).weight", values: [1], shape: Shape([1])!)!
        }
        let file = TensorFile(path: "x", format: "test", metadata: [], tensors: tensors)
        var state = ExplorerState(file: file, recipe: Recipe())
        _ = state.reduce(.filterOpened)
        for character in "99999" { _ = state.reduce(.edited(.insert(String(character)))) }
        #expect(state.listed.count == 1 && state.tensor.name == "model.layers.99999.weight")
        #expect(ListModel(state).rows.count == 1)
    }

    /// Any sequence of actions leaves a state that can be shown and that agrees with itself.
    @Test func randomWalk() throws {
        var random = SeededRandom(7), state = try samplesState()
        let worker = OfflineWorker()
        let motions: [Action.Motion] = [
            .up, .down, .left, .right, .pageUp, .pageDown, .halfPageUp, .halfPageDown, .first, .last,
        ]
        for step in 0..<1_500 {
            let action: Action =
                switch Int.random(in: 0..<12, using: &random) {
                case 0: .moved(motions.randomElement(using: &random)!)
                case 1: .focusMoved(forward: Bool.random(using: &random))
                case 2:
                    .edited(.insert(String("aeo.".randomElement(using: &random)!)))
                case 3: .escaped
                case 4: .matchStepped(forward: Bool.random(using: &random))
                case 5: .rangeStepped(forward: Bool.random(using: &random))
                case 6: .coverageSwitched
                case 7: .entered
                case 8: .edited(.eraseBackward)
                case 9:
                    .resized(
                        rows: Int.random(in: 1...60, using: &random), columns: Int.random(in: 1...99, using: &random))
                default:
                    .settingStepped(
                        Setting.allCases.randomElement(using: &random)!, forward: Bool.random(using: &random))
                }
            let requests = state.reduce(action)
            if Bool.random(using: &random) { settle(&state, requests, worker: worker) }
            do { var model = ScreenModel(state); model.show(state.screen.panels, of: state) }
            #expect(state.evaluation.map { $0.recipe == state.recipe } ?? true, "step \(step)")
            #expect(state.listCursor.map { state.listed[$0] == state.tensorIndex } ?? true)
        }
    }
}
