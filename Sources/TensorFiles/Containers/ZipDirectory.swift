import Basics

/// The central directory of a zip archive, as its bytes have it.
///
/// Sizes and offsets of 32 bits that are all ones are given in a zip64 extra field, and the counts of the end record in a record of their own.
/// Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3.
struct ZipDirectory {
    struct Entry {
        let name: [UInt8]
        let flags: Int
        let method: Int
        let checksum: UInt32
        let compressedSize: UInt64
        let size: UInt64
        /// Of the local header, from the beginning of the archive.
        let headerOffset: UInt64
    }

    let entries: [Entry]
    /// Bytes before the archive, as of a program that unpacks itself.
    let start: Int

    private static let endSignature: UInt32 = 0x0605_4B50, endSize = 22
    private static let locatorSignature: UInt32 = 0x0706_4B50, locatorSize = 20
    private static let largeEndSignature: UInt32 = 0x0606_4B50, largeEndSize = 56
    private static let entrySignature: UInt32 = 0x0201_4B50, entrySize = 46
    private static let headerSignature: UInt32 = 0x0403_4B50, headerSize = 30

    private struct End {
        var count: UInt64
        var size: UInt64
        var offset: UInt64
        /// Where the records of the end begin: the directory ends there.
        var position: Int
    }

    init(_ bytes: UnsafeRawBufferPointer, path: String, mostMembers: Int) throws(FileError) {
        func wrong(_ offset: Int, _ found: String, _ expected: String) -> FileError {
            FileError(path: path, place: .offset(offset), found: found, expected: expected)
        }
        guard let end = Self.end(of: bytes) else {
            throw wrong(bytes.count, "no zip directory at the end", "one (the file is cut short)")
        }
        let most = min(mostMembers, bytes.count / Self.entrySize)
        guard end.count <= UInt64(most) else {
            throw wrong(end.position, "a zip directory of \(end.count) members", "at most \(most)")
        }
        guard let size = Int(exactly: end.size), let offset = Int(exactly: end.offset), size <= end.position,
            offset <= end.position - size
        else {
            throw wrong(
                end.position, "a zip directory of \(end.size) bytes at byte \(end.offset)",
                "one before byte \(end.position)")
        }
        start = end.position - size - offset
        var entries: [Entry] = [], position = start + offset
        while entries.count < Int(end.count) {
            guard let (entry, next) = Self.entry(bytes, at: position, limit: end.position) else {
                throw wrong(
                    position, "a damaged zip directory after \(entries.count) members", "\(end.count) of them")
            }
            entries.append(entry)
            position = next
        }
        self.entries = entries
    }

    /// The last end record whose comment reaches to the end of the file, with the numbers of zip64 where it has some.
    private static func end(of bytes: UnsafeRawBufferPointer) -> End? {
        guard bytes.count >= endSize else { return nil }
        for position in stride(from: bytes.count - endSize, through: max(0, bytes.count - endSize - 65_535), by: -1)
        where bytes.word32(position) == endSignature && bytes.word16(position + 20) <= bytes.count - position - endSize
        {
            var end = End(
                count: UInt64(bytes.word16(position + 10)), size: UInt64(bytes.word32(position + 12)),
                offset: UInt64(bytes.word32(position + 16)), position: position)
            let locator = position - locatorSize
            guard locator >= 0, bytes.word32(locator) == locatorSignature else { return end }
            // Before the locator, or where it says.
            for place in [Int(exactly: bytes.word64(locator + 8)), locator - largeEndSize].compactMap({ $0 })
            where place >= 0 && place <= locator - largeEndSize && bytes.word32(place) == largeEndSignature {
                if end.count == 0xFFFF { end.count = bytes.word64(place + 32) }
                if end.size == 0xFFFF_FFFF { end.size = bytes.word64(place + 40) }
                if end.offset == 0xFFFF_FFFF { end.offset = bytes.word64(place + 48) }
                end.position = place
                break
            }
            return end
        }
        return nil
    }

    private static func entry(
        _ bytes: UnsafeRawBufferPointer, at position: Int, limit: Int
    ) -> (entry: Entry, next: Int)? {
        guard position <= limit - entrySize, bytes.word32(position) == entrySignature else { return nil }
        let nameEnd = position + entrySize + Int(bytes.word16(position + 28))
        let extraEnd = nameEnd + Int(bytes.word16(position + 30)), next = extraEnd + Int(bytes.word16(position + 32))
        guard next <= limit else { return nil }
        var sizes = [position + 24, position + 20, position + 42].map { UInt64(bytes.word32($0)) }
        var field = nameEnd
        while field + 4 <= extraEnd {
            let end = field + 4 + Int(bytes.word16(field + 2))
            guard end <= extraEnd else { return nil }
            if bytes.word16(field) == 1 {
                // Only what does not fit 32 bits is there, in this order.
                var place = field + 4
                for i in sizes.indices where sizes[i] == 0xFFFF_FFFF {
                    guard place + 8 <= end else { return nil }
                    sizes[i] = bytes.word64(place)
                    place += 8
                }
            }
            field = end
        }
        return (
            Entry(
                name: Array(bytes[position + entrySize..<nameEnd]), flags: Int(bytes.word16(position + 8)),
                method: Int(bytes.word16(position + 10)), checksum: bytes.word32(position + 16),
                compressedSize: sizes[1], size: sizes[0], headerOffset: sizes[2]),
            next
        )
    }

    /// Where the bytes of a member begin, by its own header; nil where that lies outside or does not speak of this member.
    func dataOffset(of entry: Entry, in bytes: UnsafeRawBufferPointer) -> (offset: Int?, problem: String?) {
        guard let offset = Int(exactly: entry.headerOffset), offset <= bytes.count - start - Self.headerSize else {
            return (nil, "a header beyond the file, at byte \(entry.headerOffset)")
        }
        let position = start + offset
        guard bytes.word32(position) == Self.headerSignature else {
            return (nil, "no header at byte \(position)")
        }
        let nameEnd = position + Self.headerSize + Int(bytes.word16(position + 26))
        let data = nameEnd + Int(bytes.word16(position + 28))
        guard data <= bytes.count else { return (nil, "a header that the end of the file cuts") }
        let name = bytes[position + Self.headerSize..<nameEnd]
        guard name.elementsEqual(entry.name) else {
            let other = String(decoding: name, as: UTF8.self)
            return (nil, "another name in its own header, \(Printable.quoted(other))")
        }
        guard Int(bytes.word16(position + 8)) == entry.method else {
            return (nil, "another method in its own header than in the directory")
        }
        return (data, nil)
    }
}

extension UnsafeRawBufferPointer {
    /// Little-endian words; the caller has checked that they lie within.
    fileprivate func word16(_ offset: Int) -> UInt16 {
        UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
    fileprivate func word32(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    fileprivate func word64(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
