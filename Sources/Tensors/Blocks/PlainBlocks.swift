// Blocks of 32 elements under one Float16 scale, the oldest types of ggml.

/// 4-bit codes -8…7: d, 16 bytes.
public enum Q4_0: BlockType {
    public static let elements = 32, bytes = 18, run = 32

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 0)
        parts.codes.halves(of: block + 2, count: 16, less: 8)
    }
}

/// 4-bit codes 0…15 over a minimum: d, m, 16 bytes.
public enum Q4_1: BlockType {
    public static let elements = 32, bytes = 20, run = 32, hasOffset = true

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 0)
        parts.offsets[0] = block.half(at: 2)
        parts.codes.halves(of: block + 4, count: 16)
    }
}

/// 5-bit codes -16…15: d, 4 bytes of fifth bits, 16 bytes.
public enum Q5_0: BlockType {
    public static let elements = 32, bytes = 22, run = 32

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 0)
        parts.codes.halves(of: block + 6, count: 16)
        let high = block.doubleWord(at: 2)
        for i in 0..<32 { parts.codes[i] = parts.codes[i] &+ fifthBit(high, i) &- 16 }
    }
}

/// 5-bit codes 0…31 over a minimum: d, m, 4 bytes of fifth bits, 16 bytes.
public enum Q5_1: BlockType {
    public static let elements = 32, bytes = 24, run = 32, hasOffset = true

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 0)
        parts.offsets[0] = block.half(at: 2)
        parts.codes.halves(of: block + 8, count: 16)
        let high = block.doubleWord(at: 4)
        for i in 0..<32 { parts.codes[i] = parts.codes[i] &+ fifthBit(high, i) }
    }
}

@inline(__always)
private func fifthBit(_ bits: UInt32, _ place: Int) -> Int8 {
    Int8(truncatingIfNeeded: (bits &>> UInt32(truncatingIfNeeded: place) & 1) &<< 4)
}

/// 8-bit codes: d, 32 bytes.
public enum Q8_0: BlockType {
    public static let elements = 32, bytes = 34, run = 32

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 0)
        for i in 0..<32 { parts.codes[i] = Int8(bitPattern: block.byte(at: 2 &+ i)) }
    }
}

/// 8-bit codes of activations: d, d·Σq, 32 bytes. The sum serves products and is not needed for values.
public enum Q8_1: BlockType {
    public static let elements = 32, bytes = 36, run = 32

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 0)
        for i in 0..<32 { parts.codes[i] = Int8(bitPattern: block.byte(at: 4 &+ i)) }
    }
}

/// Signs alone: d, 16 bytes, a set bit for +d.
public enum Q1_0: BlockType {
    public static let elements = 128, bytes = 18, run = 128

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 0)
        for i in 0..<128 {
            let bit = block.byte(at: 2 &+ i &>> 3) &>> UInt8(truncatingIfNeeded: i & 7) & 1
            parts.codes[i] = Int8(bitPattern: bit &<< 1) &- 1
        }
    }
}
