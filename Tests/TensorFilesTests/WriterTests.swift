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

    /// Whatever the values are: nearest, saturating, no number as each type has it.
    @Test func everyValueHasACode() throws {
        let values: [Float] = [0, -1.5, 300, -300, 1e30, -.infinity, .infinity, .nan]
        #expect(
            ElementEncoder.encode(values, as: .int8).map { Int8(bitPattern: $0) } == [
                0, -2, 127, -128, 127, -128, 127, 0,
            ])
        #expect(ElementEncoder.encode(values, as: .uint8) == [0, 0, 255, 0, 255, 0, 255, 0])
        for type in [ElementType.float32, .float64, .float16, .bfloat16, .int64, .int8, .uint8, .bool, .float8E4M3] {
            let shape = try #require(Shape([values.count]))
            let view = try #require(
                TensorView(
                    name: "t", elementType: type, shape: shape,
                    source: ByteArray(ElementEncoder.encode(values, as: type))))
            let back = view.values(0..<values.count)
            #expect(back[0] == 0 && (type.isFloatingPoint ? back[7].isNaN : back[7] == 0 || type == .bool))
            if type == .float8E4M3 { #expect(Array(back[2..<7]) == [288, -288, 448, -448, 448] || back[4] == 448) }
            if type == .float32 { #expect(Array(back[..<7]) == Array(values[..<7])) }
        }
    }

    /// A part that somebody else left, or a link in its place, is not touched.
    @Test func partsAreOnesOwn() throws {
        try TemporaryFolder.with { folder in
            let target = folder + "/out", victim = folder + "/victim"
            try AtomicFile.write([7], to: victim)
            #expect(symlink(victim, target + ".\(getpid())-0.part") == 0)
            try AtomicFile.write([1, 2], to: target)
            #expect(try Fixture.read(victim) == [7] && Fixture.read(target) == [1, 2])
            let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder) }
            #expect(error?.found == "a folder")
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

    /// What NumPy's `savez_compressed` would hold, read back; equal arrays make equal bytes.
    @Test func archivesOfArrays() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/x.npz", values = (0..<70_000).map { Float($0 % 97) / 8 }
            let entries: [NpzWriter.Entry] = [
                .init(name: "a", shape: try #require(Shape([70, 1_000])), values: values),
                .init(name: "layer.output", shape: try #require(Shape([3])), values: [1, -2, .infinity]),
                .init(name: "none", shape: try #require(Shape([0, 4])), values: []),
            ]
            try NpzWriter.write(entries, to: path)
            let file = try FileFormatCatalog.open(path: path)
            #expect(file.tensors.map { $0.name } == ["a", "layer.output", "none"])
            #expect(file.tensors[0].shape.extents == [70, 1_000])
            #expect(file.tensors[0].values(0..<70_000) == values)
            #expect(file.tensors[1].values(0..<3) == [1, -2, .infinity])
            let bytes = try Fixture.read(path)
            #expect(bytes.count < 40_000)
            try NpzWriter.write(entries, to: path)
            #expect(try Fixture.read(path) == bytes)
            #expect(throws: FileError.self) { try NpzWriter.write(entries, to: path, notOver: [path]) }
        }
    }
}
