import Foundation
import Tensors
import Testing

@testable import TensorFiles

/// Archives made byte by byte, as other writers make them.
@Suite struct ZipArchiveTests {
    /// What of a member's numbers stands in the zip64 extra field.
    struct Large: OptionSet {
        let rawValue: Int
        static let size = Large(rawValue: 1), compressed = Large(rawValue: 2), offset = Large(rawValue: 4)
        static let end = Large(rawValue: 8)
    }

    private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    /// Header, directory and end of an archive of one stored member, whose bytes lie between the first and the second.
    static func parts(
        _ name: String, size: Int, checksum: UInt32, _ large: Large, localName: String? = nil
    ) -> (header: [UInt8], end: [UInt8]) {
        let local = Array((localName ?? name).utf8), central = Array(name.utf8)
        var header = little(UInt32(0x0403_4B50)) + little(UInt16(45)) + little(UInt16(0)) + little(UInt16(0))
        header += little(UInt32(0)) + little(checksum) + little(UInt32.max) + little(UInt32.max)
        header += little(UInt16(local.count)) + little(UInt16(20)) + local
        header += little(UInt16(1)) + little(UInt16(16)) + little(UInt64(size)) + little(UInt64(size))
        var extra: [UInt8] = []
        func number(_ value: Int, _ part: Large) -> [UInt8] {
            guard large.contains(part) else { return little(UInt32(value)) }
            extra += little(UInt64(value))
            return little(UInt32.max)
        }
        // In the extra field the size stands before the compressed size, whatever their order in the record.
        let whole = number(size, .size), compressed = number(size, .compressed), offset = number(0, .offset)
        var entry = little(UInt32(0x0201_4B50)) + little(UInt16(45)) + little(UInt16(45)) + little(UInt16(0))
        entry += little(UInt16(0)) + little(UInt32(0)) + little(checksum) + compressed + whole
        // A field of another kind before it.
        let fields =
            little(UInt16(0x5455)) + little(UInt16(1)) + [0]
            + (extra.isEmpty ? [] : little(UInt16(1)) + little(UInt16(extra.count)) + extra)
        entry += little(UInt16(central.count)) + little(UInt16(fields.count)) + little(UInt16(0)) + little(UInt16(0))
        entry += little(UInt16(0)) + little(UInt32(0)) + offset + central + fields
        let place = header.count + size
        var end = entry
        if large.contains(.end) {
            end += little(UInt32(0x0606_4B50)) + little(UInt64(44)) + little(UInt16(45)) + little(UInt16(45))
            end += little(UInt32(0)) + little(UInt32(0)) + little(UInt64(1)) + little(UInt64(1))
            end += little(UInt64(entry.count)) + little(UInt64(place))
            end +=
                little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(UInt64(place + entry.count))
                + little(UInt32(1))
        }
        end += little(UInt32(0x0605_4B50)) + little(UInt16(0)) + little(UInt16(0))
        end += large.contains(.end) ? little(UInt16.max) + little(UInt16.max) : little(UInt16(1)) + little(UInt16(1))
        end +=
            large.contains(.end)
            ? little(UInt32.max) + little(UInt32.max) : little(UInt32(entry.count)) + little(UInt32(place))
        return (header, end + little(UInt16(0)))
    }

