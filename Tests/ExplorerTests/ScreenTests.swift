import Checkpoints
import Fixtures
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// The Channels, Compare and Model screens without a terminal: what keys do, and that every number is the commands'.
@Suite struct ScreenTests {
    /// A state and a worker without threads.
    private struct Session {
        var state: ExplorerState
        let worker = OfflineWorker()

        init(
            _ name: String = "Llama/original.safetensors", _ tensor: String? = nil, recipe: String,
            activations: String? = nil
        ) throws {
            let file = try FileFormatCatalog.open(path: Fixture.path(name))
            state = ExplorerState(
                file: file, tensorName: tensor, recipe: try Recipe(recipe),
                activations: try activations.map { try Activations.open(path: Fixture.path($0)) })
            perform(
                .resized(
                    Viewport(rows: 40, columns: 160, plotColumns: 60, heatRows: 12, heatColumns: 40, pageLength: 20)))
            perform(.started)
        }

        mutating func perform(_ action: Action) { answer(state.reduce(action)) }

        mutating func answer(_ requests: [Request]) {
            for request in requests { for action in worker.answers(to: request) { perform(action) } }
        }

        mutating func type(_ line: String) {
            perform(.promptOpened)
            perform(.edited(.insert(line)))
            perform(.entered)
        }
    }

    // MARK: Model

