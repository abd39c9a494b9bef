import Fixtures
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

extension PageLine {
    fileprivate var pairName: String? { if case .pair(let name, _) = self { name } else { nil } }
    fileprivate var pairText: String? { if case .pair(_, let text) = self { text } else { nil } }
}

/// What a file says of itself, and how its tensors are stored.
@Suite struct FileViewTests {
    private func started(_ fixture: String, _ tensor: String, _ recipe: String = "int4 sym tensor") throws
        -> ExplorerState
    {
        let file = try FileFormatCatalog.open(path: Fixture.path(fixture))
        var state = ExplorerState(file: file, tensorName: tensor, recipe: try Recipe(recipe))
        settle(&state, state.reduce(.started))
        return state
    }

    private func lines(_ state: ExplorerState) throws -> [PageLine] {
        guard case .page(let page)? = OverlayModel(state) else { throw Missing() }
        return try #require(page.lines)
    }

    private struct Missing: Error {}

    /// Codes and scales stand beside the values that they bring back, and Enter takes the recipe.
    @Test(arguments: [
        ("Packed/gptq.safetensors", "asym4.weight", "int4 asym group:32 scale:f16", 5),
        ("Packed/bitsandbytes.safetensors", "plain.nf4.weight", "nf4 group:64", 5),
        ("Packed/scaled.safetensors", "e4m3.tile.weight", "fp8-e4m3 block:128x128", 5),
        ("Packed/mxfp4.safetensors", "mlp.gate_up_proj", "mxfp4", 5),
        ("GGML/types.gguf", "Q4_K", "ggml:q4_k", 5),
    ])
    func storedTensors(fixture: String, name: String, recipe: String, columns: Int) throws {
        let file = try FileFormatCatalog.open(path: Fixture.path(fixture))
        let tensor = try #require(file.tensors.first { $0.name == name || $0.typeName == name })
        var state = try started(fixture, tensor.name)
        #expect(SanityFlag.flags(state).contains { $0.text.hasPrefix("stored as \(tensor.typeName)") })
        settle(&state, state.reduce(.storedShown))
        let look = try #require(state.storedLook), form = try #require(tensor.storedForm)
        #expect(look.recipe?.description == recipe && look.elements.count == min(512, tensor.count))
        for element in look.elements {
            #expect(element.stored == form.stored(element.element))
            #expect(element.value == tensor.values(element.element..<element.element + 1)[0])
        }
        let page = try lines(state)
        #expect(page.contains(.pair(Words.storedRecipe, recipe)))
        for part in form.parts { #expect(page.contains { $0.pairText == part }) }
        let rows = page.filter { if case .columns = $0 { true } else { false } }
        #expect(rows.count == look.elements.count + 1)
        for case .columns(let cells, _) in rows { #expect(cells.count >= columns) }
        settle(&state, state.reduce(.entered))
        #expect(state.overlay == nil && state.recipe.description == recipe)
    }

    @Test func plainTensorsHaveNoCodes() throws {
        var state = try samplesState("gauss")
        settle(&state, state.reduce(.started))
        settle(&state, state.reduce(.storedShown))
        #expect(state.storedLook?.recipe == nil && state.storedLook?.elements.allSatisfy { $0.stored == nil } == true)
        #expect(try lines(state).contains(.text(Words.storedPlain)))
        let before = state.recipe
        settle(&state, state.reduce(.entered))
        #expect(state.overlay == nil && state.recipe == before)
        #expect(!SanityFlag.flags(state).contains { $0.text.hasPrefix("stored") })
    }

    /// From any element on; beyond the end is refused.
    @Test func storedFromAnElement() throws {
        var state = try started("Packed/mxfp4.safetensors", "mlp.gate_up_proj")
        settle(&state, try CommandCatalog.run("stored 1000", on: &state).get())
        #expect(state.storedLook?.elements.first?.element == 1_000)
        state.overlay = nil
        for text in ["stored 3840", "stored -1", "stored x"] {
            #expect(throws: CommandProblem.self) { try CommandCatalog.run(text, on: &state).get() }
        }
        // Another tensor's elements are not shown for it.
        settle(&state, state.open(1))
        #expect(state.storedLook == nil)
    }

    /// Files that say very much are shown in part, and their page is made once.
    @Test func longMetadataIsCut() throws {
        let shape = try #require(Shape([2, 2]))
        let tensor = try #require(TensorView(name: "t", values: [1, 2, 3, 4], shape: shape))
        let entries = (0..<2_000).map { (key: "key\($0)", value: String(repeating: "x", count: 5_000)) }
        let file = TensorFile(path: "m", format: "m", metadata: entries, tensors: [tensor])
        var state = ExplorerState(file: file, recipe: try Recipe("int4"))
        settle(&state, state.reduce(.fileShown))
        let page = try lines(state)
        #expect(page.count < 520 && page.last == .text(Words.moreMetadata(1_500)))
        #expect(page.allSatisfy { ($0.pairText?.count ?? 0) <= 301 })
    }

    /// A sample that serves one format's ranges does not serve another's blocks.
    @Test func estimatesOfBlocksHaveSamplesOfTheirOwn() throws {
        let shape = try #require(Shape([256, 512]))
        let values = (0..<shape.count).map { Float(($0 * 7_919) % 4_001) / 2_000 - 1 }
        let view = try #require(TensorView(name: "t", values: values, shape: shape))
        let file = TensorFile(path: "m", format: "m", metadata: [], tensors: [view])
        var state = ExplorerState(file: file, recipe: try Recipe("mxfp4"))
        let worker = OfflineWorker()
        var estimates: [String: Double] = [:]
        func run(_ requests: [Request], _ worker: OfflineWorker) {
            for request in requests {
                for answer in worker.answers(to: request) {
                    _ = state.reduce(answer)
                    if let evaluation = state.evaluation, !evaluation.isExact {
                        estimates[evaluation.recipe.description] = evaluation.metrics.mse
                    }
                }
            }
        }
        run(state.reduce(.started), worker)
        run(state.change(to: try Recipe("ggml:q4_k")), worker)
        let after = try #require(estimates["ggml:q4_k"])
        estimates = [:]
        state = ExplorerState(file: file, recipe: try Recipe("ggml:q4_k"))
        run(state.reduce(.started), OfflineWorker())
        #expect(estimates["ggml:q4_k"] == after)
    }

    /// The importance is a part of what prints the same numbers.
    @Test func theCopiedCommandNamesTheImportance() throws {
        let path = Fixture.path("Importance/means.npz")
        let file = try Importance.open(path: path).applied(
            to: FileFormatCatalog.open(path: Fixture.path("Packed/scaled.safetensors")))
        let state = ExplorerState(file: file, tensorName: "e4m3.tensor.weight", recipe: try Recipe("ggml:q8_0"))
        #expect(state.commandLine.hasSuffix("--recipe ggml:q8_0 --importance \(path)"))
        #expect(FileLines.lines(state).contains(.pair(Words.importance, path)))
    }

    @Test func filesSayWhatTheyAre() throws {
        var state = try started("GGML/types.gguf", "")
        settle(&state, state.reduce(.fileShown))
        let page = try lines(state)
        for (key, _) in state.file.metadata {
            #expect(page.contains { $0.pairName == ScreenText.safe(key) })
        }
        #expect(page.contains(.pair(Words.fileFormat, state.file.format)) && !state.file.metadata.isEmpty)
        #expect(page.contains { $0.pairText?.hasPrefix("Q4_K: 1 tensor,") == true })
        settle(&state, state.reduce(.fileShown))
        #expect(state.overlay == nil)
        var samples = try samplesState("gauss")
        settle(&samples, try CommandCatalog.run("file", on: &samples).get())
        #expect(try lines(samples).contains(.heading(Words.headingMetadata)))
    }
}