    /// A `.npy` file of so many Float32, without its values.
    private static func head(_ count: Int) -> [UInt8] {
        var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count),), }"
        while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
        text += "\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0] + little(UInt16(text.utf8.count)) + Array(text.utf8)
    }

    private static func array(_ values: [Float]) -> [UInt8] {
        head(values.count) + values.flatMap { little($0.bitPattern) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { Zlib.checksum($0) } }

    @Test func bytesWithoutAddressSpaceAreAFault() throws {
        // More than any process of today can address.
        let count = 1 << 50
        let source = InflatedSource(byteCount: count) { _ in
            Issue.record("inflated for nothing")
            return nil
        }
        let slice = try #require(ByteSlice(source, 64..<count))
        #expect(slice.withBytes { $0.count } == 0)
        #expect(slice.fault?.found == "no address space for \(count) inflated bytes")
        let shape = try #require(Shape([count / 4]))
        let view = try #require(
            TensorView(name: "w", elementType: .float16, shape: shape, source: slice, byteOffset: 8))
        #expect(view.values(count / 8..<count / 8 + 3) == [0, 0, 0])
        var counts = [UInt32](repeating: 0, count: 65_536), others = counts
        view.countPatterns(inStoredOrder: 5..<12, &counts, &others)
        #expect(counts[0] == 7 && counts.dropFirst().allSatisfy { $0 == 0 } && view.fault == source.fault)
    }

    @Test func checkSumOfAKnownText() {
        // The check value of CRC-32.
        #expect(Self.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    }

    @Test(arguments: 0..<16)
    func numbersInTheExtraField(_ bits: Int) throws {
        let values: [Float] = [1.5, -2, 7], bytes = Self.array(values)
        let (header, end) = Self.parts(
            "w.npy", size: bytes.count, checksum: Self.checksum(bytes), Large(rawValue: bits))
        for prefix in [[], [UInt8](repeating: 0x23, count: 19)] {
            let whole = prefix + header + bytes + end
            // What precedes an archive is not its magic; the directory is found all the same.
            let archive = try ZipArchive(ByteArray(whole), path: "a.npz")
            #expect(archive.members.map { $0.name } == ["w.npy"] && archive.members[0].size == bytes.count)
            let file = try NpzFormat.open(archive, path: "a.npz")
            let view = try #require(file.tensors.first)
            #expect(view.values(0..<3) == values && view.fault == nil)
        }
    }

    /// Archives of 5 GiB, as holes.
    @Test(arguments: [Large.end.union([.size, .compressed]), [.size, .compressed, .offset, .end]])
    func membersOverFourGibibytes(_ large: Large) throws {
        let count = 5 << 28, head = Self.head(count), size = head.count + count * 4
        let (header, end) = Self.parts("big.npy", size: size, checksum: 0, large)
        let path = NSTemporaryDirectory() + "qlens-zip64-\(large.rawValue).npz"
        defer { unlink(path) }
        #expect(FileManager.default.createFile(atPath: path, contents: Data(header + head)))
        let file = try #require(FileHandle(forWritingAtPath: path))
        func put(_ value: Float, at element: Int) throws {
            try file.seek(toOffset: UInt64(header.count + head.count + element * 4))
            try file.write(contentsOf: Data(Self.little(value.bitPattern)))
        }
        try put(3.25, at: 0)
        try put(-8.5, at: count - 1)
        try file.seek(toOffset: UInt64(header.count + size))
        try file.write(contentsOf: Data(end))
        try file.close()
        let view = try #require(try FileFormatCatalog.open(path: path).tensors.first)
        #expect(view.shape.extents == [count])
        #expect(view.values(0..<2) == [3.25, 0] && view.values(count - 2..<count) == [0, -8.5])
    }

    @Test func storedBytesOfAnotherCheckSumAreAFault() throws {
        let bytes = Self.array([4, 5, 6, 7])
        let (header, end) = Self.parts("w.npy", size: bytes.count, checksum: Self.checksum(bytes) ^ 1, [])
        let view = try #require(
            NpzFormat.open(ZipArchive(ByteArray(header + bytes + end), path: "a.npz"), path: "a.npz").tensors.first)
        #expect(view.fault?.found == "zip member \"w.npy\" with bytes of another check sum")
    }

    @Test func namesOfHeaderAndDirectoryMustAgree() throws {
        let bytes = Self.array([4, 5])
        let (header, end) = Self.parts(
            "w.npy", size: bytes.count, checksum: Self.checksum(bytes), [], localName: "v.npy")
        let error = #expect(throws: FileError.self) { try ZipArchive(ByteArray(header + bytes + end), path: "a.npz") }
        #expect(error?.found == "zip member \"w.npy\" with another name in its own header, \"v.npy\"")
    }

    @Test func anEmptyArchiveIsNotCutShort() throws {
        let bytes = Self.little(UInt32(0x0605_4B50)) + [UInt8](repeating: 0, count: 18)
        #expect(try ZipArchive(ByteArray(bytes), path: "a.npz").members.isEmpty)
        let error = #expect(throws: FileError.self) { try FileFormatCatalog.open(ByteArray(bytes), path: "a.npz") }
        #expect(error?.found == "an empty zip archive")
    }

    /// Every byte of the small numbers changed: an error or the same values, and no crash.
    @Test func damagedDirectories() throws {
        let bytes = Self.array([1, 2])
        let (header, end) = Self.parts(
            "w.npy", size: bytes.count, checksum: Self.checksum(bytes), [.size, .compressed, .offset, .end])
        let whole = header + bytes + end
        for place in Array(0..<header.count) + Array(whole.count - end.count..<whole.count) {
            for value: UInt8 in [0, 1, 0x7F, 0xFF] {
                var damaged = whole
                damaged[place] = value
                guard let file = try? FileFormatCatalog.open(ByteArray(damaged), path: "a.npz") else { continue }
                for tensor in file.tensors { #expect(tensor.values(0..<tensor.count).count == tensor.count) }
            }
        }
        for length in 0..<whole.count {
            _ = try? FileFormatCatalog.open(ByteArray(Array(whole[..<length])), path: "a.npz")
        }
    }
}
