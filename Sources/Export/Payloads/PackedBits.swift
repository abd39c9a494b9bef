import Tensors

/// Codes of a few bits in 32-bit words.
enum PackedBits {
    /// Words that some codes take.
    static func words(_ count: Int, bits: Int) -> Int { (count * bits + 31) / 32 }

    /// Codes one after the other, lowest bits first, so that one may lie in two words.
    static func packed(_ codes: some Collection<UInt8>, bits: Int, into output: inout [UInt32]) {
        var word: UInt64 = 0, filled = 0
        for code in codes {
            word |= UInt64(code) << UInt64(filled)
            filled += bits
            if filled >= 32 {
                output.append(UInt32(truncatingIfNeeded: word))
                word >>= 32
                filled -= 32
            }
        }
        if filled > 0 { output.append(UInt32(truncatingIfNeeded: word)) }
    }

    /// Every row in words of its own.
    static func rows(_ codes: [UInt8], columns: Int, bits: Int) -> [UInt8] {
        var words: [UInt32] = []
        words.reserveCapacity(codes.count / max(1, columns) * self.words(columns, bits: bits))
        for start in stride(from: 0, to: codes.count, by: columns) {
            packed(codes[start..<start + columns], bits: bits, into: &words)
        }
        return bytes(words)
    }

    /// Every column in words of its own, which lie below each other: [words of a column, columns].
    static func columns(_ codes: [UInt8], columns: Int, bits: Int) -> [UInt8] {
        let rows = codes.count / max(1, columns), height = words(rows, bits: bits)
        var result = [UInt32](repeating: 0, count: height * columns)
        for column in 0..<columns {
            var own: [UInt32] = []
            own.reserveCapacity(height)
            packed((0..<rows).lazy.map { codes[$0 * columns + column] }, bits: bits, into: &own)
            for (row, word) in own.enumerated() { result[row * columns + column] = word }
        }
        return bytes(result)
    }

    static func bytes(_ words: [UInt32]) -> [UInt8] {
        words.map { $0.littleEndian }.withUnsafeBytes { Array($0) }
    }

    static func numbers(_ values: [Float], as type: ElementType) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: values.count * type.bitWidth / 8) { buffer, count in
            count = values.count * type.bitWidth / 8
            guard let base = buffer.baseAddress, !values.isEmpty else { return }
            values.withUnsafeBufferPointer { values in
                guard let first = values.baseAddress else { return }
                ValueEncoder.encode(first, values.count, as: type, into: UnsafeMutableRawPointer(base))
            }
        }
    }
}

extension PackedBits {
    /// A matrix turned: [columns, rows].
    static func transposed<Item>(_ items: [Item], columns: Int) -> [Item] {
        let rows = items.count / max(1, columns)
        return (0..<columns).flatMap { column in (0..<rows).map { items[$0 * columns + column] } }
    }
}
