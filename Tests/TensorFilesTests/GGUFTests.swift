import Fixtures
import Tensors
import Testing

@testable import TensorFiles

/// GGUF files; `Tests/Fixtures/GGML/make.py` writes them and asks ggml for the values.
@Suite struct GGUFTests {
    private static func open(_ bytes: [UInt8]) throws(FileError) -> TensorFile {
        try FileFormatCatalog.open(ByteArray(bytes), path: "model.gguf")
    }

    @Test func everyTypeBitForBit() throws {
        let file = try FileFormatCatalog.open(path: Fixture.path("GGML/types.gguf"))
        Fixture.expect(file, holds: try Fixture.values("GGML/values.bin"))
        let blocks = Set(ElementType.allCases.filter { $0.block != nil })
        #expect(blocks.isSubset(of: Set(file.tensors.map { $0.elementType })))
        for tensor in file.tensors { #expect(tensor.name == tensor.elementType.rawValue) }
    }

    @Test func partsOfBlocks() throws {
        let file = try FileFormatCatalog.open(path: Fixture.path("GGML/types.gguf"))
        for tensor in file.tensors {
            let all = tensor.values(0..<tensor.count)
            for range in [0..<1, 3..<7, tensor.count / 2 - 3..<tensor.count / 2 + 5, tensor.count - 9..<tensor.count] {
                #expect(tensor.values(range).map { $0.bitPattern } == all[range].map { $0.bitPattern })
            }
            let last = tensor.entries(1..<2)
            #expect(
                last.values(0..<last.count).map { $0.bitPattern }
                    == all[last.count..<2 * last.count].map { $0.bitPattern })
        }
    }

    @Test func metadataOfEveryType() throws {
        let file = try FileFormatCatalog.open(path: Fixture.path("GGML/types.gguf"))
        let values = Dictionary(file.metadata.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        #expect(values["general.architecture"] == "llama" && values["fixture.text"] == "naïve – 量子化")
        let numbers = [
            "u8": "255", "i8": "-128", "u16": "65535", "i16": "-32768", "u32": "4294967295", "i32": "-2147483648",
            "u64": "18446744073709551615", "i64": "-9223372036854775808", "f32": "0.1", "f64": "0.1", "bool": "true",
            "numbers": "[0, 1, 2, 3, 4, 5, 6, 7, … 20 in all]", "words": "[one, two]",
        ]
        for (key, value) in numbers { #expect(values["fixture." + key] == value, "\(key)") }
    }

    /// A header of our own, so that each number in it can be wrong.
    static func file(
        version: UInt32 = 3, tensors: UInt64 = 1, pairs: UInt64 = 0, middle: [UInt8] = [], name: String = "w",
        extents: [UInt64] = [32], type: UInt32 = 2, offset: UInt64 = 0, data: Int = 18
    ) -> [UInt8] {
        var bytes = GGUFFormat.magic + LittleEndian.bytes(version) + LittleEndian.bytes(tensors)
        bytes += LittleEndian.bytes(pairs) + middle + LittleEndian.bytes(UInt64(name.utf8.count)) + Array(name.utf8)
        bytes += LittleEndian.bytes(UInt32(extents.count)) + extents.flatMap { LittleEndian.bytes($0) }
        bytes += LittleEndian.bytes(type) + LittleEndian.bytes(offset)
        bytes += [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32)
        return bytes + [UInt8](repeating: 1, count: data)
    }

    @Test func aHeaderOfOurOwnOpens() throws {
        let file = try Self.open(Self.file())
        #expect(file.format == "GGUF v3" && file.tensors.map { $0.shape } == [Shape([32])!])
        #expect(try Self.open(Self.file(version: 2)).format == "GGUF v2")
        #expect(try Self.open(Self.file(extents: [32, 0], data: 0)).tensors[0].shape == Shape([0, 32])!)
        #expect(try Self.open(Self.file(extents: [], type: 0, data: 4)).tensors[0].shape == Shape([])!)
    }

    @Test(arguments: [
        (Self.file(version: 1), "version 1"), (Self.file(version: 0x0300_0000), "a big-endian file"),
        (Self.file(tensors: 1 << 60), "1152921504606846976 tensors"),
        (Self.file(tensors: 2), "bytes of a tensor's name"),
        (Self.file(pairs: .max), "18446744073709551615 metadata pairs"),
        (Self.file(extents: [1, 1, 1, 1, 1]), "5 axes"), (Self.file(extents: [1 << 63]), "extent 9223372036854775808"),
        (Self.file(extents: [1 << 32, 1 << 32]), "more than 2^63 elements"),
        (Self.file(extents: [33]), "rows of 33"), (Self.file(extents: [16, 2]), "rows of 16"),
        (Self.file(offset: 8), "its data at byte 8"), (Self.file(offset: 32), "18 bytes of data from byte 32"),
        (Self.file(offset: 1 << 62), "18 bytes of data from byte 4611686018427387904"),
        (Self.file(data: 17), "18 bytes of data from byte 0"), (Array(Self.file().prefix(20)), "1 tensors"),
        (Array(Self.file(tensors: 0).prefix(20)), "the end of the file"),
        (Self.file(pairs: 1, middle: Self.pair(type: 13, [])), "metadata type 13"),
        (
            Self.file(
                pairs: 1,
                middle: Self.pair(type: 9, LittleEndian.bytes(UInt32(0)) + LittleEndian.bytes(UInt64(1) << 62))),
            "elements of an array"
        ),
        (Self.file(pairs: 1, middle: Self.pair(type: 9, Self.nested(50))), "arrays within arrays deeper than 4"),
        (
            Self.file(pairs: 1, middle: Self.pair("general.alignment", type: 4, LittleEndian.bytes(UInt32(0)))),
            "alignment \"0\""
        ),
    ])
    func wrongHeadersSayWhere(_ bytes: [UInt8], _ found: String) {
        #expect {
            _ = try Self.open(bytes)
        } throws: {
            let error = $0 as? FileError
            return error?.found.contains(found) == true && error?.place != nil
        }
    }

    private static func pair(_ key: String = "k", type: UInt32, _ value: [UInt8]) -> [UInt8] {
        LittleEndian.bytes(UInt64(key.utf8.count)) + Array(key.utf8) + LittleEndian.bytes(type) + value
    }

    private static func nested(_ depth: Int) -> [UInt8] {
        (0..<depth).flatMap { _ in LittleEndian.bytes(UInt32(9)) + LittleEndian.bytes(UInt64(1)) }
    }

    @Test(arguments: [(UInt32(4), "ggml type 4, which ggml withdrew"), (99, "ggml type 99")])
    func unknownTypesCostTheirTensor(type: UInt32, found: String) throws {
        #expect(try Self.open(Self.file(type: type)).tensors[0].problem?.found == found)
    }

    @Test func aNameTwiceIsRefused() throws {
        let one = Self.file(), info = one[24..<one.count - 18]
        let entry = Array(info.prefix(8 + 1 + 4 + 8 + 4 + 8))
        let bytes =
            GGUFFormat.magic + LittleEndian.bytes(UInt32(3)) + LittleEndian.bytes(UInt64(2))
            + [UInt8](repeating: 0, count: 8) + entry + entry + [UInt8](repeating: 0, count: 200)
        #expect(throws: FileError.self) { try Self.open(bytes) }
    }
}
