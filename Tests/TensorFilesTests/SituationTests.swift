import Basics
import Fixtures
import Tensors
import Testing

@testable import TensorFiles

/// Files as people have them: one tensor must not cost the rest, and what is no tensor file is said for what it is.
struct SituationTests {
    private func open(_ name: String) throws -> TensorFile {
        try FileFormatCatalog.open(path: Fixture.path("Situations/\(name)"))
    }

    private func values(_ file: TensorFile, _ name: String) throws -> [Float] {
        let tensor = try file.readableTensor(named: name)
        return tensor.values(0..<tensor.count)
    }

    private func message(_ name: String) -> String {
        do throws(FileError) {
            _ = try FileFormatCatalog.open(path: Fixture.path("Situations/\(name)"))
            return "opened"
        } catch { return "found \(error.found), expected \(error.expected)" }
    }

    /// Objects of the training script are labels, and what they hold is searched.
    @Test func objectsOfTheScript() throws {
        let file = try open("script-objects.pt")
        #expect(try values(file, "model.w") == [0, 1, 2, 3, 4, 5])
        #expect(try values(file, "settings.table") == [0, 1, 2])
        #expect(file.warnings.contains { $0.contains("__main__.Settings") })
        #expect(file.metadata.contains { $0.key == "progress.step" && $0.value == "7" })
        let module = try open("script-module.pt")
        #expect(
            module.tensors.map { $0.name } == [
                "conv.bias", "conv.weight", "norm.bias", "norm.num_batches_tracked", "norm.running_mean",
                "norm.running_var", "norm.weight",
            ])
        #expect(try values(module, "norm.running_var") == [1, 1])
    }

    @Test func modulesWithPackedParameters() throws {
        let file = try open("dynamic.pt")
        #expect(file.tensors.map { $0.name } == ["0.bias", "0.weight"])
        #expect(file.tensors[1].storedShape.extents == [3, 4])
        #expect(file.warnings.contains { $0.contains("torch.ScriptObject") })
    }

    /// E2M1 pairs, the low half first: 0x21 is 0.5 and 1.
    @Test func pairsOfFourBits() throws {
        let file = try open("float4.pt")
        #expect(try file.tensor(named: "pairs").shape.extents == [2, 4])
        #expect(try values(file, "pairs") == [0.5, 1, 1.5, 2, 3, 4, 6, -0.0])
        #expect(try values(file, "plain") == [0, 1])
    }

    @Test(arguments: [
        ("new-type.safetensors", "new", "known", #"dtype "F5_E2M2""#, 2),
        ("new-type.gguf", "new", "known", "ggml type 201", 4),
        ("lost-storage.pt", "gone", "here", #"no storage "1""#, 3),
        ("mixed.npz", "texts", "plain", #"an array of texts "<U2""#, 4),
        ("mixed.npz", "pairs", "plain", #"a structured array "[('x', '<f4'), ('y', '<i2', (2,))]""#, 4),
    ]) func oneTensorAlone(name: String, bad: String, good: String, found: String, count: Int) throws {
        let file = try open(name)
        #expect(try values(file, good).count == count)
        #expect(try file.tensor(named: bad).problem?.found == found)
        #expect(file.unreadableCount == (name == "mixed.npz" ? 4 : 1))
        #expect(file.json().text.contains("\"problem\""))
        let error = #expect(throws: FileError.self) { try file.readableTensor(named: bad) }
        #expect(error?.found == found)
    }

    /// ml_dtypes writes its types as raw items; their user knows what they are.
    @Test func rawItems() throws {
        let file = try open("bfloat16.npy")
        #expect(file.tensors[0].problem?.expected.contains("--dtype bf16") == true)
        let wanted: [Float] = [1.5, -2.25, 0.125, 384]
        #expect(try values(file.reinterpreted(as: .bfloat16), "bfloat16") == wanted)
        #expect(file.reinterpreted(as: .float8E4M3).unreadableCount == 1)
        let mixed = try open("mixed.npz")
        #expect(try values(mixed.reinterpreted(as: .bfloat16), "half") == wanted)
        #expect(try values(mixed.reinterpreted(as: .float8E4M3), "eight") == wanted)
    }

    @Test func archivesOfMacs() throws {
        let file = try open("mac.npz")
        #expect(file.tensors.map { $0.name } == ["w"])
        #expect(try values(file, "w") == [1.5, -2.25, 0.125, 384])
        #expect(file.warnings.contains { $0.contains("__MACOSX") && $0.contains("2") })
        #expect(file.warnings.contains { $0.contains("cut.npy") })
    }

    /// No byte beyond the array is inflated, and the figures are said.
    @Test func membersAreInflatedAsFarAsTheirArrayGoes() throws {
        let file = try open("long-member.npz")
        #expect(file.warnings == [#"read 144 of the 1,048,720 bytes of "w.npy": its array ends there"#])
        let view = try file.tensor(named: "w")
        #expect(view.values(0..<4) == [1.5, -2.25, 0.125, 384])
        #expect(view.fault == nil)
    }

    @Test(arguments: [
        ("pointer.safetensors", "a Git LFS pointer to a file of 4,976,698,672 bytes", "git lfs pull"),
        ("page.gguf", "a web page (HTML)", "the file itself"),
        ("answer.pt", #"a text that begins "{\"error\":\"Repository not found\"}""#, "a server may have answered"),
        ("zeros.safetensors", "nothing but zeros", "interrupted"),
        ("packed.npy", "a gzip file", "unpack it first"),
    ]) func whatDownloadsLeave(name: String, found: String, advice: String) {
        let message = message(name)
        #expect(message.contains(found.replacing("\\\"", with: "\"")) && message.contains(advice), "\(message)")
    }

    @Test func downloadsThatAreNotComplete() throws {
        let file = try open("incomplete")
        #expect(file.tensors.map { $0.name } == ["a", "b"])
        #expect(
            file.warnings == [
                #""model-00001-of-00002.safetensors" does not have 1 tensor ("e") that the index names in it"#,
                #""model-00002-of-00002.safetensors" is missing: 2 tensors ("c", "d") left out"#,
            ])
        // Nothing at all is an error.
        try TemporaryFolder.with { folder in
            let index = #"{"weight_map": {"a": "m.safetensors"}}"#
            try AtomicFile.write(Array(index.utf8), to: folder + "/model.safetensors.index.json")
            let error = #expect(throws: FileError.self) { try FileFormatCatalog.open(path: folder) }
            #expect(error?.path.hasSuffix("m.safetensors") == true)
        }
    }

    @Test func pipelines() throws {
        let file = try open("pipeline")
        #expect(file.tensors.map { $0.name } == ["unet.conv", "vae.conv"])
        #expect(try values(file, "vae.conv") == [3, -4.5, 0.25, 768])
        #expect(file.tensors[0].elementType == .float32)
        #expect(file.warnings.count == 1 && file.warnings[0].contains("diffusion_pytorch_model.fp16.safetensors"))
        #expect(try open("pipeline/unet").tensors[0].elementType == .float32)
        #expect(
            try open("pipeline/unet/diffusion_pytorch_model.fp16.safetensors").tensors[0].elementType == .float16)
    }
}
