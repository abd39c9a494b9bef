// Codes -1, 0, 1 under one Float16 scale for 256 elements.

/// Five codes a byte, as a fraction in base 3: 48 bytes, 4 bytes of four codes, d.
public enum TQ1_0: BlockType {
    public static let elements = 256, bytes = 54, run = 256

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 52)
        digits(5, of: block, count: 32, into: parts.codes)
        digits(5, of: block + 32, count: 16, into: parts.codes + 160)
        digits(4, of: block + 48, count: 4, into: parts.codes + 240)
    }

    /// The first digits of all bytes, then the second ones, and so on.
    @inline(__always)
    private static func digits(
        _ digits: Int, of bytes: UnsafeRawPointer, count: Int, into codes: UnsafeMutablePointer<Int8>
    ) {
        var power: UInt8 = 1
        for digit in 0..<digits {
            let row = codes + digit &* count
            for i in 0..<count {
                row[i] = Int8(truncatingIfNeeded: (UInt16(bytes.byte(at: i) &* power) &* 3) &>> 8) &- 1
            }
            power = power &* 3
        }
    }
}

/// Four codes a byte: 64 bytes, d.
public enum TQ2_0: BlockType {
    public static let elements = 256, bytes = 66, run = 256

    @inline(__always)
    public static func unpack(_ block: UnsafeRawPointer, into parts: BlockParts) {
        parts.scales[0] = block.half(at: 64)
        for half in 0..<2 { (parts.codes + 128 &* half).quarters(of: block + 32 &* half) }
        for i in 0..<256 { parts.codes[i] = parts.codes[i] &- 1 }
    }
}
