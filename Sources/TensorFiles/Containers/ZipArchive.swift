import CMinizip
import Tensors

/// A zip archive over lent bytes: what its central directory says of the members, each checked against the bytes.
///
/// Stored members are lent in place, deflated ones inflated at first use. Zip64 is understood. Members that are encrypted,
/// compressed otherwise, or would grow beyond the limits are refused when they are asked for.
struct ZipArchive {
    struct Member {
        let name: String
        /// 0 for stored, 8 for deflated members.
        let method: Int
        let isEncrypted: Bool
        /// Where its bytes begin.
        let offset: Int
        let compressedSize: Int
        let size: Int
        /// Where its entry of the central directory stands.
        fileprivate let position: unz64_file_pos
    }

    let members: [Member]
    private let source: any ByteSource
    private let path: String

    static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
    /// Of an archive without members.
    static let emptyMagic: [UInt8] = [0x50, 0x4B, 0x05, 0x06]

    static func matches(_ head: UnsafeRawBufferPointer) -> Bool {
        head.starts(with: magic) || head.starts(with: emptyMagic)
    }

    /// Bytes of a central directory's entry without its name.
    private static let entrySize = 46
    private static let mostMembers = 1_000_000
    /// What a length of 16 bits allows.
    private static let longestName = 65_535
    /// Deflate cannot grow a byte to more than these.
    private static let greatestRatio = 1_032
    /// Members that are inflated may have so many bytes together.
    private static let greatestTotal = 16 << 30
    /// From this size on a member may not grow more than `largeRatio`-fold.
    private static let largeSize = 256 << 20, largeRatio = 200

    init(_ source: any ByteSource, path: String) throws(FileError) {
        self.source = source
        self.path = path
        members = try source.withBytes { bytes throws(FileError) in
            try LentArchive.open(bytes, path: path) { zip throws(FileError) in
                try Self.members(of: zip, byteCount: bytes.count, path: path)
            }
        }
    }

    private static func members(of zip: unzFile, byteCount: Int, path: String) throws(FileError) -> [Member] {
        func wrong(_ found: String, _ expected: String) -> FileError {
            FileError(path: path, found: found, expected: expected)
        }
        var global = unz_global_info64()
        let most = min(mostMembers, byteCount / entrySize)
        guard unzGetGlobalInfo64(zip, &global) == UNZ_OK, global.number_entry <= UInt64(most) else {
            throw wrong("a zip directory of \(global.number_entry) members", "at most \(most)")
        }
        var name = [CChar](repeating: 0, count: longestName + 1)
        var members: [Member] = [], names = Set<[UInt8]>(), inflated = 0
        var status = global.number_entry == 0 ? UNZ_END_OF_LIST_OF_FILE : unzGoToFirstFile(zip)
        while status == UNZ_OK {
            guard members.count < Int(global.number_entry) else { break }
            let member = try self.member(of: zip, &name, byteCount: byteCount, path: path)
            guard names.insert(Array(member.name.utf8)).inserted else {
                throw wrong("a second zip member \(Printable.quoted(member.name))", "each name once")
            }
            if member.method != 0 { inflated = inflated.addingReportingOverflow(member.size).partialValue }
            guard inflated >= 0, inflated <= greatestTotal else {
                throw wrong("zip members that inflate to over \(greatestTotal) bytes", "fewer")
            }
            members.append(member)
            status = unzGoToNextFile(zip)
        }
        guard status == UNZ_OK || status == UNZ_END_OF_LIST_OF_FILE, members.count == Int(global.number_entry) else {
            throw wrong("a damaged zip directory after \(members.count) members", "\(global.number_entry) of them")
        }
        return members
    }

