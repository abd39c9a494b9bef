import Basics
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// Undo, redo, the baseline, the picker and the line after `:`.
@Suite struct RecipeEditingTests {
    private func started(_ tensor: String = "gauss", recipe: String = "int4 sym tensor") throws -> ExplorerState {
        var state = try samplesState(tensor, recipe: recipe)
        settle(&state, state.reduce(.started))
        return state
    }

    private func type(_ text: String, into state: inout ExplorerState) {
        for character in text { settle(&state, state.reduce(.edited(.insert(String(character))))) }
    }

    private func run(_ line: String, on state: inout ExplorerState) {
        settle(&state, state.reduce(.promptOpened))
        type(line, into: &state)
        settle(&state, state.reduce(.entered))
    }

    @Test func undoAndRedoWalkThroughEveryChange() throws {
        var state = try started()
        var seen = [state.recipe]
        for setting in [Setting.bits, .mapping, .clipping, .rounding] {
            settle(&state, state.reduce(.settingStepped(setting, forward: true)))
            seen.append(state.recipe)
        }
        for recipe in seen.dropLast().reversed() {
            settle(&state, state.reduce(.undone))
            #expect(state.recipe == recipe && state.evaluation?.recipe == recipe)
        }
        #expect(state.reduce(.undone).isEmpty && state.message?.text == Words.nothingToUndo)
        for recipe in seen.dropFirst() {
            settle(&state, state.reduce(.redone))
            #expect(state.recipe == recipe)
        }
        #expect(state.reduce(.redone).isEmpty && state.message?.text == Words.nothingToRedo)
        settle(&state, state.reduce(.undone))
        settle(&state, state.reduce(.settingStepped(.scale, forward: true)))
        #expect(state.reduce(.redone).isEmpty, "a new change forgets what was undone")
    }

    /// The change of a metric is the difference of two exact results; its verdict follows which way is better.
    @Test func theBaselineIsComparedExactly() throws {
        var state = try started()
        let base = try #require(state.evaluation?.metrics)
        settle(&state, state.reduce(.pinSwitched))
        settle(&state, state.reduce(.settingStepped(.bits, forward: true)))
        let now = try #require(state.evaluation?.metrics)
        let rows = Dictionary(uniqueKeysWithValues: MetricsModel(state).rows.map { ($0.id.name, $0) })
        let gain = try #require(now.sqnr) - #require(base.sqnr)
        #expect(rows["sqnr_db"]?.change == .init(text: NumberText.signed(gain, width: 7), verdict: .better))
        #expect(rows["bits_per_weight"]?.change?.verdict == .worse && rows["mse"]?.change?.verdict == .better)
        #expect(rows["clip_error"]?.change == .init(text: "=", verdict: .same))
        #expect(rows["levels_used"]?.change?.verdict == .neither)
        // Another tensor: the same baseline recipe is evaluated there.
        settle(&state, state.reduce(.matchStepped(forward: true)))
        let expected = try Evaluator(state.tensor, recipe: try Recipe("int4 sym tensor")).evaluate()
        #expect(state.baseline?.metrics == expected.metrics)
        settle(&state, state.reduce(.undone))
        settle(&state, state.reduce(.pinSwitched))
        #expect(state.pin == nil && state.baseline == nil && MetricsModel(state).rows[0].change == nil)
    }

    // MARK: Picker

    @Test func everyChoiceOfEverySettingCanBeTaken() throws {
        for setting in Setting.allCases {
            let count = try Picker(setting, recipe: Recipe(), shape: started("relu_batch").tensor.shape).choices.count
            for index in 0..<count {
                var state = try started("relu_batch", recipe: "int8 sym tensor")
                settle(&state, state.reduce(.pointed(.recipe, .row(setting.rawValue))))
                if case .picker = state.overlay {} else { settle(&state, state.reduce(.entered)) }
                guard case .picker(let opened) = state.overlay else {
                    Issue.record("no picker for \(setting)")
                    continue
                }
                settle(&state, state.reduce(.moved(.first)))
                for _ in 0..<index { settle(&state, state.reduce(.moved(.down))) }
                settle(&state, state.reduce(.entered))
                if let format = try? Recipe(opened.choices[index].template).format, 32 % format.rowMultiple != 0 {
                    // What the tensor's rows do not allow is refused with the reason, and the list stays.
                    guard case .picker(let picker) = state.overlay else { throw Missing() }
                    #expect(picker.problem?.contains("expected a multiple of 256") == true)
                    continue
                }
                if case .picker(let picker) = state.overlay {
                    // The choice has numbers: they are prefilled, or asked for.
                    #expect(picker.activeField == 0)
                    if picker.problem != nil {
                        #expect(picker.choices[index].template == "clip:manual:LO,HI")
                        type("-1", into: &state)
                        settle(&state, state.reduce(.completed(forward: true)))
                        type("1.5", into: &state)
                    }
                    settle(&state, state.reduce(.entered))
                }
                #expect(state.overlay == nil, "\(opened.choices[index].template): \(state.message?.text ?? "")")
                #expect(state.problem == nil && state.evaluation?.isExact == true)
            }
        }
    }

