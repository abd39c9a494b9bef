import Fixtures
import Foundation
import Tensors
import Testing

@testable import TensorFiles

/// Files that belong together: split GGUF files, folders of several formats.
@Suite struct PartsTests {
    private static func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("qlens-shards-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }

    @Test func splitFilesOpenAsOne() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for part in 1...3 {
            let bytes = GGUFTests.file(name: "w\(part)")
            try AtomicFile.write(bytes, to: "\(folder)/m-0000\(part)-of-00003.gguf")
        }
        for part in 1...3 {
            let file = try FileFormatCatalog.open(path: "\(folder)/m-0000\(part)-of-00003.gguf")
            #expect(file.tensors.map { $0.name } == ["w1", "w2", "w3"] && file.format == "GGUF v3, 3 parts")
        }
        #expect(try FileFormatCatalog.open(path: folder).tensors.count == 3)
        try FileManager.default.removeItem(atPath: "\(folder)/m-00002-of-00003.gguf")
        let rest = try FileFormatCatalog.open(path: "\(folder)/m-00001-of-00003.gguf")
        #expect(rest.tensors.map { $0.name } == ["w1", "w3"] && rest.warnings.count == 1)
    }

    @Test func aFolderOfSeveralFormats() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try AtomicFile.write(try Fixture.bytes("Checkpoints/arrays4.pkl"), to: folder + "/a.pkl")
        try AtomicFile.write(Array("not a checkpoint".utf8), to: folder + "/training_args.bin")
        let names = ["w", "only here"]
        let entries = names.map { SafetensorsWriter.Entry(name: $0, extents: [2], values: [1, 2]) }
        try AtomicFile.write(SafetensorsWriter.bytes(entries), to: folder + "/b.safetensors")
        let file = try FileFormatCatalog.open(path: folder)
        #expect(file.tensors.map { $0.name } == ["b", "f", "i", "only here", "w"])
        // The safetensors file's tensor stays; the two others are told of.
        #expect(file.tensors.last?.count == 2 && file.warnings.count == 2, "\(file.warnings)")
    }
}