    /// - Parameter name: room for a name, used again for every member.
    private static func member(
        of zip: unzFile, _ name: inout [CChar], byteCount: Int, path: String
    ) throws(FileError) -> Member {
        var info = unz_file_info64()
        var position = unz64_file_pos()
        guard unzGetCurrentFileInfo64(zip, &info, &name, UInt(longestName), nil, 0, nil, 0) == UNZ_OK,
            unzGetFilePos64(zip, &position) == UNZ_OK
        else { throw FileError(path: path, found: "a damaged zip directory", expected: "a whole one") }
        let text = String(decoding: name.prefix(Int(info.size_filename)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        func wrong(_ found: String, _ expected: String) -> FileError {
            FileError(path: path, found: "zip member \(Printable.quoted(text)) with \(found)", expected: expected)
        }
        var method: Int32 = 0, level: Int32 = 0
        // Raw: nothing is inflated; the local header is compared with the directory.
        guard unzOpenCurrentFile2(zip, &method, &level, 1) == UNZ_OK else {
            throw wrong("a header of its own that says otherwise than the directory", "the same in both")
        }
        let start = unzGetCurrentFileZStreamPos64(zip)
        unzCloseCurrentFile(zip)
        guard let offset = Int(exactly: start), let compressed = Int(exactly: info.compressed_size),
            let size = Int(exactly: info.uncompressed_size), offset <= byteCount, compressed <= byteCount - offset
        else {
            throw wrong(
                "\(info.compressed_size) bytes from byte \(start)", "bytes within the file (it may be cut short)")
        }
        let isStored = info.compression_method == 0
        guard !isStored || size == compressed else { throw wrong("\(compressed) stored bytes", "\(size)") }
        let ratio = size <= largeSize ? greatestRatio : largeRatio
        guard isStored || size <= ratio * max(1, compressed) else {
            throw wrong("\(compressed) bytes that inflate to \(size)", "at most \(ratio) times as many")
        }
        return Member(
            name: text, method: Int(info.compression_method), isEncrypted: info.flag & 1 != 0, offset: offset,
            compressedSize: compressed, size: size, position: position)
    }

    /// The bytes of a member: in place where they are stored, else inflated when they are first lent.
    func source(of member: Member) throws(FileError) -> any ByteSource {
        try check(member)
        if member.method == 0 {
            guard let slice = ByteSlice(source, member.offset..<member.offset + member.size) else {
                throw wrong(member, "bytes beyond the file", "bytes within it")
            }
            return slice
        }
        let identity = source.identity.map { "\($0)+\(member.offset) inflated" }
        return InflatedSource(byteCount: member.size, identity: identity) { sink in
            inflate(member, limit: member.size, into: sink)
        }
    }

    /// The first bytes of a member, at most `limit`.
    func head(of member: Member, limit: Int) throws(FileError) -> [UInt8] {
        try check(member)
        if member.method == 0 {
            let end = member.offset + min(limit, member.size)
            return source.withBytes { Array($0[member.offset..<end]) }
        }
        var bytes: [UInt8] = []
        if let fault = inflate(
            member, limit: min(limit, member.size),
            into: {
                bytes += $0; return true
            })
        {
            throw wrong(member, fault.found, fault.expected)
        }
        return bytes
    }

    private func check(_ member: Member) throws(FileError) {
        guard !member.isEncrypted else { throw wrong(member, "encrypted bytes", "bytes without a password") }
        guard member.method == 0 || member.method == 8 else {
            throw wrong(member, "compression method \(member.method)", "stored or deflated bytes")
        }
    }

    private func wrong(_ member: Member, _ found: String, _ expected: String) -> FileError {
        FileError(path: path, found: "zip member \(Printable.quoted(member.name)) with \(found)", expected: expected)
    }

    /// Hands the inflated bytes on, piece by piece; the check sum is compared where all of them are read.
    private func inflate(
        _ member: Member, limit: Int, into sink: (UnsafeRawBufferPointer) -> Bool
    ) -> SourceFault? {
        let damaged = SourceFault(
            found: "damaged compressed bytes in zip member \(Printable.quoted(member.name))",
            expected: "\(member.size) bytes with the check sum of the directory")
        return source.withBytes { bytes in
            let outcome: SourceFault?? = try? LentArchive.open(bytes, path: path) { zip in
                var position = member.position
                guard unzGoToFilePos64(zip, &position) == UNZ_OK, unzOpenCurrentFile(zip) == UNZ_OK else {
                    return damaged
                }
                var buffer = [UInt8](repeating: 0, count: 1 << 16), read = 0
                while read < limit {
                    let count = Int(unzReadCurrentFile(zip, &buffer, UInt32(min(buffer.count, limit - read))))
                    guard count > 0 else {
                        unzCloseCurrentFile(zip)
                        return damaged
                    }
                    read += count
                    guard buffer.withUnsafeBytes({ sink(UnsafeRawBufferPointer(rebasing: $0[..<count])) }) else {
                        unzCloseCurrentFile(zip)
                        return SourceFault(
                            found: "no room for \(member.size) inflated bytes in the folder of temporary files",
                            expected: "as much")
                    }
                }
                let isWhole = unzCloseCurrentFile(zip) != UNZ_CRCERROR
                return limit < member.size || isWhole ? nil : damaged
            }
            return outcome ?? damaged
        }
    }
}
