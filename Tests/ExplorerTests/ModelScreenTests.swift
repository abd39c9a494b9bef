import Basics
import Checkpoints
import Fixtures
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// The Model screen without a terminal: what keys do, and that every number is that of `scan`.
@Suite struct ModelScreenTests {
    /// The ranking's rows, totals and order are those of `scan`.
    @Test func theRankingIsTheScan() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
        session.perform(.screenChosen(.model))
        #expect(session.state.screen == .model && session.state.focus == .ranking && session.state.model.isComplete)
        let scan = Scan(session.state.file.tensors, recipe: session.state.recipe)
        let result = ScanResult(
            recipe: scan.recipe.description, kept: scan.kept,
            try scan.candidates.map { try scan.row($0, context: WorkContext(threads: 1)) })
        func rows() -> [Scan.Row] { session.state.model.sorted.compactMap { session.state.model.row($0) } }
        #expect(rows() == result.sorted(by: .metric(.sqnr)))
        #expect(
            session.state.model.total?.mse == result.total.mse && session.state.model.total?.bytes == result.total.bytes
        )
        #expect(session.state.model.kept == result.kept)
        // Every column sorts, either way; an undefined number is last both ways.
        for (place, column) in session.state.rankColumns.enumerated() {
            guard case .value(let order) = column else {
                Issue.record("\(column) without a pinned recipe")
                continue
            }
            if session.state.model.order != column { session.perform(.pointed(.ranking, .column(place))) }
            #expect(rows() == result.sorted(by: order), "\(order)")
            session.perform(.orderSwitched)
            let values = rows().map { order.value($0.metrics, $0.shape) }
            #expect(values == result.sorted(by: order).map { order.value($0.metrics, $0.shape) }.reversed())
            session.perform(.orderSwitched)
        }
        // Words and numbers on the screen.
        session.type("rank sqnr_db")
        let model = TableModel(rankingOf: session.state)
        let worst = result.sorted(by: .metric(.sqnr))[0]
        #expect(model.rows[0].cells[0].text == worst.name + " ^")
        #expect(model.rows[0].cells[1].text == NumberText.fixed(worst.metrics.sqnr ?? 0, places: 2))
        #expect(model.title.contains("Weights 16 ── worst SQNR first"))
        // Down and Enter: the second worst opens on the first screen.
        session.perform(.moved(.down))
        session.perform(.entered)
        #expect(session.state.screen == .tensor)
        #expect(session.state.tensor.name == result.sorted(by: .metric(.sqnr))[1].name)
        #expect(session.state.evaluation?.metrics == result.sorted(by: .metric(.sqnr))[1].metrics)
    }

    /// A pinned recipe beside the present one: the numbers of two scans, the largest loss first, `n` from loss to loss.
    @Test func aPinnedRecipeIsLaidBesideAnother() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
        session.perform(.screenChosen(.model))
        session.perform(.pinSwitched)
        #expect(!session.state.rankColumns.contains(.difference))
        session.type("int5 sym channel:0")
        func scanned(_ recipe: String) throws -> ScanResult {
            let scan = Scan(session.state.file.tensors, recipe: try Recipe(recipe))
            return ScanResult(
                recipe: recipe, kept: scan.kept,
                try scan.candidates.map { try scan.row($0, context: WorkContext(threads: 1)) })
        }
        let a = try scanned("int4 sym group:64"), b = try scanned("int5 sym channel:0")
        let before = Dictionary(uniqueKeysWithValues: a.rows.map { ($0.name, $0.metrics.sqnr ?? .infinity) })
        let differences = b.rows.map { (name: $0.name, value: ($0.metrics.sqnr ?? .infinity) - (before[$0.name] ?? 0)) }
        let losses = differences.filter { $0.value < 0 }.sorted { $0.value < $1.value }.map { $0.name }
        #expect(!losses.isEmpty && losses.count < differences.count)
        func name(_ position: Int) -> String { session.state.file.tensors[position].name }
        let sorted = differences.enumerated().sorted {
            ($0.element.value, $0.offset) < ($1.element.value, $1.offset)
        }
        #expect(session.state.model.order == .difference)
        #expect(session.state.model.sorted.map(name) == sorted.map { $0.element.name })
        let table = TableModel(rankingOf: session.state)
        #expect(table.columns.prefix(4).map { $0.title } == ["weight ", "A dB ", "B dB ", "B−A▼"])
        #expect(table.title.hasSuffix("where B loses most first"))
        #expect(table.rows[0].cells[3].text == NumberText.fixed(sorted[0].element.value, places: 2))
        #expect(table.rows[0].cells[1].text == NumberText.fixed(before[sorted[0].element.name] ?? 0, places: 2))
        let totals = TotalsModel(session.state).rows
        func total(_ label: String) -> String? { totals.first { $0.label == label }?.value }
        #expect(total("A pinned") == "int4 sym group:64" && total("B now") == "int5 sym channel:0")
        #expect(total("B is worse on") == "\(losses.count) of \(differences.count)")
        session.perform(.filterOpened)
        session.perform(.edited(.insert("q_proj")))
        #expect(total("B is worse on") == "\(losses.count) of \(differences.count)")
        session.perform(.escaped)
        func decibels(_ result: ScanResult) -> String { NumberText.fixed(result.total.sqnr ?? 0, places: 2) }
        #expect(total("SQNR") == "\(decibels(a)) → \(decibels(b)) dB")
        // Through the losses and around.
        session.perform(.moved(.first))
        for step in 1...losses.count {
            session.perform(.matchStepped(forward: true))
            #expect(session.state.tensor.name == losses[step % losses.count])
        }
        session.perform(.matchStepped(forward: false))
        #expect(session.state.tensor.name == losses[losses.count - 1])
        // The filter, the other columns, the command lines.
        session.perform(.filterOpened)
        session.perform(.edited(.insert("delta<0")))
        #expect(session.state.model.sorted.map(name) == losses)
        session.perform(.escaped)
        session.perform(.orderSwitched)
        #expect(session.state.model.sorted.map(name).last == losses[0])
        session.type("rank pinned")
        #expect(session.state.model.sorted.map(name).first == a.sorted(by: .metric(.sqnr)).first?.name)
        #expect(session.state.scanCommandLine.contains(" && qlens scan "))
        // The present recipe becomes the pinned one: nothing to compare, and the order is the usual one again.
        session.perform(.undone)
        #expect(session.state.model.order == .value(.metric(.sqnr)) && session.state.model.pinned == nil)
        #expect(!TotalsModel(session.state).rows.contains { $0.label == "B now" })
        session.perform(.redone)
        #expect(session.state.model.order == .pinned)
        session.perform(.pinSwitched)
        #expect(session.state.model.pinned == nil && session.state.pin == session.state.recipe)
    }

    /// Another recipe is another scan; going back needs no work.
    @Test func recipesHaveScansOfTheirOwn() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
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
        var session = try ScreenSession(recipe: "int4 sym tensor")
        session.state = ExplorerState(
            file: TensorFile(path: "many", format: "test", metadata: [], tensors: tensors),
            recipe: try Recipe("int4 sym tensor"))
        session.perform(.started)
        let requests = session.state.reduce(.screenChosen(.model))
        #expect(requests.contains { if case .files(.planScan) = $0 { true } else { false } })
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
        // So do the last patterns: a plan of earlier ones that comes first is dropped.
        session.perform(.escaped)
        session.state.model.exclude = [NamePattern(literal: "layers.0.weight")]
        let older = session.state.rescan()
        session.state.model.exclude.append(NamePattern(literal: "layers.1.weight"))
        let newer = session.state.rescan()
        session.answer(older)
        #expect(session.state.model.scan == nil)
        session.answer(newer)
        #expect(session.state.model.scan?.candidates.count == count - 2)
        #expect(session.state.model.sorted.count == count - 2)
    }

    @Test func filtersPatternsAndPauses() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
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
        let first = names()[session.state.rankCursor]
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
        #expect(session.state.message?.text == Words.notOnThisScreen(["1 Tensor", "2 Channels", "4 Compare"]))
    }
}
