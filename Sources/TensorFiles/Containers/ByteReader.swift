/// Reads numbers and texts one after another from lent bytes; every length is checked against what is left before use.
struct ByteReader {
    typealias Failure = Misfit

    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var left: Int { bytes.count - offset }

    /// A little-endian number.
    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type, _ what: String
    ) throws(Failure) -> Number {
        let size = MemoryLayout<Number>.size
        guard left >= size else { throw end(of: what) }
        defer { offset += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// A count of things that take at least `size` bytes each, so that no more of them are possible than the file is long.
    ///
    /// - Parameter most: how many there may be at all.
    mutating func count(of what: String, atLeast size: Int, most: Int = .max) throws(Failure) -> Int {
        let place = offset
        let count = try number(UInt64.self, "the number of \(what)")
        guard count <= UInt64(most) else {
            throw Failure(offset: place, found: "\(count) \(what)", expected: "at most \(most)")
        }
        guard count <= UInt64(left / size) else {
            throw Failure(
                offset: place, found: "\(count) \(what)", expected: "at most the \(left / size) that fit in the file")
        }
        return Int(count)
    }

    /// A text of `length` bytes; what is not UTF-8 in it is replaced.
    mutating func text(_ length: Int, _ what: String) throws(Failure) -> String {
        guard length <= left else { throw end(of: what) }
        defer { offset += length }
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]), as: UTF8.self)
    }

    mutating func bytes(_ length: Int, _ what: String) throws(Failure) -> [UInt8] {
        guard length <= left else { throw end(of: what) }
        defer { offset += length }
        return Array(bytes[offset..<offset + length])
    }

    /// A text up to a line feed, which is passed over.
    mutating func line(_ what: String) throws(Failure) -> String {
        guard let end = bytes[offset...].firstIndex(of: 0x0A) else { throw end(of: what) }
        let line = try text(end - offset, what)
        offset += 1
        return line
    }

    mutating func skip(_ length: Int, _ what: String) throws(Failure) {
        guard length >= 0, length <= left else { throw end(of: what) }
        offset += length
    }

    private func end(of what: String) -> Failure {
        Failure(offset: offset, found: "the end of the file in \(what)", expected: "all of it (the file is cut short)")
    }
}
