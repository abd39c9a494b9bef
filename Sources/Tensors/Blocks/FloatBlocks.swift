// Blocks of E2M1 floats, whose levels are stored doubled, as integers, under half the scale.

/// 0, ½, 1, 1½, 2, 3, 4, 6 and their negatives, doubled, by code.
private let doubledE2M1: [Int8] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

/// OCP MXFP4 as ggml stores it: a power of two (E8M0), 16 bytes, low halves first.
public enum MXFP4Block: BlockType {
    public static let elements = 32, bytes = 17, run = 32

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = halfPower(block.byte(at: 0))
        doubledE2M1.withUnsafeBufferPointer { book in
            parts.codes.halves(of: block + 1, count: 16, in: book.baseAddress!)
        }
    }

    /// 2^(code - 128), half of what E8M0 says.
    @inline(__always)
    public static func halfPower(_ code: UInt8) -> Float {
        Float(bitPattern: code < 2 ? 0x0020_0000 &<< UInt32(code) : UInt32(code &- 1) &<< 23)
    }
}

/// NVFP4 as ggml stores it: four E4M3 scales without sign, 32 bytes; runs of 16.
public enum NVFP4Block: BlockType {
    public static let elements = 64, bytes = 36, run = 16

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        for i in 0..<4 { parts.scales[i] = halfScale(block.byte(at: i)) }
        doubledE2M1.withUnsafeBufferPointer { book in
            for i in 0..<4 {
                (parts.codes + 16 &* i).halves(of: block + 4 + 8 &* i, count: 8, in: book.baseAddress!)
            }
        }
    }

    /// Half the value of an E4M3 code without its sign; the code of NaN is 0.
    @inline(__always)
    static func halfScale(_ code: UInt8) -> Float {
        if code == 0x7F { return 0 }
        let exponent = code &>> 3 & 0xF, mantissa = code & 7
        if exponent == 0 { return Float(mantissa) * 0x1p-10 }
        return Float(bitPattern: (UInt32(exponent) &+ 119) &<< 23 | UInt32(mantissa) &<< 20)
    }
}

/// 4-bit indices in a book of 16 uneven levels: d, 16 bytes.
public enum IQ4_NL: BlockType {
    public static let elements = 32, bytes = 18, run = 32
    /// Its levels by code, ascending.
    public static let book: [Int8] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 0)
        book.withUnsafeBufferPointer { parts.codes.halves(of: block + 2, count: 16, in: $0.baseAddress!) }
    }
}

/// The same book with 6-bit scales -32…31 of runs of 32: d, 2 bytes of their high bits, 4 of low halves, 128 bytes.
public enum IQ4_XS: BlockType {
    public static let elements = 256, bytes = 136, run = 32

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        let d = block.half(at: 0), high = Int(block.word(at: 2))
        IQ4_NL.book.withUnsafeBufferPointer { book in
            for i in 0..<8 {
                let low = Int(block.halfByte(i, from: 4))
                parts.scales[i] = d * Float((low | (high &>> (2 &* i) & 3) &<< 4) &- 32)
                (parts.codes + 32 &* i).halves(of: block + 8 + 16 &* i, count: 16, in: book.baseAddress!)
            }
        }
    }
}
