import Basics
import Checkpoints
import Fixtures
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// The Compare screen without a terminal: pinned recipes, and another file.
@Suite struct CompareScreenTests {
    @Test func pinsStandSideBySide() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
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
        let model = PinsModel(session.state)
        #expect(model.heads.map { $0.recipe } == ["int6 sym group:64"] + recipes.dropFirst())
        #expect(model.heads.map { $0.name } == ["now", "pin 1", "pin 2", "pin 3", "pin 4"])
        let mse = try #require(model.labels.firstIndex(of: "MSE")), clipping = mse + 1
        for (place, recipe) in session.state.comparedRecipes.enumerated() {
            let metrics = try Evaluator(session.state.tensor, recipe: recipe).evaluate().metrics
            #expect(model.cells[0][place].text == NumberText.fixed(metrics.sqnr ?? 0, places: 2))
            #expect(model.cells[mse][place].text == NumberText.significant(metrics.mse))
        }
        // The best of each metric, and none where all are alike.
        let sqnr = model.cells[0].map { Double($0.text) ?? 0 }
        #expect(model.cells[0].map { $0.kind == .best } == sqnr.map { $0 == sqnr.max() })
        #expect(model.cells[clipping].allSatisfy { $0.kind != .best }, "nothing is clipped")
        // To the right and Enter takes a recipe; Backspace takes it out.
        session.perform(.pointed(.pins, .panel))
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
        let other = PinsModel(session.state)
        let metrics = try Evaluator(session.state.tensor, recipe: Recipe("nf4 group:64")).evaluate().metrics
        #expect(other.cells[0][2].text == NumberText.fixed(metrics.sqnr ?? 0, places: 2))
        session.type("int4 sym channel:1")
        session.perform(.pinSwitched)
        session.type("goto model.norm.weight")
        #expect(PinsModel(session.state).heads.last?.problem?.contains("axis 1") == true)
    }

    @Test func anotherFileStandsBeside() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
        session.type("compare " + Fixture.path("Llama/model-q8_0.gguf"))
        #expect(session.state.screen == .compare && session.state.focus == .pairs)
        let other = try #require(session.state.comparison.other)
        let comparison = try Comparison(session.state.file, try FileFormatCatalog.open(path: other.path))
        let result = ComparisonResult(
            rows: try comparison.pairs.map { try comparison.row($0) }, onlyA: [], onlyB: [])
        let worst = result.sorted(by: .metric(.sqnr))
        #expect(other.sorted.compactMap { other.rows[$0] } == worst)
        let table = TableModel(pairsOf: session.state)
        #expect(
            table.count == 21 && table.rows[0].cells[0].text == worst[0].a && table.footnote == "1 only in the other")
        #expect(table.rows.contains { $0.cells[5].text == "rows of 8 heads in rotary order" })
        // The cursor begins at the open tensor.
        session.perform(.moved(.first))
        session.perform(.moved(.down))
        session.perform(.entered)
        #expect(session.state.screen == .tensor && session.state.tensor.name == worst[1].a)
        // What cannot be opened is told, and nothing is lost.
        session.type("compare /nowhere/at.all")
        #expect(session.state.message?.kind == .warning && session.state.comparison.other != nil)
        session.type("compare " + Fixture.path("Activations/layers.safetensors"))
        #expect(session.state.message?.text.contains("found no tensor that pairs with one of") == true)
    }

    /// What went wrong in an export: the findings of `diagnose`, and what correcting one leaves.
    @Test func whatWentWrong() throws {
        var session = try ScreenSession("Diagnosis/original.safetensors", recipe: "int4 sym tensor")
        session.perform(.screenChosen(.compare))
        session.perform(.pointed(.diagnosis, .panel))
        #expect(TableModel(diagnosisOf: session.state).notice?.text.contains(":diagnose FILE") == true)
        session.type("diagnose " + Fixture.path("Diagnosis/export.safetensors"))
        #expect(session.state.screen == .compare && session.state.focus == .diagnosis)
        let other = try #require(session.state.comparison.other), comparison = other.comparison
        #expect(other.diagnoses.count == comparison.pairs.count)
        for (place, pair) in comparison.pairs.enumerated() {
            let diagnosis = try comparison.diagnosis(of: pair, originalFile: session.state.file, isThorough: false)
            #expect(other.diagnoses[place]?.verdict == diagnosis.verdict)
            #expect(other.diagnoses[place]?.findings == diagnosis.findings)
        }
        session.type("goto swapped-nibbles")
        let finding = try #require(session.state.diagnosis?.findings.first)
        let table = TableModel(diagnosisOf: session.state)
        #expect(finding.cause == "swapped-nibbles" && table.title.hasPrefix("swapped-nibbles ── "))
        #expect(
            table.rows[0].cells.map { $0.text } == [
                finding.cause, NumberText.fixed(finding.removed * 100, places: 1),
                finding.sqnr.map { NumberText.fixed($0, places: 2) } ?? "exact", finding.evidence,
            ])
        #expect(table.footnote == finding.sentence)
        #expect(TableModel(pairsOf: session.state).rows[session.state.pairCursor].cells[5].text == finding.cause)
        // Taken as corrected: the row, the order, and the export's distribution, which is the original's again.
        session.perform(.entered)
        let name = session.state.tensor.name
        #expect(session.state.message?.text.contains("swapped-nibbles is taken as corrected in") == true)
        let pairs = TableModel(pairsOf: session.state), row = pairs.rows.first { $0.cells[0].text == name }
        #expect(row?.cells[2].text == (finding.sqnr.map { NumberText.fixed($0, places: 2) } ?? "exact"))
        #expect(row?.cells[5].text == "swapped-nibbles corrected")
        let sorted = try #require(session.state.comparison.other).sorted
        let left = sorted.map { place in
            let now = session.state.comparison.other
            return now?.correction(of: place).map { $0.sqnr ?? .infinity } ?? now?.rows[place]?.metrics?.sqnr
        }.compactMap { $0 }
        #expect(left == left.sorted())
        session.perform(.focusMoved(forward: true))
        #expect(session.state.focus == .twoDistributions)
        let answer = try #require(session.state.twoDistributions), histograms = try #require(answer.histograms)
        let pair = try #require(comparison.pairs.first { $0.a.name == name })
        let sides = try #require(
            try comparison.corrected(pair, cause: finding.cause, originalFile: session.state.file))
        #expect(histograms.b == (try Histogram.of(sides.export, binning: histograms.b.binning)))
        #expect(histograms.a == (try Histogram.of(pair.a, binning: histograms.b.binning)))
        #expect(TwoDistributionsModel(session.state)?.legend[1].hasSuffix("swapped-nibbles corrected") == true)
        // And back.
        session.perform(.pointed(.diagnosis, .panel))
        session.perform(.entered)
        #expect(session.state.comparison.other?.corrected.isEmpty == true)
        // On a file that is open already, without its path.
        session.type("compare " + Fixture.path("Diagnosis/export.safetensors"))
        #expect(session.state.comparison.other?.diagnoses.isEmpty == true)
        session.type("diagnose")
        #expect(session.state.comparison.other?.diagnoses.count == comparison.pairs.count)
    }
}
