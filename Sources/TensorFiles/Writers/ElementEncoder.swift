import Tensors

/// Encodes Float32 values as stored elements, rounding to nearest even.
enum ElementEncoder {
    /// - Precondition: `type` is one of F32, F16, BF16, F64, I64, I8, U8, BOOL, F8_E4M3.
    static func encode(_ values: [Float], as type: ElementType) -> [UInt8] {
        switch type {
        case .float32: return values.flatMap { LittleEndian.bytes($0.bitPattern) }
        case .float64: return values.flatMap { LittleEndian.bytes(Double($0).bitPattern) }
        case .float16: return values.flatMap { LittleEndian.bytes(Float16($0).bitPattern) }
        case .bfloat16: return values.flatMap { LittleEndian.bytes(bfloat16($0)) }
        case .int64: return values.flatMap { LittleEndian.bytes(Int64($0.rounded(.toNearestOrEven))) }
        case .int8: return values.map { UInt8(bitPattern: Int8($0.rounded(.toNearestOrEven))) }
        case .uint8: return values.map { UInt8($0.rounded(.toNearestOrEven)) }
        case .bool: return values.map { $0 == 0 ? 0 : 1 }
        case .float8E4M3:
            let table = codes(of: type)
            return values.map { nearestCode($0, table) }
        default: preconditionFailure("no encoder for \(type.rawValue)")
        }
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
