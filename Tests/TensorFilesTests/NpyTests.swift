import Tensors
import Testing

@testable import TensorFiles

/// A file made of a header's text and data.
func npy(_ header: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    let length = version == 1 ? LittleEndian.bytes(UInt16(text.count)) : LittleEndian.bytes(UInt32(text.count))
    return NpyFormat.magic + [version, 0] + length + text + data
}

func error(_ bytes: [UInt8], path: String) -> FileError? {
    do throws(FileError) {
        _ = try FileFormatCatalog.open(ByteArray(bytes), path: path)
        return nil
    } catch {
        return error
    }
}

@Suite struct NpyTests {
    private func values(_ bytes: [UInt8]) throws -> (TensorView, [Float]) {
        let tensor = try FileFormatCatalog.open(ByteArray(bytes), path: "folder/x.npy").tensor(named: nil)
        return (tensor, tensor.values(0..<tensor.count))
    }

    @Test func writtenFilesAreRead() throws {
        let (tensor, read) = try values(NpyWriter.bytes([1, -2, 0.5, 3, 4, 5], shape: Shape([2, 3])!))
        #expect(read == [1, -2, 0.5, 3, 4, 5] && tensor.shape == Shape([2, 3]) && tensor.name == "x")
    }

    @Test(arguments: [1, 2, 3] as [UInt8])
    func versions(version: UInt8) throws {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }      \n"
        let data = [Float(1), 2].withUnsafeBytes { Array($0) }
        #expect(try values(npy(header, version: version, data: data)).1 == [1, 2])
    }

    @Test func ordersAndBytes() throws {
        let big = [Float(1), 2, 3, 4, 5, 6].flatMap { LittleEndian.bytes($0.bitPattern).reversed() }
        #expect(
            try values(npy("{'shape': (2, 3), 'fortran_order': True, 'descr': '>f4'}", data: big)).1 == [
                1, 3, 5, 2, 4, 6,
            ])
        #expect(try values(npy("{'descr': '|b1', 'fortran_order': False, 'shape': ()}", data: [1])).1 == [1])
        #expect(
            try values(npy("{\"descr\": \"<i2\", \"fortran_order\": False, \"shape\": (1L,)}", data: [0xFF, 0xFF])).1
                == [-1])
    }

    @Test(arguments: [
        ("b1", 1), ("u1", 1), ("i1", 1), ("u2", 2), ("i2", 2), ("u4", 4), ("i4", 4), ("u8", 8), ("i8", 8), ("f2", 2),
        ("f4", 4), ("f8", 8), ("f16", 16), ("c8", 8), ("c16", 16),
    ])
    func everyNumericType(code: String, size: Int) throws {
        let header = "{'descr': '<\(code)', 'fortran_order': False, 'shape': (3,)}"
        let (tensor, read) = try values(npy(header, data: [UInt8](repeating: 0, count: 3 * size)))
        #expect(read.allSatisfy { $0 == 0 } && tensor.storedShape.count == 3 && tensor.byteCount == 3 * size)
    }

    /// What is wrong, where, what was found and what was expected.
    @Test(arguments: [
        ("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", "Python objects", "numbers"),
        ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "structured", "numbers"),
        ("{'descr': '<U4', 'fortran_order': False, 'shape': (2,)}", "texts", "numbers"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "'-'", "whole number"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9)}", "2^63", "smaller"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}", "shape", "2^59"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "0 bytes", "12 for F32 [3]"),
        ("{'descr': '<f4', 'fortran_order': False}", "lacks a key", "shape"),
        ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "second time", "once"),
        ("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (3,)}", "'M'", "True or False"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} x", "'x'", "end"),
        ("{'descr': '<f4", "without an end", "closing"),
        ("", "the end", "'{'"),
        ("{'evil': __import__('os')}", "evil", "descr"),
    ])
    func hostileHeaders(header: String, found: String, expected: String) {
        let problem = error(npy(header), path: "x.npy")
        #expect(problem?.found.contains(found) == true, "\(problem?.description ?? "opened")")
        #expect(problem?.expected.contains(expected) == true, "\(problem?.description ?? "opened")")
        #expect(problem?.description.contains("\n") == false)
    }

    /// A wrong ending does not matter where the beginning tells.
    @Test func theBeginningDecides() throws {
        let bytes = NpyWriter.bytes([1, 2], shape: Shape([2])!)
        let file = try FileFormatCatalog.open(ByteArray(bytes), path: "x.safetensors")
        #expect(file.format == "npy" && file.tensors[0].name == "x.safetensors")
    }

    @Test func cutFiles() {
        let whole = NpyWriter.bytes([1, 2, 3], shape: Shape([3])!)
        for length in 0..<whole.count { #expect(error(Array(whole[..<length]), path: "x.npy") != nil, "\(length)") }
        #expect(error(whole, path: "x.npy") == nil)
        #expect(error(NpyFormat.magic + [9, 0, 0, 0, 0, 0], path: "x.npy")?.found == "version 9.0")
        #expect(error(npy("{}", version: 2).prefix(8) + [0xFF, 0xFF, 0xFF, 0xFF], path: "x.npy")?.place == .offset(8))
    }
}
