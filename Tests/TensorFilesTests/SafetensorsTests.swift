import Foundation
import Tensors
import Testing

@testable import TensorFiles

func safetensors(_ header: String, data: Int = 0) -> [UInt8] {
    LittleEndian.bytes(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: data)
}

@Suite struct SafetensorsTests {
    @Test func writtenFilesAreRead() throws {
        let bytes = SafetensorsWriter.bytes(
            [
                .init(name: "b\"\\", extents: [2], values: [1, -2]),
                .init(name: "a", type: .float8E4M3, extents: [3], values: [448, 0.0625, -1]),
                .init(name: "empty", extents: [0, 4], values: []),
            ], metadata: [("note", "a\nb")])
        let file = try FileFormatCatalog.open(ByteArray(bytes), path: "x.safetensors")
        #expect(file.tensors.map { $0.name } == ["a", "b\"\\", "empty"])
        #expect(file.tensors[0].values(0..<3) == [448, 0.0625, -1] && file.tensors[1].values(0..<2) == [1, -2])
        #expect(file.metadata.first?.value == "a\nb" && file.tensors[2].count == 0)
    }

    @Test(arguments: [
        "BOOL", "F4", "F6_E2M3", "F6_E3M2", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
        "I16", "U16", "F16", "BF16", "I32", "U32", "F32", "C64", "F64", "I64", "U64",
    ])
    func everyType(name: String) throws {
        let type = try #require(ElementType(rawValue: name)), size = try #require(type.byteCount(of: 8))
        let header = "{\"t\":{\"dtype\":\"\(name)\",\"shape\":[2,4],\"data_offsets\":[0,\(size)]}}"
        let tensor = try FileFormatCatalog.open(ByteArray(safetensors(header, data: size)), path: "x.safetensors")
            .tensor(named: "t")
        #expect(tensor.values(0..<tensor.count).count == 8 * type.componentCount)
    }

