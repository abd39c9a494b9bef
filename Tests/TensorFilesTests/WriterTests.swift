import Fixtures
import Foundation
import Tensors
import Testing

@testable import TensorFiles

/// Files that are written: whole or not at all, and never over what is read.
@Suite struct WriterTests {
    private func tensor(_ count: Int, _ extents: [Int], name: String = "t") throws -> TensorView {
        let shape = try #require(Shape(extents))
        return try #require(TensorView(name: name, values: (0..<count).map { Float($0) * 0.25 - 7 }, shape: shape))
    }

    @Test func largeTensorsComeBack() throws {
        try TemporaryFolder.with { folder in
            let large = try tensor(600_000, [3, 200_000], name: "large"),
                small = try tensor(6, [2, 3], name: "small \"x\"")
            try NpyWriter.write(large, to: folder + "/a.npy", notOver: [])
            let array = try FileFormatCatalog.open(path: folder + "/a.npy").tensors[0]
            #expect(array.shape == large.shape && array.values(0..<600_000) == large.values(0..<600_000))
            #expect(
                try Fixture.read(folder + "/a.npy") == NpyWriter.bytes(large.values(0..<600_000), shape: large.shape))
            try SafetensorsWriter.write(
                [(large, .bfloat16), (small, .float32)], metadata: [("k", "v")], to: folder + "/a.safetensors",
                notOver: [])
            let file = try FileFormatCatalog.open(path: folder + "/a.safetensors")
            #expect(file.metadata.map { $0.key } == ["k"])
            #expect(try file.tensor(named: "small \"x\"").values(0..<6) == small.values(0..<6))
            #expect(try file.tensor(named: "large").elementType == .bfloat16)
            #expect(try Folder.names(in: folder).sorted() == ["a.npy", "a.safetensors"])
        }
    }

    /// By whatever name the input is called.
    @Test func neverOverAnInput() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/in.npy"
            try NpyWriter.write(try tensor(6, [6]), to: path, notOver: [])
            let before = try Fixture.read(path), view = try FileFormatCatalog.open(path: path).tensors[0]
            #expect(symlink(path, folder + "/link.npy") == 0 && link(path, folder + "/hard.npy") == 0)
            for name in ["in.npy", "./in.npy", "link.npy", "hard.npy"] {
                let error = #expect(throws: FileError.self) {
                    try NpyWriter.write(view, to: folder + "/" + name, notOver: [folder + "/other.npy", path])
                }
                #expect(error?.expected == "another name to write to")
            }
            #expect(try Fixture.read(path) == before)
            #expect(try Folder.names(in: folder).count == 3)
            try NpyWriter.write(view, to: folder + "/out.npy", notOver: [path])
        }
    }

    /// What fails on the way leaves neither a part nor a changed target.
    @Test func failuresLeaveNothing() throws {
        try TemporaryFolder.with { folder in
            let target = folder + "/out.npy"
            try AtomicFile.write([1, 2, 3], to: target)
            #expect(throws: FileError.self) {
                try AtomicFile.write(to: target) { sink throws(FileError) in
                    try sink.write([UInt8](repeating: 9, count: 200_000))
                    throw FileError(path: target, found: "an end", expected: "more")
                }
            }
            // The bytes of the source turn out to be damaged while they are written.
            let source = folder + "/in.npy"
            try NpyWriter.write(try tensor(500_000, [500_000]), to: source, notOver: [])
            let view = try FileFormatCatalog.open(path: source).tensors[0]
            #expect(truncate(source, 4_096) == 0)
            #expect(throws: FileError.self) { try NpyWriter.write(view, to: target, notOver: [source]) }
            #expect(try Fixture.read(target) == [1, 2, 3])
            #expect(try Folder.names(in: folder).sorted() == ["in.npy", "out.npy"])
            #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder + "/missing/x") }
        }
    }
}
