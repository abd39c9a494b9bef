// Super-blocks of 256 elements whose codes are points of a lattice, eight or four values at once, looked up by number.

/// A point's number in a table and a byte of signs give eight codes.
@inline(__always)
private func place(_ point: SIMD8<Int8>, signs: UInt8, at codes: UnsafeMutablePointer<Int8>) {
    for i in 0..<8 {
        let negative = Int8(bitPattern: 0 &- (signs &>> UInt8(truncatingIfNeeded: i) & 1))
        codes[i] = (point[i] ^ negative) &- negative
    }
}

/// The same of two points of four values.
@inline(__always)
private func place(_ first: SIMD4<Int8>, _ second: SIMD4<Int8>, signs: UInt8, at codes: UnsafeMutablePointer<Int8>) {
    place(SIMD8(lowHalf: first, highHalf: second), signs: signs, at: codes)
}

/// Seven signs and an eighth that makes their number even.
@inline(__always)
private func evenSigns(_ seven: UInt8) -> UInt8 { seven | UInt8(truncatingIfNeeded: seven.nonzeroBitCount & 1) &<< 7 }

/// 2.0625 bits: d, then for every 32 elements four numbers of points, and a word of four times seven signs and a 4-bit scale.
public enum IQ2_XXS: BlockType {
    public static let elements = 256, bytes = 66, run = 32

    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 0)
        Lattice.iq2xxs.withUnsafeBufferPointer { points in
            for i in 0..<8 {
                let part = block + 2 + 8 &* i, signs = part.doubleWord(at: 4)
                parts.scales[i] = d * (0.5 + Float(signs &>> 28)) * 0.25
                for j in 0..<4 {
                    let seven = UInt8(truncatingIfNeeded: signs &>> UInt32(truncatingIfNeeded: 7 &* j) & 0x7F)
                    place(
                        points[Int(part.byte(at: j))], signs: evenSigns(seven), at: parts.codes + 32 &* i + 8 &* j)
                }
            }
        }
    }
}

/// 2.3125 bits: d, 32 words of a 9-bit number and seven signs, 16 scales of 4 bits.
public enum IQ2_XS: BlockType {
    public static let elements = 256, bytes = 74, run = 16

    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 0)
        for i in 0..<16 {
            let scale = block.halfByte(i, from: 66)
            parts.scales[i] = d * (0.5 + Float(scale)) * 0.25
        }
        Lattice.iq2xs.withUnsafeBufferPointer { points in
            for i in 0..<32 {
                let word = block.word(at: 2 &+ 2 &* i)
                place(
                    points[Int(word & 511)], signs: evenSigns(UInt8(truncatingIfNeeded: word &>> 9)),
                    at: parts.codes + 8 &* i)
            }
        }
    }
}

/// 2.5625 bits: d, 32 numbers, 32 bytes of signs, 8 bytes of the numbers' high bits, 16 scales of 4 bits.
public enum IQ2_S: BlockType {
    public static let elements = 256, bytes = 82, run = 16

    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 0)
        for i in 0..<16 {
            let scale = block.halfByte(i, from: 74)
            parts.scales[i] = d * (0.5 + Float(scale)) * 0.25
        }
        Lattice.iq2s.withUnsafeBufferPointer { points in
            for i in 0..<32 {
                let high = block.byte(at: 66 &+ i &>> 2) &>> UInt8(truncatingIfNeeded: 2 &* (i & 3)) & 3
                place(
                    points[Int(block.byte(at: 2 &+ i)) | Int(high) &<< 8], signs: block.byte(at: 34 &+ i),
                    at: parts.codes + 8 &* i)
            }
        }
    }
}

/// 3.0625 bits: d, 64 numbers of points of four values, and for every 32 elements a word of signs and a scale.
public enum IQ3_XXS: BlockType {
    public static let elements = 256, bytes = 98, run = 32

    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 0)
        Lattice.iq3xxs.withUnsafeBufferPointer { points in
            for i in 0..<8 {
                let signs = block.doubleWord(at: 66 &+ 4 &* i)
                parts.scales[i] = d * (0.5 + Float(signs &>> 28)) * 0.5
                for j in 0..<4 {
                    let numbers = block + 2 + 8 &* i + 2 &* j
                    let seven = UInt8(truncatingIfNeeded: signs &>> UInt32(truncatingIfNeeded: 7 &* j) & 0x7F)
                    place(
                        points[Int(numbers.byte(at: 0))], points[Int(numbers.byte(at: 1))], signs: evenSigns(seven),
                        at: parts.codes + 32 &* i + 8 &* j)
                }
            }
        }
    }
}

