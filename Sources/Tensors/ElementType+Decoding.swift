extension ElementType {
    /// Decodes components `range` of the data at `base` into Float32 at `output[0..<range.count]`.
    ///
    /// A component is an element, or one part of a complex element. 64-bit integers, 32-bit integers and doubles are
    /// rounded to nearest even; a double beyond Float32 becomes infinite. `base` needs no alignment. Blocks are little-endian.
    ///
    /// - Parameters:
    ///   - base: where the data begins.
    ///   - range: of components.
    ///   - swapped: the bytes of each component are in the order opposite to this machine's.
    ///   - output: room for as many floats.
    public func decode(
        from base: UnsafeRawPointer, _ range: Range<Int>, swapped: Bool, into output: UnsafeMutablePointer<Float>
    ) {
        if let block { return block.decode(from: base, range, into: output) }
        switch self {
        case .bool: bytes(base, range, output) { $0 == 0 ? 0 : 1 }
        case .uint8: bytes(base, range, output) { Float($0) }
        case .int8: bytes(base, range, output) { Float(Int8(bitPattern: $0)) }
        case .uint16: words(UInt16.self, base, range, swapped, output) { Float($0) }
        case .int16: words(UInt16.self, base, range, swapped, output) { Float(Int16(bitPattern: $0)) }
        case .uint32: words(UInt32.self, base, range, swapped, output) { Float($0) }
        case .int32: words(UInt32.self, base, range, swapped, output) { Float(Int32(bitPattern: $0)) }
        case .uint64: words(UInt64.self, base, range, swapped, output) { Float($0) }
        case .int64: words(UInt64.self, base, range, swapped, output) { Float(Int64(bitPattern: $0)) }
        case .float16: words(UInt16.self, base, range, swapped, output, Self.widenHalf)
        case .bfloat16: words(UInt16.self, base, range, swapped, output) { Float(bitPattern: UInt32($0) << 16) }
        case .float32, .complex64: words(UInt32.self, base, range, swapped, output) { Float(bitPattern: $0) }
        case .float64, .complex128:
            words(UInt64.self, base, range, swapped, output) { Float(Double(bitPattern: $0)) }
        case .float80:
            for (position, index) in range.enumerated() {
                output[position] = Self.narrowExtended(base + index * 16, swapped: swapped)
            }
        case .float8E4M3: lookUp(SmallFloat.e4m3, base, range, output)
        case .float8E5M2: lookUp(SmallFloat.e5m2, base, range, output)
        case .float8E4M3FNUZ: lookUp(SmallFloat.e4m3fnuz, base, range, output)
        case .float8E5M2FNUZ: lookUp(SmallFloat.e5m2fnuz, base, range, output)
        case .float8E8M0: lookUp(SmallFloat.e8m0, base, range, output)
        case .float6E2M3: packed(SmallFloat.e2m3, base, range, output)
        case .float6E3M2: packed(SmallFloat.e3m2, base, range, output)
        case .float4: packed(SmallFloat.e2m1, base, range, output)
        default: preconditionFailure("block types are handled above")
        }
    }

    @inline(__always)
    private func bytes(
        _ base: UnsafeRawPointer, _ range: Range<Int>, _ output: UnsafeMutablePointer<Float>,
        _ convert: (UInt8) -> Float
    ) {
        let source = base.assumingMemoryBound(to: UInt8.self) + range.lowerBound
        for position in 0..<range.count { output[position] = convert(source[position]) }
    }

    @inline(__always)
    private func words<Word: FixedWidthInteger & BitwiseCopyable>(
        _ type: Word.Type, _ base: UnsafeRawPointer, _ range: Range<Int>, _ swapped: Bool,
        _ output: UnsafeMutablePointer<Float>, _ convert: (Word) -> Float
    ) {
        let size = MemoryLayout<Word>.size
        let source = base + range.lowerBound * size
        if swapped {
            for position in 0..<range.count {
                output[position] = convert(
                    source.loadUnaligned(fromByteOffset: position &* size, as: Word.self).byteSwapped)
            }
        } else {
            for position in 0..<range.count {
                output[position] = convert(source.loadUnaligned(fromByteOffset: position &* size, as: Word.self))
            }
        }
    }

    private func lookUp(
        _ table: [Float], _ base: UnsafeRawPointer, _ range: Range<Int>, _ output: UnsafeMutablePointer<Float>
    ) {
        table.withUnsafeBufferPointer { values in bytes(base, range, output) { values[Int($0)] } }
    }

    /// Elements of less than a byte, lowest bits first.
    private func packed(
        _ table: [Float], _ base: UnsafeRawPointer, _ range: Range<Int>, _ output: UnsafeMutablePointer<Float>
    ) {
        let width = bitWidth, mask = (1 << width) - 1
        for (position, index) in range.enumerated() {
            let bit = index * width, byte = bit >> 3, shift = bit & 7
            var code = Int(base.load(fromByteOffset: byte, as: UInt8.self)) >> shift
            if shift + width > 8 { code |= Int(base.load(fromByteOffset: byte + 1, as: UInt8.self)) << (8 - shift) }
            output[position] = table[code & mask]
        }
    }

    /// Float16 to Float32 by integer operations that vectorise: shift the fields into place and rebias by a multiplication
    /// with 2^112, which normalises subnormals too; infinities and NaN get the full exponent.
    @inline(__always)
    static func widenHalf(_ half: UInt16) -> Float {
        let bits = UInt32(half)
        let rebiased = Float(bitPattern: (bits & 0x7FFF) << 13) * Float(bitPattern: 0x7780_0000)
        let special: UInt32 = bits & 0x7C00 == 0x7C00 ? 0x7F80_0000 : 0
        return Float(bitPattern: rebiased.bitPattern | special | (bits & 0x8000) << 16)
    }

    /// The x87 format: 64 bits of significand with an explicit one, 15 bits of exponent (bias 16,383), a sign.
    static func narrowExtended(_ source: UnsafeRawPointer, swapped: Bool) -> Float {
        var significand: UInt64
        var head: UInt16
        if swapped {
            significand = source.loadUnaligned(fromByteOffset: 8, as: UInt64.self).byteSwapped
            head = source.loadUnaligned(fromByteOffset: 6, as: UInt16.self).byteSwapped
        } else {
            significand = source.loadUnaligned(as: UInt64.self)
            head = source.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
        }
        let negative = head & 0x8000 != 0
        head &= 0x7FFF
        if head == 0x7FFF {
            let isInfinite = significand << 1 == 0
            return isInfinite ? (negative ? -.infinity : .infinity) : .nan
        }
        // Round the 64-bit significand to odd in 53 bits first, so that the second rounding to Float32 is right.
        let sticky: UInt64 = significand & 0x7FF == 0 ? 0 : 1
        let reduced = Double(significand >> 11 | sticky)
        let value = Double(sign: .plus, exponent: Int(head) - 16_383 - 52, significand: reduced)
        return Float(negative ? -value : value)
    }
}