    @Test func thePickerBeginsWhereTheRecipeIsAndChecksNumbers() throws {
        var state = try started("relu_batch", recipe: "int4 sym group:64 clip:percentile:99.5")
        settle(&state, state.reduce(.pointed(.recipe, .row(Setting.granularity.rawValue))))
        settle(&state, state.reduce(.entered))
        guard case .picker(let picker) = state.overlay else { throw Missing() }
        #expect(picker.word == "group:64" && picker.problem == nil)
        settle(&state, state.reduce(.completed(forward: true)))
        settle(&state, state.reduce(.edited(.eraseToStart)))
        guard case .picker(let empty) = state.overlay else { throw Missing() }
        #expect(empty.problem?.contains("group:G") == true)
        type("0", into: &state)
        settle(&state, state.reduce(.entered))
        #expect(state.overlay != nil && state.recipe.granularity == .group(size: 64))
        settle(&state, state.reduce(.edited(.eraseBackward)))
        type("96", into: &state)
        settle(&state, state.reduce(.entered))
        #expect(state.overlay == nil && state.recipe.granularity == .group(size: 96))
    }

    /// A word typed whole is taken with its numbers; an axis that the tensor lacks is refused with the reason.
    @Test func theFilterTakesWholeWords() throws {
        var state = try started("relu_batch")
        settle(&state, state.reduce(.pointed(.recipe, .row(Setting.granularity.rawValue))))
        settle(&state, state.reduce(.entered))
        type("block", into: &state)
        guard case .picker(let filtered) = state.overlay else { throw Missing() }
        #expect(filtered.listed.count == 1)
        settle(&state, state.reduce(.edited(.eraseToStart)))
        type("channel:7", into: &state)
        guard case .picker(let wrong) = state.overlay else { throw Missing() }
        #expect(wrong.problem == "channel:7 names axis 7, but of shape [16,8,32] its axes are 0 to 2")
        settle(&state, state.reduce(.edited(.eraseBackward)))
        type("2", into: &state)
        settle(&state, state.reduce(.entered))
        #expect(state.overlay == nil && state.recipe.granularity == .channel(axis: 2))
        settle(&state, state.reduce(.entered))
        type("zzz", into: &state)
        guard case .picker(let none) = state.overlay else { throw Missing() }
        #expect(none.listed.isEmpty && none.problem == Words.noChoice && none.word == nil)
        settle(&state, state.reduce(.escaped))
        settle(&state, state.reduce(.escaped))
        #expect(state.overlay == nil)
    }

    private struct Missing: Error {}

    // MARK: The line after `:`

    @Test func recipesAndPartsOfThem() throws {
        var state = try started(recipe: "int4 sym tensor clip:mse")
        run("group:64 asym", on: &state)
        #expect(state.recipe.description == "int4 asym group:64 clip:mse")
        run("int8 sym tensor", on: &state)
        #expect(state.recipe.description == "int8 sym tensor", "a whole recipe leaves nothing of the one before")
        run("int99", on: &state)
        guard case .prompt(let prompt) = state.overlay else { throw Missing() }
        #expect(prompt.problem?.contains("int2 … int16") == true && prompt.editor.string == "int99")
        settle(&state, state.reduce(.escaped))
        run("channel:3", on: &state)
        guard case .prompt(let other) = state.overlay else { throw Missing() }
        #expect(other.problem?.contains("axis 3") == true && state.recipe.granularity == .tensor)
    }