    private static let entry = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]"

    @Test(arguments: [
        ("{\"a\":{\(entry)},\"b\":{\(entry)}}", 4, "overlap", "from byte 4"),
        ("{\"a\":{\(entry)},\"a\":{\(entry)}}", 4, "second time", "once"),
        ("{\"a\":{\(entry)}}", 3, "byte 4", "3 bytes"),
        ("{\"a\":{\(entry)}}", 8, "8 bytes of data", "4"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "gap", "byte 0"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "4 bytes", "8 for F32 [2]"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "from 4 to 0", "beginning before"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "'-'", "whole number"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "'1'", "whole number"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}", 4, "2^63", "smaller"),
        ("{\"a\":{\"dtype\":\"F64\",\"shape\":[4611686018427387904],\"data_offsets\":[0,4]}}", 4, "64 bits", "2^60"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", 4, "2^63", "count"),
        ("{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2, "4 bits", "whole number of bytes"),
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, "more than 2", "at most 2"),
        ("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "without dtype", "all three"),
        ("{\"a\":{\(entry),\"extra\":1}}", 4, "extra", "dtype, shape"),
        ("{\"a\":3}", 0, "'3'", "'{'"),
        ("[]", 0, "'['", "'{'"),
        ("{\"a\":{\(entry)}", 4, "end of the text", "','"),
        ("{\"a\":{\(entry)}} x", 4, "'x'", "end"),
        ("{\"\\ud800\":{\(entry)}}", 4, "surrogate", "other half"),
        ("{\"__metadata__\":{\"k\":1}}", 0, "'1'", "string"),
        ("{\"a\":{\(entry)}, \"b\":" + String(repeating: "{\"shape\":", count: 40), 4, "", ""),
    ])
    func hostileHeaders(header: String, data: Int, found: String, expected: String) {
        let problem = error(safetensors(header, data: data), path: "x.safetensors")
        #expect(problem != nil, "opened")
        #expect(found.isEmpty || problem?.found.contains(found) == true, "\(problem?.description ?? "")")
        #expect(expected.isEmpty || problem?.expected.contains(expected) == true, "\(problem?.description ?? "")")
        #expect(problem?.description.contains("\n") == false)
    }

    @Test func headerLengths() {
        #expect(error([], path: "x.safetensors")?.found == "an empty file")
        let huge = LittleEndian.bytes(UInt64.max) + [UInt8](repeating: 32, count: 100)
        #expect(error(huge, path: "x.safetensors")?.expected == "at most the 100 that follow in the file")
        let deep = String(repeating: "[", count: 100_000)
        let problem = error(safetensors("{\"__metadata__\":\(deep)"), path: "x.safetensors")
        #expect(problem != nil)
    }

    @Test func namesAreMadeSafeForTheTerminal() {
        let header = "{\"a\\u001b[31m\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
        let text = error(safetensors(header, data: 8), path: "x.safetensors")?.description ?? ""
        #expect(!text.unicodeScalars.contains("\u{1b}") && text.contains("\\u{1b}"))
    }

    /// One accented letter in two spellings: equal to Swift, two names to the format.
    @Test func namesAreComparedByTheirBytes() throws {
        let bytes = SafetensorsWriter.bytes([
            .init(name: "\u{e9}", extents: [1], values: [1]), .init(name: "e\u{301}", extents: [1], values: [2]),
        ])
        let file = try FileFormatCatalog.open(ByteArray(bytes), path: "x.safetensors")
        #expect(file.tensors.count == 2)
        #expect(try file.tensor(named: "\u{e9}").values(0..<1) == [1])
        #expect(try file.tensor(named: "e\u{301}").values(0..<1) == [2])
    }

    @Test func unknownNamesOfferTheNearest() throws {
        let file = try SampleCatalog.open()
        let problem = #expect(throws: FileError.self) { try file.tensor(named: "layers.3.conv.wieght") }
        #expect(problem?.expected.contains("\"layers.3.conv.weight\"") == true)
        #expect(throws: FileError.self) { try file.tensor(named: nil) }
    }
}

@Suite struct ShardTests {
    private func folder(_ files: [(String, [UInt8])]) throws -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("qlens-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, bytes) in files { try Data(bytes).write(to: url.appendingPathComponent(name)) }
        return url.path
    }

    private func one(_ name: String) -> [UInt8] {
        SafetensorsWriter.bytes([.init(name: name, extents: [2], values: [1, 2])])
    }

    @Test func anIndexNamesItsShards() throws {
        let index =
            "{\"metadata\":{\"total_size\":16},\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}}"
        let path = try folder([
            ("1.safetensors", one("a")), ("2.safetensors", one("b")),
            ("model.safetensors.index.json", Array(index.utf8)),
        ])
        defer { try? FileManager.default.removeItem(atPath: path) }
        for target in [path, path + "/model.safetensors.index.json"] {
            let file = try FileFormatCatalog.open(path: target)
            #expect(file.tensors.map { $0.name } == ["a", "b"] && file.metadata.first?.value == "16")
            #expect(file.tensors[1].values(0..<2) == [1, 2])
        }
    }

    @Test(arguments: [
        ("{\"weight_map\":{\"a\":\"../x.safetensors\"}}", "beside the index"),
        ("{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "beside the index"),
        ("{\"weight_map\":{\"z\":\"1.safetensors\"}}", "what the index says"),
        ("{\"weight_map\":{\"a\":\"none.safetensors\"}}", "can be read"),
        ("{}", "one"), ("{\"weight_map\":[]}", "'{'"),
    ])
    func badIndexes(index: String, expected: String) throws {
        let path = try folder([("1.safetensors", one("a")), ("model.safetensors.index.json", Array(index.utf8))])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let problem = #expect(throws: FileError.self) { try FileFormatCatalog.open(path: path) }
        #expect(problem?.expected.contains(expected) == true, "\(problem?.description ?? "")")
    }

    @Test func aFolderJoinsItsFiles() throws {
        let path = try folder([
            ("1.safetensors", one("a")), ("b.npy", NpyWriter.bytes([5], shape: Shape([1])!)), ("note.txt", []),
        ])
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try FileFormatCatalog.open(path: path).tensors.map { $0.name } == ["a", "b"])
        let twice = try folder([("1.safetensors", one("a")), ("2.safetensors", one("a"))])
        defer { try? FileManager.default.removeItem(atPath: twice) }
        let once = try FileFormatCatalog.open(path: twice)
        #expect(once.tensors.count == 1 && once.warnings.count == 1 && once.warnings[0].contains("2.safetensors"))
        let none = try folder([])
        defer { try? FileManager.default.removeItem(atPath: none) }
        #expect(throws: FileError.self) { try FileFormatCatalog.open(path: none) }
    }

    @Test func whatIsNoFileIsSaid() {
        #expect(throws: FileError.self) { try FileFormatCatalog.open(path: "/dev/null") }
        let missing = #expect(throws: FileError.self) { try FileFormatCatalog.open(path: "/none/x.npy") }
        #expect(missing?.found == "no such file or directory")
        #expect(error([1, 2, 3], path: "x.bin")?.found == "bytes 01 02 03")
    }
}
