import Basics
import TensorFiles
import Tensors

/// All tensors for NumPy: a zip archive of arrays, stored as `numpy.savez` stores them.
enum NpzTarget: ExportTarget {
    static let name = "npz"
    static let summary = "all tensors' values for NumPy, uncompressed"

    /// A member: its name, header and payload.
    private struct Member: Sendable {
        let name: [UInt8]
        let head: [UInt8]
        let byteCount: Int
        /// Of its local header in the archive.
        let offset: Int

        var size: Int { head.count + byteCount }
        /// The fields of 64 bits, which all members have alike.
        static let extraSize = 20
        var dataStart: Int { offset + 30 + name.count + Self.extraSize }
    }

    static func files(_ job: ExportJob, output: String) throws -> Export {
        var file = ExportFile(name: ""), members: [Member] = [], notices = job.notices, offset = 0
        for item in job.items {
            let (type, shape, payload) = item.plain { NumPyType.name(of: $0) != nil }
            let member = Member(
                name: Array((item.tensor.name + ".npy").utf8),
                head: NpyWriter.header(descr: NumPyType.name(of: type) ?? "<f4", shape: shape),
                byteCount: payload.byteCount, offset: offset)
            guard member.name.count < 1 << 16 else {
                throw ExportError("npz", found: "a name of \(member.name.count) bytes", expected: "fewer than 65,536")
            }
            file.add(local(member, checksum: 0) + member.head)
            file.add(payload)
            members.append(member)
            offset = member.dataStart + member.size
            notices += [item.notice(type)].compactMap { $0 }
        }
        // Of the right length; check sums come when the data are there.
        let directory = directory(members, [UInt32](repeating: 0, count: members.count), at: offset)
        file.add(directory)
        file.finish = { [members, offset] file throws(FileError) in
            var sums: [UInt32] = [], changes: [(offset: Int, bytes: [UInt8])] = []
            for member in members {
                sums.append(try file.checksum(member.dataStart..<member.dataStart + member.size))
                changes.append((member.offset, local(member, checksum: sums[sums.count - 1])))
            }
            return changes + [(offset, Self.directory(members, sums, at: offset))]
        }
        return Export(files: [file], notices: notices)
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// 1980-01-01, the first day that zip knows.
    private static let date = UInt16(0x21)

    private static func local(_ member: Member, checksum: UInt32) -> [UInt8] {
        bytes(UInt32(0x0403_4B50)) + bytes(UInt16(45)) + bytes(UInt16(0x800)) + bytes(UInt16(0)) + bytes(UInt16(0))
            + bytes(date) + bytes(checksum) + bytes(UInt32.max) + bytes(UInt32.max) + bytes(UInt16(member.name.count))
            + bytes(UInt16(Member.extraSize)) + member.name
            + bytes(UInt16(1)) + bytes(UInt16(16)) + bytes(UInt64(member.size)) + bytes(UInt64(member.size))
    }

    /// The central directory with its ends, of 64 bits and of old.
    private static func directory(_ members: [Member], _ sums: [UInt32], at offset: Int) -> [UInt8] {
        var central: [UInt8] = []
        for (member, sum) in zip(members, sums) {
            central += bytes(UInt32(0x0201_4B50)) + bytes(UInt16(45)) + bytes(UInt16(45)) + bytes(UInt16(0x800))
            central += bytes(UInt16(0)) + bytes(UInt16(0)) + bytes(date) + bytes(sum) + bytes(UInt32.max)
            central += bytes(UInt32.max) + bytes(UInt16(member.name.count)) + bytes(UInt16(28)) + bytes(UInt16(0))
            central += bytes(UInt16(0)) + bytes(UInt16(0)) + bytes(UInt32(0)) + bytes(UInt32.max) + member.name
            central += bytes(UInt16(1)) + bytes(UInt16(24)) + bytes(UInt64(member.size)) + bytes(UInt64(member.size))
            central += bytes(UInt64(member.offset))
        }
        let count = UInt64(members.count), end = offset + central.count
        let wide =
            bytes(UInt32(0x0606_4B50)) + bytes(UInt64(44)) + bytes(UInt16(45)) + bytes(UInt16(45)) + bytes(UInt32(0))
            + bytes(UInt32(0)) + bytes(count) + bytes(count) + bytes(UInt64(central.count)) + bytes(UInt64(offset))
        let locator = bytes(UInt32(0x0706_4B50)) + bytes(UInt32(0)) + bytes(UInt64(end)) + bytes(UInt32(1))
        let old =
            bytes(UInt32(0x0605_4B50)) + bytes(UInt16(0)) + bytes(UInt16(0))
            + bytes(UInt16(min(members.count, 0xFFFF))) + bytes(UInt16(min(members.count, 0xFFFF)))
            + bytes(UInt32.max) + bytes(UInt32.max) + bytes(UInt16(0))
        return central + wide + locator + old
    }
}
