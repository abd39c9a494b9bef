import Basics
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
        fileprivate let checksum: UInt32
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

    private static let mostMembers = 1_000_000
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
            let directory = try ZipDirectory(bytes, path: path, mostMembers: Self.mostMembers)
            return try Self.members(of: directory, bytes, path: path)
        }
    }

    private static func members(
        of directory: ZipDirectory, _ bytes: UnsafeRawBufferPointer, path: String
    ) throws(FileError) -> [Member] {
        func wrong(_ found: String, _ expected: String) -> FileError {
            FileError(path: path, found: found, expected: expected)
        }
        var members: [Member] = [], names = Set<[UInt8]>(), inflated = 0
        for entry in directory.entries {
            let member = try self.member(entry, of: directory, bytes, path: path)
            guard names.insert(entry.name).inserted else {
                throw wrong("a second zip member \(Printable.quoted(member.name))", "each name once")
            }
            if member.method != 0 { inflated = inflated.addingReportingOverflow(member.size).partialValue }
            guard inflated >= 0, inflated <= greatestTotal else {
                throw wrong("zip members that inflate to over \(greatestTotal) bytes", "fewer")
            }
            members.append(member)
        }
        return members
    }

    private static func member(
        _ entry: ZipDirectory.Entry, of directory: ZipDirectory, _ bytes: UnsafeRawBufferPointer, path: String
    ) throws(FileError) -> Member {
        let text = String(decoding: entry.name, as: UTF8.self)
        func wrong(_ found: String, _ expected: String) -> FileError {
            FileError(path: path, found: "zip member \(Printable.quoted(text)) with \(found)", expected: expected)
        }
        let place = directory.dataOffset(of: entry, in: bytes)
        guard let offset = place.offset else {
            throw wrong(place.problem ?? "no header", "a header that says the same as the directory")
        }
        guard let compressed = Int(exactly: entry.compressedSize), let size = Int(exactly: entry.size),
            compressed <= bytes.count - offset
        else {
            throw wrong(
                "\(entry.compressedSize) bytes from byte \(offset)", "bytes within the file (it may be cut short)")
        }
        let isStored = entry.method == 0
        guard !isStored || size == compressed else { throw wrong("\(compressed) stored bytes", "\(size)") }
        let ratio = size <= largeSize ? greatestRatio : largeRatio
        guard isStored || size <= ratio * max(1, compressed) else {
            throw wrong("\(compressed) bytes that inflate to \(size)", "at most \(ratio) times as many")
        }
        return Member(
            name: text, method: entry.method, isEncrypted: entry.flags & 1 != 0, offset: offset,
            compressedSize: compressed, size: size, checksum: entry.checksum)
    }

    /// Whether a member is one of those that macOS puts beside others: resource forks and settings of folders.
    static func isMacCompanion(_ name: String) -> Bool {
        let parts = name.split(separator: "/")
        return parts.first == "__MACOSX" || parts.last == ".DS_Store" || parts.last?.hasPrefix("._") == true
    }

    /// The bytes of a member: in place where they are stored, else inflated when they are first lent.
    ///
    /// - Parameters:
    ///   - end: how many of its first bytes are wanted; more are never inflated. nil for all.
    ///   - checksStored: stored bytes are compared with the check sum of the directory; PyTorch can be set to write none.
    func source(
        of member: Member, upTo end: Int? = nil, checksStored: Bool = true
    ) throws(FileError) -> any ByteSource {
        try check(member)
        if member.method == 0 {
            guard let slice = ByteSlice(source, member.offset..<member.offset + member.size) else {
                throw wrong(member, "bytes beyond the file", "bytes within it")
            }
            return checksStored ? StoredMember(slice, name: member.name, checksum: member.checksum) : slice
        }
        let identity = source.identity.map { "\($0)+\(member.offset) inflated" }
        let size = min(end ?? member.size, member.size)
        return InflatedSource(byteCount: size, identity: identity) { sink in inflate(member, limit: size, into: sink) }
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
            let part = UnsafeRawBufferPointer(rebasing: bytes[member.offset..<member.offset + member.compressedSize])
            switch Zlib.inflate(part, limit: limit, into: sink) {
            case .done(let checksum): return limit < member.size || checksum == member.checksum ? nil : damaged
            case .damaged: return damaged
            case .refused: return TemporaryFolder.noRoom(member.size)
            }
        }
    }
}
