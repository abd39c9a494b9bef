/// A ggml block type: a fixed number of elements of a row stored together in a fixed number of bytes.
///
/// Every type is codes under scales that short runs of elements share: x = scale·code, or scale·code + offset, each a
/// single Float32 operation, as in ggml's own decoders. What a code is (an integer, a value of a lattice or of a book)
/// is the type's affair. Source: the block layouts of the ggml library; the GGUF specification.
///
/// A new type is an enum under `Blocks`, a case of `ElementType` with a line in `ElementType.block`, and its number in
/// `GGUFFormat.elementType`.
public protocol BlockType: Sendable {
    /// Elements of a block.
    static var elements: Int { get }
    /// Bytes of a block.
    static var bytes: Int { get }
    /// Elements that share a scale.
    static var run: Int { get }
    /// Whether runs have an offset besides the scale.
    static var hasOffset: Bool { get }
    /// Takes the block at `block` apart: `elements` codes, and a scale (and an offset, where there is one) for every run.
    static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts)
    /// Decodes elements `range` of the blocks that begin at `base`.
    static func decode(from base: UnsafeRawPointer, _ range: Range<Int>, into output: UnsafeMutablePointer<Float>)
}

/// Room for a block's parts.
public struct BlockParts {
    /// At least 256.
    public let codes: UnsafeMutablePointer<Int8>
    /// At least 16.
    public let scales: UnsafeMutablePointer<Float>
    /// At least 16.
    public let offsets: UnsafeMutablePointer<Float>

    /// The most elements and runs that a block has.
    public static let mostElements = 256, mostRuns = 16

    /// Lends room for one block.
    @inline(__always)
    public static func withRoom<Result>(_ body: (BlockParts) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Int8.self, capacity: mostElements) { codes in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * mostRuns) { numbers in
                body(
                    BlockParts(
                        codes: codes.baseAddress!, scales: numbers.baseAddress!,
                        offsets: numbers.baseAddress! + mostRuns))
            }
        }
    }
}

extension BlockType {
    public static var hasOffset: Bool { false }

    /// The values of a block that was taken apart.
    @inline(__always)
    public static func expand(_ parts: BlockParts, into output: UnsafeMutablePointer<Float>) {
        for index in 0..<elements / run {
            let scale = parts.scales[index]
            let codes = parts.codes + index &* run, values = output + index &* run
            if hasOffset {
                let offset = parts.offsets[index]
                for i in 0..<run { values[i] = scale * Float(codes[i]) + offset }
            } else {
                for i in 0..<run { values[i] = scale * Float(codes[i]) }
            }
        }
    }

    public static func decode(
        from base: UnsafeRawPointer, _ range: Range<Int>, into output: UnsafeMutablePointer<Float>
    ) {
        guard !range.isEmpty else { return }
        BlockParts.withRoom { parts in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: elements) { edge in
                for block in range.lowerBound / elements...(range.upperBound - 1) / elements {
                    unpack(base + block * bytes, into: parts)
                    let first = block * elements
                    if first >= range.lowerBound && first + elements <= range.upperBound {
                        expand(parts, into: output + (first - range.lowerBound))
                        continue
                    }
                    expand(parts, into: edge.baseAddress!)
                    for index in max(first, range.lowerBound)..<min(first + elements, range.upperBound) {
                        output[index - range.lowerBound] = edge[index - first]
                    }
                }
            }
        }
    }
}

// How the fields of blocks are read: little-endian, wherever they lie.
extension UnsafeRawPointer {
    @inline(__always)
    func half(at offset: Int) -> Float { ElementType.widenHalf(word(at: offset)) }

    @inline(__always)
    func word(at offset: Int) -> UInt16 { UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self)) }

    @inline(__always)
    func doubleWord(at offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Number `index` of the half bytes from `offset` on, low halves first.
    @inline(__always)
    func halfByte(_ index: Int, from offset: Int) -> UInt8 {
        byte(at: offset &+ index &>> 1) &>> (index & 1 == 0 ? 0 : 4) & 0xF
    }

    @inline(__always)
    func byte(at offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }
}

extension UnsafeMutablePointer<Int8> {
    /// 2·count codes from `count` bytes: the low halves, then the high ones.
    @inline(__always)
    func halves(of bytes: UnsafeRawPointer, count: Int, less zero: Int8 = 0) {
        for i in 0..<count {
            let byte = bytes.byte(at: i)
            self[i] = Int8(bitPattern: byte & 0xF) &- zero
            self[count &+ i] = Int8(bitPattern: byte &>> 4) &- zero
        }
    }

    /// 2·count codes from `count` bytes, each half an index into a book.
    @inline(__always)
    func halves(of bytes: UnsafeRawPointer, count: Int, in book: UnsafePointer<Int8>) {
        for i in 0..<count {
            let byte = bytes.byte(at: i)
            self[i] = book[Int(byte & 0xF)]
            self[count &+ i] = book[Int(byte &>> 4)]
        }
    }

    /// 128 codes from 32 bytes of two bits each: the lowest bits of all bytes first.
    @inline(__always)
    func quarters(of bytes: UnsafeRawPointer) {
        for part in 0..<4 {
            let codes = self + 32 &* part, shift = UInt8(truncatingIfNeeded: 2 &* part)
            for i in 0..<32 { codes[i] = Int8(bitPattern: bytes.byte(at: i) &>> shift & 3) }
        }
    }
}
