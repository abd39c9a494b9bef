import Tensors

/// Encodes Float32 values as stored elements, rounding to nearest even.
///
/// Integers take the nearest value that they have, and 0 for no number; E4M3 saturates at ±448 and keeps NaN.
enum ElementEncoder {
    /// - Precondition: `type` is one of F32, F16, BF16, F64, I64, I8, U8, BOOL, F8_E4M3.
    static func encode(_ values: [Float], as type: ElementType) -> [UInt8] {
        switch type {
        case .float32: return words(values) { $0.bitPattern }
        case .float64: return words(values) { Double($0).bitPattern }
        case .float16: return words(values) { Float16($0).bitPattern }
        case .bfloat16: return words(values) { bfloat16($0) }
        case .int64: return words(values) { whole($0, Int64.self) }
        case .int8: return words(values) { whole($0, Int8.self) }
        case .uint8: return words(values) { whole($0, UInt8.self) }
        case .bool: return words(values) { $0 == 0 ? UInt8(0) : 1 }
        case .float8E4M3:
            let table = codes(of: type)
            return words(values) { $0.isNaN ? 0x7F : nearestCode(max(-448, min(448, $0)), table) }
        default: preconditionFailure("no encoder for \(type.rawValue)")
        }
    }

    private static func words<Word: FixedWidthInteger>(_ values: [Float], _ word: (Float) -> Word) -> [UInt8] {
        let size = MemoryLayout<Word>.size
        return [UInt8](unsafeUninitializedCapacity: values.count * size) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            for (i, value) in values.enumerated() {
                bytes.storeBytes(of: word(value).littleEndian, toByteOffset: i * size, as: Word.self)
            }
            count = values.count * size
        }
    }

    private static func whole<Word: FixedWidthInteger>(_ value: Float, _ type: Word.Type) -> Word {
        if value.isNaN { return 0 }
        return Word(exactly: value.rounded(.toNearestOrEven)) ?? (value < 0 ? .min : .max)
    }

    private static func bfloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(bits >> 16) | 0x40 }
        return UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }

    /// The value of every code of an eight-bit type.
    private static func codes(of type: ElementType) -> [Float] {
        let all = (0...255).map { UInt8($0) }
        return [Float](unsafeUninitializedCapacity: 256) { buffer, count in
            guard let output = buffer.baseAddress else { return }
            all.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                type.decode(from: base, 0..<256, swapped: false, into: output)
            }
            count = 256
        }
    }

    private static func nearestCode(_ value: Float, _ table: [Float]) -> UInt8 {
        var best = 0, distance = Float.infinity
        for (code, level) in table.enumerated() where level.isFinite {
            let far = abs(level - value)
            if far < distance || far == distance && code & 1 == 0 && best & 1 == 1 { (best, distance) = (code, far) }
        }
        return UInt8(best)
    }
}