    @Test func commands() throws {
        var state = try started("scaled_channels", recipe: "int4 sym channel:0")
        run("range 2", on: &state)
        #expect(state.shownRange == 2 && state.detail?.range == 2)
        run("goto laplace", on: &state)
        #expect(state.tensor.name == "laplace")
        run("goto gaus", on: &state)
        #expect(state.tensor.name == "gauss")
        run("goto laplaze", on: &state)
        guard case .prompt(let unknown) = state.overlay else { throw Missing() }
        #expect(unknown.problem?.contains("\"laplace\"") == true)
        settle(&state, state.reduce(.escaped))
        settle(&state, state.reduce(.undone))
        run("theme light", on: &state)
        run("glyphs blocks", on: &state)
        run("mouse off", on: &state)
        #expect(state.appearance == Appearance(theme: .light, glyphs: .blocks, hasMouse: false))
        run("cursor 0.5", on: &state)
        #expect(state.cursorValue == 0.5)
        run("window -1 1", on: &state)
        #expect(state.detail?.original.binning.edges.first == -1 && state.detail?.original.binning.edges.last == 1)
        run("window", on: &state)
        #expect(state.window == nil)
        run("log", on: &state)
        guard case .log = state.overlay, case .page(let page)? = ScreenModel(state).overlay else { throw Missing() }
        #expect(
            page.lines?.contains { if case .text(let text) = $0 { text.contains("nothing to undo") } else { false } }
                == true)
        settle(&state, state.reduce(.quitPressed))
        run("mouse maybe", on: &state)
        guard case .prompt(let prompt) = state.overlay else { throw Missing() }
        #expect(prompt.problem == "found \"maybe\", expected on, off")
        settle(&state, state.reduce(.escaped))
        run("q", on: &state)
        #expect(state.shouldQuit)
    }

    /// Every command has a name of its own, which the words of recipes do not take.
    @Test func commandsHaveTheirOwnNames() {
        let names = CommandCatalog.commands.flatMap { [$0.name, $0.alias].compactMap { $0 } }
        #expect(Set(names).count == names.count)
        for name in names { #expect((try? Recipe().changed(by: name)) == nil, "\(name)") }
    }

    @Test func completionAndHistory() throws {
        var state = try started()
        settle(&state, state.reduce(.promptOpened))
        type("the", into: &state)
        settle(&state, state.reduce(.completed(forward: true)))
        guard case .prompt(let only) = state.overlay else { throw Missing() }
        #expect(only.editor.string == "theme ")
        settle(&state, state.reduce(.completed(forward: true)))
        settle(&state, state.reduce(.completed(forward: true)))
        guard case .prompt(let second) = state.overlay else { throw Missing() }
        #expect(second.editor.string == "theme dark" && second.candidates.count == Appearance.ThemeName.allCases.count)
        settle(&state, state.reduce(.completed(forward: false)))
        settle(&state, state.reduce(.entered))
        #expect(state.appearance.theme == .auto && state.history == ["theme auto"])
        run("int5", on: &state)
        settle(&state, state.reduce(.promptOpened))
        type("x", into: &state)
        settle(&state, state.reduce(.moved(.up)))
        settle(&state, state.reduce(.moved(.up)))
        settle(&state, state.reduce(.moved(.up)))
        guard case .prompt(let oldest) = state.overlay else { throw Missing() }
        #expect(oldest.editor.string == "theme auto")
        settle(&state, state.reduce(.moved(.down)))
        settle(&state, state.reduce(.moved(.down)))
        guard case .prompt(let draft) = state.overlay else { throw Missing() }
        #expect(draft.editor.string == "x")
        #expect(CommandCatalog.completions(of: "int4 clip:p", in: state).map { $0.text } == ["clip:percentile:99"])
        #expect(
            CommandCatalog.completions(of: "goto outl", in: state).map { $0.text } == [
                "outlier_columns", "one_outlier",
            ])
    }

    /// Every word that completion offers is a word that the recipe takes.
    @Test func completionsAreRecipes() throws {
        for word in Recipe.exampleWords where word != "clip:manual" {
            #expect(throws: Never.self, "\(word)") { try Recipe().changed(by: word) }
        }
    }

    @Test func pastedTextIsNeverRunAsKeys() throws {
        var state = try started()
        #expect(state.reduce(.pasted("bbbbq\n")).isEmpty)
        #expect(state.recipe.description == "int4 sym tensor" && !state.shouldQuit)
        #expect(state.message?.text == Words.pasteIgnored)
        _ = state.reduce(.promptOpened)
        _ = state.reduce(.pasted("int8 asym tensor\n"))
        guard case .prompt(let prompt) = state.overlay else { throw Missing() }
        #expect(prompt.editor.string == "int8 asym tensor", "pasted lines wait for Enter")
    }
}

@Suite struct LineEditorTests {
    @Test func edits() {
        var editor = LineEditor("int4 sym")
        editor.apply(.eraseWord)
        #expect(editor.string == "int4 ")
        editor.apply(.insert("asym"))
        editor.apply(.start)
        editor.apply(.eraseForward)
        editor.apply(.insert("I"))
        #expect(editor.string == "Int4 asym" && editor.cursor == 1)
        editor.apply(.eraseToEnd)
        editor.apply(.left)
        editor.apply(.left)
        editor.apply(.eraseBackward)
        #expect(editor.string == "I" && editor.cursor == 0)
        editor.apply(.end)
        editor.apply(.insert("한글\n\tx"))
        editor.apply(.left)
        editor.apply(.eraseBackward)
        #expect(editor.string == "I한글 x")
        editor.apply(.eraseToStart)
        #expect(editor.string == "x")
    }
}