/// 3.4375 bits: d, 64 numbers, 8 bytes of their ninth bits, 32 bytes of signs, 8 scales of 4 bits.
public enum IQ3_S: BlockType {
    public static let elements = 256, bytes = 110, run = 32

    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 0)
        for i in 0..<8 {
            let scale = block.halfByte(i, from: 106)
            parts.scales[i] = d * Float(1 &+ 2 &* Int(scale))
        }
        Lattice.iq3s.withUnsafeBufferPointer { points in
            func point(_ i: Int) -> SIMD4<Int8> {
                let ninth = block.byte(at: 66 &+ i &>> 3) &>> UInt8(truncatingIfNeeded: i & 7) & 1
                return points[Int(block.byte(at: 2 &+ i)) | Int(ninth) &<< 8]
            }
            for i in 0..<32 {
                place(point(2 &* i), point(2 &* i &+ 1), signs: block.byte(at: 74 &+ i), at: parts.codes + 8 &* i)
            }
        }
    }
}

/// Points of -1, 0, 1, shifted by an eighth up or down: stored eightfold, as integers, under an eighth of the scale.
@inline(__always)
private func place(_ point: SIMD8<Int8>, isDown: Bool, at codes: UnsafeMutablePointer<Int8>) {
    for i in 0..<8 { codes[i] = point[i] &<< 3 &+ (isDown ? -1 : 1) }
}

/// 1.5625 bits: d, 32 numbers, 8 words of their high bits, a 3-bit scale and the shift's direction.
public enum IQ1_S: BlockType {
    public static let elements = 256, bytes = 50, run = 32

    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 0)
        Lattice.iq1.withUnsafeBufferPointer { points in
            for i in 0..<8 {
                let word = Int(block.word(at: 34 &+ 2 &* i))
                parts.scales[i] = d * Float(2 &* (word &>> 12 & 7) &+ 1) * 0.125
                for j in 0..<4 {
                    let number = Int(block.byte(at: 2 &+ 4 &* i &+ j)) | (word &>> (3 &* j) & 7) &<< 8
                    place(points[number], isDown: word & 0x8000 != 0, at: parts.codes + 32 &* i + 8 &* j)
                }
            }
        }
    }
}

/// 1.75 bits: 32 numbers, 16 bytes of their high bits and the shift's directions, 16 scales of 3 bits in four words whose
/// highest four bits together are d.
public enum IQ1_M: BlockType {
    public static let elements = 256, bytes = 56, run = 16

    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        var bits: UInt16 = 0
        for i in 0..<4 { bits |= (block.word(at: 48 &+ 2 &* i) &>> 12) &<< UInt16(truncatingIfNeeded: 4 &* i) }
        let d = ElementType.widenHalf(bits)
        for i in 0..<16 {
            let scale = Int(block.word(at: 48 &+ 2 &* (i &>> 2))) &>> (3 &* (i & 3)) & 7
            parts.scales[i] = d * Float(2 &* scale &+ 1) * 0.125
        }
        Lattice.iq1.withUnsafeBufferPointer { points in
            for i in 0..<32 {
                let half = Int(block.halfByte(i, from: 32))
                place(
                    points[Int(block.byte(at: i)) | (half & 7) &<< 8], isDown: half & 8 != 0,
                    at: parts.codes + 8 &* i)
            }
        }
    }
}

/// The points of the lattices by number.
enum Lattice {
    static let iq2xxs = eights(LatticeTables.iq2xxs, [8, 25, 43])
    static let iq2xs = eights(LatticeTables.iq2xs, [8, 25, 43])
    static let iq2s = eights(LatticeTables.iq2s, [8, 25, 43])
    static let iq1 = eights(LatticeTables.iq1, [-1, 0, 1])
    static let iq3xxs = fours(LatticeTables.iq3xxs, [4, 12, 20, 28, 36, 44, 52, 62])
    static let iq3s = fours(LatticeTables.iq3s, [1, 3, 5, 7, 9, 11, 13, 15])

    /// Two bits for each of eight values, the lowest bits first.
    private static func eights(_ packed: [UInt16], _ values: [Int8]) -> [SIMD8<Int8>] {
        packed.map { word in
            var point = SIMD8<Int8>()
            for i in 0..<8 { point[i] = values[Int(word >> (2 * UInt16(i)) & 3)] }
            return point
        }
    }

    /// Three bits for each of four values, the lowest bits first.
    private static func fours(_ packed: [UInt16], _ values: [Int8]) -> [SIMD4<Int8>] {
        packed.map { word in
            var point = SIMD4<Int8>()
            for i in 0..<4 { point[i] = values[Int(word >> (3 * UInt16(i)) & 7)] }
            return point
        }
    }
}
