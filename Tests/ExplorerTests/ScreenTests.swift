import Basics
import Checkpoints
import Fixtures
import Foundation
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// What all screens share: the error of outputs, and where the focus is.
@Suite struct ScreenTests {
    @Test func outputErrorsAreEverywhere() throws {
        var session = try ScreenSession(
            "Activations/layers.safetensors", recipe: "int4 sym channel:0", activations: "Activations/activations.npz")
        let evaluation = try #require(session.state.evaluation)
        let expected = try JSONValue(Fixture.bytes("Activations/expected.json"), path: "e")["int4 sym channel:0"]?[
            "fc1"]?.double
        let found = try #require(evaluation.metrics.outputError), wanted = try #require(expected)
        #expect(abs(found - wanted) < 1e-6 * wanted)
        let row = try #require(MetricsModel(session.state).rows.first { $0.id == .outputError })
        #expect(row.value == NumberText.significant(found))
        session.perform(.pinSwitched)
        session.perform(.settingStepped(.bits, forward: true))
        #expect(MetricsModel(session.state).rows[1].change?.verdict == .better)
        session.perform(.screenChosen(.compare))
        #expect(PinsModel(session.state).cells[1].last?.text == NumberText.significant(found))
        session.perform(.undone)
        session.perform(.screenChosen(.model))
        let ranking = TableModel(rankingOf: session.state)
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

    @Test func screensKeepTheirFocus() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
        session.perform(.pointed(.metrics, .panel))
        session.perform(.screenChosen(.channels))
        #expect(session.state.focus == .strips)
        session.perform(.focusMoved(forward: true))
        #expect(session.state.focus == .heatMap)
        session.perform(.screenChosen(.tensor))
        #expect(session.state.focus == .metrics)
        session.perform(.screenChosen(.channels))
        #expect(session.state.focus == .heatMap)
        // Tab stays on the screen and comes round.
        for screen in ScreenCatalog.ids {
            session.perform(.screenChosen(screen))
            var seen: Set<PanelID> = []
            for _ in screen.panels {
                seen.insert(session.state.focus)
                session.perform(.focusMoved(forward: true))
            }
            #expect(seen == Set(screen.panels))
        }
        session.perform(.escaped)
        #expect(session.state.screen == .tensor)
    }

    /// What a screen does not name it refuses, in one way, and nothing changes unseen.
    @Test(arguments: ScreenCatalog.ids)
    func actionsThatAScreenDoesNotTake(screen: ScreenID) throws {
        let actions: [Action] = [
            .settingStepped(.bits, forward: true), .undone, .redone, .pinSwitched, .recipeCopied, .filterOpened,
            .matchStepped(forward: true), .orderSwitched, .rangeStepped(forward: true), .coverageSwitched,
            .countScaleSwitched, .axisScaleSwitched, .axisZoomed(inward: true, around: nil), .axisShown,
            .clipStepped(.high, right: true), .walkPaused, .removed, .tensorMarked, .axisLockSwitched,
        ]
        #expect(Set(actions.compactMap { ScreenAction($0) }) == Set(ScreenAction.allCases))
        var session = try ScreenSession("Activations/layers.safetensors", recipe: "int4 sym channel:0")
        session.perform(.screenChosen(screen))
        let taken = ScreenCatalog[screen].actions
        for action in actions {
            guard let kind = ScreenAction(action), taken[kind] == nil else { continue }
            let others = ScreenCatalog.names(taking: kind)
            let (recipe, range, order) = (session.state.recipe, session.state.chosenRange, session.state.order)
            #expect(session.state.reduce(action).isEmpty && !others.isEmpty)
            #expect(session.state.message?.text == Words.notOnThisScreen(others))
            #expect(session.state.recipe == recipe && session.state.chosenRange == range)
            #expect(session.state.order == order && session.state.screen == screen)
        }
    }

    @Test func everyCatalogueIsItsFolder() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/Explorer")
        func types(_ folder: String, _ ending: String) throws -> Set<String> {
            let names = try FileManager.default.contentsOfDirectory(atPath: sources.path + "/" + folder)
            return Set(names.map { String($0.dropLast(6)) }.filter { $0.hasSuffix(ending) && $0 != ending })
        }
        #expect(try types("Panels", "Panel") == Set(PanelCatalog.all.map { "\(type(of: $0))" }))
        #expect(try types("Screens", "Screen") == Set(ScreenCatalog.all.map { "\(type(of: $0))" }))
        #expect(try types("Questions", "Question") == Set(QuestionCatalog.all.map { "\($0)" }))
        #expect(Set(ScreenCatalog.ids.flatMap { $0.panels }) == Set(PanelCatalog.ids))
        #expect(PanelCatalog.ids.count == Set(PanelCatalog.ids).count)
    }
}