    /// The ranking's rows, totals and order are those of `scan`.
    @Test func theRankingIsTheScan() throws {
        var session = try Session(recipe: "int4 sym group:64")
        session.perform(.screenChosen(.model))
        #expect(session.state.screen == .model && session.state.focus == .ranking && session.state.model.isComplete)
        let scan = Scan(session.state.file.tensors, recipe: session.state.recipe)
        let result = ScanResult(
            recipe: scan.recipe.description, kept: scan.kept,
            try scan.candidates.map { try scan.row($0, context: WorkContext(threads: 1)) })
        func rows() -> [Scan.Row] { session.state.model.sorted.compactMap { session.state.model.row($0) } }
        #expect(rows() == result.sorted(by: .metric("sqnr_db")))
        #expect(
            session.state.model.total?.mse == result.total.mse && session.state.model.total?.bytes == result.total.bytes
        )
        #expect(session.state.model.kept == result.kept)
        // Every column sorts, either way; an undefined number is last both ways.
        for (place, order) in session.state.rankColumns.enumerated() {
            if session.state.model.order != order { session.perform(.rankColumnPointed(place)) }
            #expect(rows() == result.sorted(by: order), "\(order)")
            session.perform(.orderSwitched)
            let values = rows().map { order.value($0.metrics, $0.shape) }
            #expect(values == result.sorted(by: order).map { order.value($0.metrics, $0.shape) }.reversed())
            session.perform(.orderSwitched)
        }
        // Words and numbers on the screen.
        session.type("rank sqnr_db")
        let model = try #require(ScreenModel(session.state).ranking)
        let worst = result.sorted(by: .metric("sqnr_db"))[0]
        #expect(model.rows[0].cells[0].text == worst.name)
        #expect(model.rows[0].cells[1].text == NumberText.fixed(worst.metrics.sqnr ?? 0, places: 2))
        #expect(model.title.contains("Weights 16 ── worst SQNR first"))
        // Down and Enter: the second worst opens on the first screen.
        session.perform(.moved(.down))
        session.perform(.entered)
        #expect(session.state.screen == .tensor)
        #expect(session.state.tensor.name == result.sorted(by: .metric("sqnr_db"))[1].name)
        #expect(session.state.evaluation?.metrics == result.sorted(by: .metric("sqnr_db"))[1].metrics)
    }

    /// Another recipe is another scan; going back needs no work.
    @Test func recipesHaveScansOfTheirOwn() throws {
        var session = try Session(recipe: "int4 sym group:64")
        session.perform(.screenChosen(.model))
        let before = session.state.model.total?.mse
        session.perform(.settingStepped(.bits, forward: true))
        #expect(session.state.recipe.description == "int5 sym group:64" && session.state.model.isComplete)
        let total = try #require(session.state.model.total?.mse)
        #expect(total < before ?? 0)
        let requests = session.state.reduce(.undone)
        let walks = requests.compactMap { if case .walk(let walk) = $0 { walk.count } else { nil } }
        #expect(walks == [0] && session.state.model.isComplete && session.state.model.total?.mse == before)
        // A late row of the other recipe is dropped.
        let stale = try #require(session.state.model.scan?.candidates.first)
        let outcome = Scan.Outcome.kept(Scan.Kept(stale.tensor, position: stale.position, reason: "late"))
        _ = session.state.reduce(
            .tensorScanned(
                file: 1, recipe: try Recipe("int5 sym group:64"), position: stale.position, .outcome(outcome),
                seconds: 1))
        #expect(session.state.model.total?.mse == before)
    }

    /// Of very many tensors the scan is planned and ranked elsewhere; late answers are dropped.
    @Test func manyTensorsAreRankedElsewhere() throws {
        let count = ModelState.fewTensors + 100
        let tensors = try (0..<count).map { number in
            let values = (0..<32).map { Float(($0 * 7 + number * 13) % 29) / 7 - 2 }
            return try #require(TensorView(name: "layers.\(number).weight", values: values, shape: Shape([4, 8])!))
        }
        var session = try Session(recipe: "int4 sym tensor")
        session.state = ExplorerState(
            file: TensorFile(path: "many", format: "test", metadata: [], tensors: tensors),
            recipe: try Recipe("int4 sym tensor"))
        session.perform(.started)
        let requests = session.state.reduce(.screenChosen(.model))
        #expect(requests.contains { if case .planScan = $0 { true } else { false } })
        #expect(session.state.model.scan == nil)
        session.answer(requests)
        #expect(session.state.model.isComplete && session.state.model.sorted.count == count)
        let values = session.state.model.sorted.map { session.state.model.row($0)?.metrics.sqnr ?? .infinity }
        #expect(values == values.sorted())
        #expect(session.state.model.total?.tensors == count)
        // A number in the filter and the order of the last question count, whatever comes late.
        let early = session.state.reduce(.orderSwitched)
        session.perform(.orderSwitched)
        session.answer(early)
        #expect(session.state.model.sorted.map { session.state.model.row($0)?.metrics.sqnr ?? .infinity } == values)
        session.perform(.filterOpened)
        session.perform(.edited(.insert("layers.1 sqnr<\(values[count / 2])")))
        let shown = session.state.model.sorted
        #expect(!shown.isEmpty && shown.count < count / 2)
        #expect(shown.allSatisfy { session.state.file.tensors[$0].name.contains("layers.1") })
        #expect(shown.allSatisfy { session.state.model.row($0)?.metrics.sqnr ?? .infinity < values[count / 2] })
        #expect(Set(session.state.listed) == Set(shown))
    }

    @Test func filtersPatternsAndPauses() throws {
        var session = try Session(recipe: "int4 sym group:64")
        session.perform(.screenChosen(.model))
        func names() -> [String] { session.state.model.sorted.map { session.state.file.tensors[$0].name } }
        session.perform(.filterOpened)
        session.perform(.edited(.insert("attn")))
        #expect(names().count == 8 && names().allSatisfy { $0.contains("attn") })
        session.perform(.edited(.insert(" sqnr<13.5")))
        let rows = session.state.model.sorted.compactMap { session.state.model.row($0) }
        #expect(!rows.isEmpty && rows.allSatisfy { $0.metrics.sqnr ?? 99 < 13.5 && $0.name.contains("attn") })
        session.perform(.entered)
        #expect(session.state.focus == .ranking && !session.state.isFiltering)
        session.perform(.escaped)
        #expect(names().count == 16)
        // A tensor that is taken away is kept; patterns; all again.
        let first = names()[0]
        session.perform(.removed)
        #expect(names().count == 15 && !names().contains(first))
        #expect(session.state.model.kept.first { $0.name == first }?.reason.hasPrefix("excluded by") == true)
        session.type("include *mlp*")
        #expect(names().count == 6 && names().allSatisfy { $0.contains("mlp") })
        session.type("exclude *down*")
        #expect(names().count == 4)
        session.type("include")
        #expect(names().count == 16)
        // Numbers are looked at only where there are results of the recipe.
        session.perform(.screenChosen(.tensor))
        session.type("int7 sym group:64")
        session.perform(.filterOpened)
        session.perform(.edited(.insert("sqnr<5")))
        #expect(session.state.listed.count == 21 && session.state.message?.text == Words.numbersNeedScan)
        session.perform(.escaped)
        session.type("int4 sym group:64")
        session.perform(.screenChosen(.model))
        #expect(names().count == 16)
        // Stopped and going on.
        session.perform(.settingStepped(.bits, forward: true))
        session.perform(.walkPaused)
        #expect(session.state.model.isPaused && TotalsModel(session.state).state == Words.complete)
        session.state.model.isPaused = true
        let requests = session.state.reduce(.settingStepped(.bits, forward: true))
        #expect(requests.contains { if case .walk(.none) = $0 { true } else { false } })
        #expect(TotalsModel(session.state).state.contains("stopped"))
        session.answer(requests)
        #expect(session.state.model.sorted.isEmpty)
        session.perform(.walkPaused)
        #expect(session.state.model.isComplete && names().count == 16)
        // What does nothing here says so.
        session.perform(.countScaleSwitched)
        #expect(session.state.message?.text == Words.onlyOnTensorScreen)
    }

    // MARK: Channels

    @Test func stripsAreTheProfiles() throws {
        let name = "model.layers.0.self_attn.q_proj.weight"
        var session = try Session("Llama/original.safetensors", name, recipe: "int4 sym tensor")
        session.perform(.screenChosen(.channels))
        let tensor = session.state.tensor, evaluator = try Evaluator(tensor, recipe: session.state.recipe)
        var profiles = try #require(try evaluator.profiles(of: .channels(axis: 0)))
        #expect(session.state.stripKind == .channels(axis: 0))
        #expect(
            session.state.channels.profiles?.strips.map { $0.squaredError } == profiles.strips.map { $0.squaredError })
        // Sorted by the error at first; x goes through the orders.
        for order in [StripProfiles.Order.error, .outlier, .dead, .number, .range] {
            #expect(session.state.channels.order == order && session.state.channels.sorted == profiles.order(by: order))
            session.perform(.orderSwitched)
        }
        let model = try #require(ScreenModel(session.state).strips)
        let worst = profiles.strips[profiles.order(by: .error)[0]]
        #expect(model.strips[0].label == "\(worst.number)")
        #expect(model.strips[0].sqnr == NumberText.fixed(worst.sqnr ?? 0, places: 2))
        #expect(model.title.contains("256 channels of axis 0") && model.title.contains("outlier victims"))
        // a: ranges, then the other axis.
        session.perform(.coverageSwitched)
        #expect(session.state.stripKind == .channels(axis: 1))
        session.perform(.coverageSwitched)
        #expect(session.state.stripKind == .ranges && session.state.channels.profiles?.strips.count == 1)
        // A range for each channel: Enter goes to the range under the cursor.
        session.type("channel:0")
        profiles = try #require(
            try Evaluator(tensor, recipe: session.state.recipe).profiles(of: .ranges))
        session.perform(.moved(.down))
        let second = profiles.strips[profiles.order(by: .error)[1]]
        #expect(ScreenModel(session.state).formula.contains { $0.contains("range \(second.number + 1): ") })
        session.perform(.entered)
        #expect(session.state.screen == .tensor && session.state.detail?.range == second.range)
        #expect(abs((session.state.detail?.squaredError ?? 0) - second.squaredError) <= 1e-6 * second.squaredError)
    }

    @Test func victimsAreNamedInWords() throws {
        var session = try Session(
            "Llama/original.safetensors", "model.layers.0.self_attn.q_proj.weight", recipe: "int4 sym tensor")
        session.perform(.screenChosen(.channels))
        let channels = session.state.channels
        let place = try #require(
            channels.sorted.firstIndex { if case .victim? = channels.findings[$0] { true } else { false } })
        session.perform(.stripPointed(place))
        let formula = ScreenModel(session.state).formula
        #expect(
            formula.contains {
                $0.hasPrefix("! channel ") && $0.contains(": victim, loses ") && $0.contains("bits to channel")
                    && $0.contains("whose largest |r| is")
            }, "\(formula)")
    }

    @Test func thePictureIsTheHeatMap() throws {
        var session = try Session(
            "Llama/original.safetensors", "model.layers.0.self_attn.q_proj.weight", recipe: "int4 sym channel:0")
        session.perform(.screenChosen(.channels))
        session.perform(.panelPointed(.heatMap))
        let evaluator = try Evaluator(session.state.tensor, recipe: session.state.recipe)
        let map = try #require(try evaluator.heatMap(rowAxis: 0, columnAxis: 1, rows: 12, columns: 40))
        for (layer, measure) in [
            (HeatMap.Layer.original, HeatMap.Measure.rootMeanSquare), (.reconstruction, .rootMeanSquare),
            (.error, .rootMeanSquare),
        ] {
            let model = try #require(ScreenModel(session.state).heatMap)
            let most = Double(map.extremes(layer, measure).most)
            #expect(model.most == most && model.shares.count == 12 && model.shares[0].count == 40)
            #expect(model.shares[3][7] == map.value(layer, measure, row: 3, column: 7).map { Double($0) / most })
            session.perform(.countScaleSwitched)
        }
        session.perform(.axisScaleSwitched)
        #expect(ScreenModel(session.state).heatMap?.most == Double(map.extremes(.original, .largest).most))
        // The cell's range.
        session.perform(.moved(.down))
        session.perform(.moved(.right))
        #expect(session.state.channels.cell == (1, 1))
        #expect(
            ScreenModel(session.state).heatMap?.readout.hasPrefix("[22…42, 7…12]  |r| ") == true,
            "\(ScreenModel(session.state).heatMap?.readout ?? "")")
        session.perform(.entered)
        #expect(session.state.screen == .tensor && session.state.detail?.range == map.rowIndices(1).lowerBound)
    }

    // MARK: Compare

    @Test func pinsStandSideBySide() throws {
        var session = try Session(recipe: "int4 sym group:64")
        let recipes = [
            "int4 sym group:64", "int5 sym group:64", "int3 sym group:64", "nf4 group:64", "int8 sym tensor",
        ]
        for recipe in recipes {
            session.type(recipe)
            session.perform(.pinSwitched)
        }
        // The oldest went; the latest is the baseline.
        #expect(session.state.comparison.pins.map { $0.description } == Array(recipes.dropFirst()))
        #expect(session.state.pin?.description == "int8 sym tensor")
        session.perform(.screenChosen(.compare))
        session.type("int6 sym group:64")
        let model = try #require(ScreenModel(session.state).pins)
        #expect(model.heads.map { $0.recipe } == ["int6 sym group:64"] + recipes.dropFirst())
        #expect(model.heads.map { $0.name } == ["now", "pin 1", "pin 2", "pin 3", "pin 4"])
        for (place, recipe) in session.state.comparedRecipes.enumerated() {
            let metrics = try Evaluator(session.state.tensor, recipe: recipe).evaluate().metrics
            #expect(model.cells[0][place].text == NumberText.fixed(metrics.sqnr ?? 0, places: 2))
            #expect(model.cells[1][place].text == NumberText.significant(metrics.mse))
        }
        // The best of each metric, and none where all are alike.
        let sqnr = model.cells[0].map { Double($0.text) ?? 0 }
        #expect(model.cells[0].map { $0.kind == .best } == sqnr.map { $0 == sqnr.max() })
        #expect(model.cells[2].allSatisfy { $0.kind != .best }, "nothing is clipped")
        // To the right and Enter takes a recipe; Backspace takes it out.
        session.perform(.panelPointed(.pins))
        session.state.comparison.column = 0
        session.perform(.moved(.right))
        session.perform(.entered)
        #expect(session.state.recipe.description == "int5 sym group:64")
        session.perform(.removed)
        #expect(
            session.state.comparison.pins.map { $0.description } == [
                "int3 sym group:64", "nf4 group:64", "int8 sym tensor",
            ])
        // Another tensor has numbers of its own.
        session.perform(.matchStepped(forward: true))
        let other = try #require(ScreenModel(session.state).pins)
        let metrics = try Evaluator(session.state.tensor, recipe: Recipe("nf4 group:64")).evaluate().metrics
        #expect(other.cells[0][2].text == NumberText.fixed(metrics.sqnr ?? 0, places: 2))
        session.type("int4 sym channel:1")
        session.perform(.pinSwitched)
        session.type("goto model.norm.weight")
        #expect(ScreenModel(session.state).pins?.heads.last?.problem?.contains("axis 1") == true)
    }

    @Test func anotherFileStandsBeside() throws {
        var session = try Session(recipe: "int4 sym group:64")
        session.type("compare " + Fixture.path("Llama/model-q8_0.gguf"))
        #expect(session.state.screen == .compare && session.state.focus == .pairs)
        let other = try #require(session.state.comparison.other)
        let comparison = Comparison(session.state.file, try FileFormatCatalog.open(path: other.path))
        let result = ComparisonResult(
            rows: try comparison.pairs.map { try comparison.row($0) }, onlyA: [], onlyB: [])
        let worst = result.sorted(by: .metric("sqnr_db"))
        #expect(other.sorted.compactMap { other.rows[$0] } == worst)
        let table = try #require(ScreenModel(session.state).pairs)
        #expect(
            table.count == 21 && table.rows[0].cells[0].text == worst[0].a && table.footnote == "1 only in the other")
        #expect(table.rows.contains { $0.cells[5].text == "rows of 8 heads in rotary order" })
        session.perform(.moved(.down))
        session.perform(.entered)
        #expect(session.state.screen == .tensor && session.state.tensor.name == worst[1].a)
        // What cannot be opened is told, and nothing is lost.
        session.type("compare /nowhere/at.all")
        #expect(session.state.message?.kind == .warning && session.state.comparison.other != nil)
        session.type("compare " + Fixture.path("Activations/layers.safetensors"))
        #expect(session.state.message?.text.contains("found no tensor under a name of") == true)
    }

    // MARK: Outputs

    @Test func outputErrorsAreEverywhere() throws {
        var session = try Session(
            "Activations/layers.safetensors", recipe: "int4 sym channel:0", activations: "Activations/activations.npz")
        let evaluation = try #require(session.state.evaluation)
        let expected = try JSONValue(Fixture.bytes("Activations/expected.json"), path: "e")["int4 sym channel:0"]?[
            "fc1"]?.double
        let found = try #require(evaluation.metrics.outputError), wanted = try #require(expected)
        #expect(abs(found - wanted) < 1e-6 * wanted)
        let row = try #require(ScreenModel(session.state).metrics.first { $0.key == "output_error" })
        #expect(row.value == NumberText.significant(found))
        session.perform(.pinSwitched)
        session.perform(.settingStepped(.bits, forward: true))
        #expect(ScreenModel(session.state).metrics[1].change?.verdict == .better)
        session.perform(.screenChosen(.compare))
        #expect(ScreenModel(session.state).pins?.cells[1].last?.text == NumberText.significant(found))
        session.perform(.undone)
        session.perform(.screenChosen(.model))
        let ranking = try #require(ScreenModel(session.state).ranking)
        #expect(ranking.columns[2].title == "output e ")
        #expect(
            ranking.rows.contains {
                $0.cells[0].text == "fc1.weight" && $0.cells[2].text == NumberText.significant(found)
            })
        #expect(
            session.state.reduce(.commandCopied).contains {
                if case .copy(let text) = $0 { text.contains("--activations ") } else { false }
            })
    }

    // MARK: All

    @Test func screensKeepTheirFocus() throws {
        var session = try Session(recipe: "int4 sym group:64")
        session.perform(.panelPointed(.metrics))
        session.perform(.screenChosen(.channels))
        #expect(session.state.focus == .strips)
        session.perform(.focusMoved(forward: true))
        #expect(session.state.focus == .heatMap)
        session.perform(.screenChosen(.tensor))
        #expect(session.state.focus == .metrics)
        session.perform(.screenChosen(.channels))
        #expect(session.state.focus == .heatMap)
        // Tab stays on the screen and comes round.
        for screen in Screen.allCases {
            session.perform(.screenChosen(screen))
            var seen: Set<Panel> = []
            for _ in screen.panels {
                seen.insert(session.state.focus)
                session.perform(.focusMoved(forward: true))
            }
            #expect(seen == Set(screen.panels))
        }
        session.perform(.escaped)
        #expect(session.state.screen == .tensor)
    }
}
