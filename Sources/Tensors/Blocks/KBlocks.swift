// Super-blocks of 256 elements: runs of 16 or 32 whose scales are codes themselves, under Float16 scales of the block.

/// 2-bit codes, 4-bit scales and minima of runs of 16: 16 bytes of them, 64 bytes, d, dmin.
public enum Q2_K: BlockType {
    public static let elements = 256, bytes = 84, run = 16, hasOffset = true

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 80), least = block.half(at: 82)
        for i in 0..<16 {
            let byte = block.byte(at: i)
            parts.scales[i] = d * Float(byte & 0xF)
            parts.offsets[i] = -(least * Float(byte &>> 4))
        }
        for half in 0..<2 { (parts.codes + 128 &* half).quarters(of: block + 16 + 32 &* half) }
    }
}

/// 3-bit codes -4…3, 6-bit scales -32…31 of runs of 16: 32 bytes of third bits, 64 bytes, 12 bytes of scales, d.
public enum Q3_K: BlockType {
    public static let elements = 256, bytes = 110, run = 16

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 108)
        for i in 0..<16 {
            let low = block.byte(at: 96 &+ (i & 7)) &>> (i < 8 ? 0 : 4) & 0xF
            let high = block.byte(at: 104 &+ (i & 3)) &>> UInt8(truncatingIfNeeded: 2 &* (i &>> 2)) & 3
            parts.scales[i] = d * Float(Int(low | high &<< 4) &- 32)
        }
        for half in 0..<2 { (parts.codes + 128 &* half).quarters(of: block + 32 + 32 &* half) }
        for part in 0..<8 {
            let codes = parts.codes + 32 &* part, shift = UInt8(truncatingIfNeeded: part)
            // A set bit means no offset.
            for i in 0..<32 {
                codes[i] = codes[i] &+ Int8(bitPattern: (block.byte(at: i) &>> shift & 1) &<< 2) &- 4
            }
        }
    }
}

/// 6-bit scales and minima of eight runs in 12 bytes, as Q4_K and Q5_K have them.
@inline(__always)
private func unpackScales(_ packed: UnsafeRawPointer, _ d: Float, _ least: Float, into parts: BlockParts) {
    for i in 0..<4 {
        let scale = packed.byte(at: i), minimum = packed.byte(at: 4 &+ i), rest = packed.byte(at: 8 &+ i)
        parts.scales[i] = d * Float(scale & 0x3F)
        parts.offsets[i] = -(least * Float(minimum & 0x3F))
        parts.scales[4 &+ i] = d * Float(rest & 0xF | scale &>> 2 & 0x30)
        parts.offsets[4 &+ i] = -(least * Float(rest &>> 4 | minimum &>> 2 & 0x30))
    }
}

/// 4-bit codes, 6-bit scales and minima of runs of 32: d, dmin, 12 bytes of them, 128 bytes.
public enum Q4_K: BlockType {
    public static let elements = 256, bytes = 144, run = 32, hasOffset = true

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        unpackScales(block + 4, block.half(at: 0), block.half(at: 2), into: parts)
        for pair in 0..<4 { (parts.codes + 64 &* pair).halves(of: block + 16 + 32 &* pair, count: 32) }
    }
}

/// 5-bit codes, 6-bit scales and minima of runs of 32: d, dmin, 12 bytes of them, 32 bytes of fifth bits, 128 bytes.
public enum Q5_K: BlockType {
    public static let elements = 256, bytes = 176, run = 32, hasOffset = true

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        unpackScales(block + 4, block.half(at: 0), block.half(at: 2), into: parts)
        for pair in 0..<4 { (parts.codes + 64 &* pair).halves(of: block + 48 + 32 &* pair, count: 32) }
        for part in 0..<8 {
            let codes = parts.codes + 32 &* part, shift = UInt8(truncatingIfNeeded: part)
            for i in 0..<32 {
                codes[i] = codes[i] | Int8(bitPattern: (block.byte(at: 16 &+ i) &>> shift & 1) &<< 4)
            }
        }
    }
}

/// 6-bit codes -32…31, 8-bit scales of runs of 16: 128 bytes of low halves, 64 of high bits, 16 of scales, d.
public enum Q6_K: BlockType {
    public static let elements = 256, bytes = 210, run = 16

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 208)
        for i in 0..<16 { parts.scales[i] = d * Float(Int8(bitPattern: block.byte(at: 192 &+ i))) }
        for half in 0..<2 {
            let codes = parts.codes + 128 &* half
            codes.halves(of: block + 64 &* half, count: 64)
            for part in 0..<4 {
                let quarter = codes + 32 &* part, shift = UInt8(truncatingIfNeeded: 2 &* part)
                let high = block + 128 + 32 &* half
                for i in 0..<32 {
                    quarter[i] = (quarter[i] | Int8(bitPattern: (high.byte(at: i) &>> shift & 3) &<< 4)) &- 32
                }
            }
        }
    }
}

/// 8-bit codes of activations under a Float32 scale: d, 256 bytes, 16 sums of runs that serve products.
public enum Q8_K: BlockType {
    public static let elements = 256, bytes = 292, run = 256

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = Float(bitPattern: block.doubleWord(at: 0))
        for i in 0..<256 { parts.codes[i] = Int8(bitPattern: block.byte(at: 4 &+ i)) }
    }
}
