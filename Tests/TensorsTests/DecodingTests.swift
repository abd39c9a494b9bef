import Testing

@testable import Tensors

@Suite struct DecodingTests {
    private func decode(_ type: ElementType, _ bytes: [UInt8], count: Int, swapped: Bool = false) -> [Float] {
        let shape = Shape([count])!
        let view = TensorView(
            name: "t", elementType: type, shape: shape, isByteSwapped: swapped, source: ByteArray(bytes))!
        return view.values(0..<view.count)
    }

    @Test func everyHalf() {
        let bytes = (0..<65_536).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let values = decode(.float16, bytes, count: 65_536)
        for (bits, value) in values.enumerated() {
            let expected = Float(Float16(bitPattern: UInt16(bits)))
            #expect(value == expected && value.sign == expected.sign || value.isNaN && expected.isNaN, "code \(bits)")
        }
    }

    @Test func everyBFloat16() {
        let bytes = (0..<65_536).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let values = decode(.bfloat16, bytes, count: 65_536)
        for (bits, value) in values.enumerated() { #expect(value.bitPattern == UInt32(bits) << 16) }
    }

    /// The OCP tables: largest value, smallest normal and subnormal, how many positive finite codes, what is special.
    @Test(arguments: [
        (ElementType.float8E4M3, Float(448), Float(0x1p-9), 126, 2, 0),
        (.float8E5M2, 57_344, 0x1p-16, 123, 6, 2),
        (.float8E4M3FNUZ, 240, 0x1p-10, 127, 1, 0),
        (.float8E5M2FNUZ, 57_344, 0x1p-17, 127, 1, 0),
    ])
    func eightBitFloats(
        type: ElementType, largest: Float, smallest: Float, positive: Int, nans: Int, infinities: Int
    ) {
        let values = decode(type, (0...255).map { UInt8($0) }, count: 256)
        let finite = values.filter { $0.isFinite }
        #expect(finite.max() == largest)
        #expect(finite.filter { $0 > 0 }.min() == smallest)
        #expect(finite.count { $0 > 0 } == positive)
        #expect(values.count { $0.isNaN } == nans)
        #expect(values.count { $0.isInfinite } == infinities)
    }

    @Test func powersOfTwo() {
        let values = decode(.float8E8M0, [0, 127, 128, 254, 255], count: 5)
        #expect(values[0] == 0x1p-127 && values[1] == 1 && values[2] == 2 && values[3] == 0x1p127 && values[4].isNaN)
    }

    @Test func packedFloats() {
        // Codes 0 … 7 of E2M1, low half first.
        #expect(decode(.float4, [0x10, 0x32, 0x54, 0x76], count: 8) == [0, 0.5, 1, 1.5, 2, 3, 4, 6])
        #expect(decode(.float4, [0xF9], count: 2) == [-0.5, -6])
        // Four codes of six bits in three bytes: 31, 32, 1, 63.
        let bits: UInt32 = 31 | 32 << 6 | 1 << 12 | 63 << 18
        let bytes = [UInt8(bits & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits >> 16)]
        #expect(decode(.float6E2M3, bytes, count: 4) == [7.5, -0.0, 0.125, -7.5])
        #expect(decode(.float6E3M2, bytes, count: 4) == [28, -0.0, 0.0625, -28])
    }

    @Test func integersOfBothByteOrders() {
        #expect(decode(.int16, [0xFE, 0xFF], count: 1) == [-2])
        #expect(decode(.int16, [0xFF, 0xFE], count: 1, swapped: true) == [-2])
        #expect(decode(.uint32, [1, 0, 0, 0x80], count: 1) == [2_147_483_648])
        #expect(decode(.int64, [UInt8](repeating: 0xFF, count: 8), count: 1) == [-1])
        #expect(decode(.uint64, [UInt8](repeating: 0xFF, count: 8), count: 1) == [0x1p64])
        #expect(decode(.bool, [0, 1, 7], count: 3) == [0, 1, 1])
        #expect(decode(.int8, [0x80], count: 1) == [-128])
    }

    @Test func doublesAndExtendedAreRounded() {
        let third = withUnsafeBytes(of: (1.0 / 3).bitPattern.littleEndian) { Array($0) }
        #expect(decode(.float64, third, count: 1) == [Float(1.0 / 3)])
        #expect(decode(.float64, third.reversed(), count: 1, swapped: true) == [Float(1.0 / 3)])
        // 1.5 in the x87 format: significand 0xC000…, exponent 16,383.
        let extended: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0xC0, 0xFF, 0x3F] + [UInt8](repeating: 0, count: 6)
        #expect(decode(.float80, extended, count: 1) == [1.5])
        #expect(decode(.float80, extended.reversed(), count: 1, swapped: true) == [1.5])
    }

    @Test func complexNumbersArePairs() {
        let bytes = [Float(1), 2, 3, 4].withUnsafeBytes { Array($0) }
        let view = TensorView(name: "c", elementType: .complex64, shape: Shape([2])!, source: ByteArray(bytes))!
        #expect(view.shape == Shape([2, 2]) && view.values(0..<4) == [1, 2, 3, 4])
    }
}

@Suite struct TensorViewTests {
    @Test func columnMajorOrder() {
        // A 2 × 3 matrix [[0,1,2],[3,4,5]] as stored by columns.
        let stored: [Float] = [0, 3, 1, 4, 2, 5]
        let view = TensorView(
            name: "f", elementType: .float32, shape: Shape([2, 3])!, strides: [1, 2], source: ByteArray(stored))!
        #expect(view.values(0..<6) == [0, 1, 2, 3, 4, 5])
        #expect(view.values(2..<5) == [2, 3, 4])
    }

    @Test func threeAxesByColumns() {
        let extents = [3, 4, 5]
        var stored = [Float](repeating: 0, count: 60)
        for i in 0..<3 { for j in 0..<4 { for k in 0..<5 { stored[i + 3 * j + 12 * k] = Float(i * 20 + j * 5 + k) } } }
        let view = TensorView(
            name: "f", elementType: .float32, shape: Shape(extents)!, strides: [1, 3, 12], source: ByteArray(stored))!
        #expect(view.values(0..<60) == (0..<60).map { Float($0) })
        #expect(view.values(37..<41) == [37, 38, 39, 40])
    }

    @Test func refusesDataBeyondTheSource() {
        let source = ByteArray([UInt8](repeating: 0, count: 16))
        #expect(TensorView(name: "t", elementType: .float32, shape: Shape([5])!, source: source) == nil)
        #expect(TensorView(name: "t", elementType: .float32, shape: Shape([4])!, source: source, byteOffset: 1) == nil)
        #expect(TensorView(name: "t", elementType: .float32, shape: Shape([3])!, source: source, byteOffset: 4) != nil)
        #expect(TensorView(name: "t", elementType: .float32, shape: Shape([0])!, source: source, byteOffset: 17) == nil)
    }

    @Test func unalignedDataIsDecoded() {
        let bytes: [UInt8] = [9] + [Float(1.5), -2].withUnsafeBytes { Array($0) }
        let view = TensorView(
            name: "t", elementType: .float32, shape: Shape([2])!, source: ByteArray(bytes), byteOffset: 1)!
        #expect(view.values(0..<2) == [1.5, -2])
    }
}
