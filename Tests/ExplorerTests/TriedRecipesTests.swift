import Basics
import Foundation
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// What was tried on a tensor, as points, and how the recipe in use stands among them.
@Suite struct TriedRecipesTests {
    private func session(_ recipe: String = "int4 sym tensor", columns: Int = 200, rows: Int = 60) throws
        -> ScreenSession
    {
        var session = try ScreenSession(recipe: recipe)
        session.perform(.resized(rows: rows, columns: columns))
        return session
    }

    @Test func everyTryIsAPoint() throws {
        var session = try session()
        let name = session.state.tensor.name, other = try #require(session.state.file.tensors.last?.name)
        #expect(session.state.triedRows.count == 1 && session.state.standing.isEmpty)
        #expect(QualityPlotModel.tried(session.state).readout == Words.triedOne)
        for line in ["int8", "int3", "int4 asym", "int3", "int4 sym channel:0"] { session.type(line) }
        let rows = session.state.triedRows
        #expect(
            Set(rows.map { $0.point.name }) == [
                "int4 sym tensor", "int8 sym tensor", "int3 sym tensor", "int3 asym tensor", "int4 asym tensor",
                "int4 sym channel:0",
            ])
        for row in rows {
            let own = try Evaluator(session.state.tensor, recipe: row.point.recipe).evaluate()
            #expect(row.point.metrics.mse == own.metrics.mse && row.point.isExact)
            let best = rows.filter { $0.point.bits <= row.point.bits }.map { $0.point.metrics.mse }.min()
            #expect(row.isOnFrontier == (row.point.metrics.mse == best), "\(row.point.name)")
        }
        // Another tensor begins anew, a name that comes back too.
        session.type("goto \(other)")
        #expect(session.state.triedRows.map { $0.point.name } == ["int4 sym channel:0"])
        session.type("goto \(name)")
        #expect(session.state.triedRows.count == 1)
    }

    @Test func theRecipeStandsAmongThem() throws {
        var session = try session()
        session.type("int5")
        #expect(session.state.standing == Words.standsFirst(of: 2))
        // More bits for no gain: one of fewer bits beats it.
        session.type("int4 sym channel:0")
        session.type("int5 tensor clip:manual:-100,100")
        let standing = session.state.standing
        #expect(standing.first?.contains("behind int") == true)
        let rows = session.state.triedRows,
            here = try #require(rows.first { $0.point.name == session.state.recipe.description })
        let better = try #require(rows.last { $0.isOnFrontier && $0.point.bits <= here.point.bits })
        let gain = 10 * log10(here.point.metrics.mse / better.point.metrics.mse)
        #expect(standing.first == "\(NumberText.fixed(gain, places: 1)) dB behind \(better.point.name)")
        #expect(RecipeModel(session.state).titles.first == "Recipe ── " + (standing.first ?? ""))
    }

    @Test func pointsAreTaken() throws {
        var session = try session()
        for line in ["int2", "int6"] { session.type(line) }
        session.state.focus = .tried
        session.perform(.moved(.first))
        #expect(session.state.triedCursor == "int2 sym tensor" && session.state.recipe.description == "int6 sym tensor")
        session.perform(.moved(.up))
        #expect(session.state.triedCursor == "int4 sym tensor")
        session.perform(.entered)
        #expect(session.state.recipe.description == "int4 sym tensor" && session.state.overlay == nil)
        // On the one in use the table of all formats opens, and what it finds becomes points.
        session.perform(.entered)
        guard case .formats? = session.state.overlay else { return #expect(Bool(false)) }
        let found = session.state.formatResults.results.count
        #expect(found > 20 && session.state.triedRows.count >= found)
        #expect(
            Set(session.state.triedRows.map { $0.point.name }).isSuperset(of: ["int2 sym tensor", "int6 sym tensor"]))
        // The picture leaves out what takes far more bits than any good one.
        let points = QualityPlotModel.tried(session.state).points
        #expect(points.count <= session.state.triedRows.count && points.allSatisfy { (0...1).contains($0.x) })
        #expect(points.contains { if case .current = $0.kind { true } else { false } })
    }

    @Test func thePanelIsBesideTheRecipeWhereThereIsRoom() throws {
        var wide = try session()
        let recipe = try #require(wide.state.layout[.recipe]), tried = try #require(wide.state.layout[.tried])
        #expect(tried.row == recipe.endRow && tried.column == recipe.column && tried.height >= 9)
        #expect(wide.state.layout[.metrics] != nil)
        wide.perform(.resized(rows: 36, columns: 120))
        #expect(wide.state.layout[.tried] == nil)
        wide.state.focus = .tried
        wide.perform(.resized(rows: 36, columns: 120))
        #expect(wide.state.layout[.tried] != nil && wide.state.layout[.recipe] != nil)
    }

    @Test func anEstimateReplacesNothingExact() throws {
        let view = try session().state.tensor, recipe = try Recipe("int4 sym tensor")
        let exact = try Evaluator(view, recipe: recipe).evaluate()
        let sample = try TensorSample(view, for: recipe)
        let estimate = try #require(
            try Evaluator.estimate(view, recipe: recipe, sample: sample, summary: nil, context: WorkContext()))
        var tried = TriedRecipes()
        tried.note(estimate)
        #expect(tried.points.map { $0.isExact } == [false])
        tried.note(exact)
        tried.note(estimate)
        #expect(tried.points.map { $0.isExact } == [true] && tried.points[0].metrics.mse == exact.metrics.mse)
        for bits in 2...8 {
            for place in 0..<40 {
                tried.note(
                    try Evaluator(view, recipe: Recipe("int\(bits) sym tensor clip:manual:-\(place + 1),9")).evaluate())
            }
        }
        #expect(tried.points.count == TriedRecipes.most)
        tried.forgetTensor()
        #expect(tried.points.isEmpty)
    }
}
