import Tensors

/// Makes blocks of one ggml type of values: the other direction of `BlockType`.
///
/// Types without a search give the bytes of ggml's reference quantizer. The others look for scales of the least squared error by
/// a search of their own, which also knows how scales are rounded. A new one is an enum here and a line in `BlockEncoderCatalog`.
protocol BlockEncoder: Sendable {
    associatedtype Block: BlockType
    /// Encodes `Block.elements` finite values.
    ///
    /// - Parameter weights: what a squared error counts, by element; nil where all count alike.
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer)
}

extension BlockEncoder {
    static var block: any BlockType.Type { Block.self }
}

/// The ggml types that values can be encoded as.
enum BlockEncoderCatalog {
    struct Entry: Sendable {
        /// As recipes write it.
        let name: String
        let encoder: any BlockEncoder.Type
        /// What scales are multiplied by, ascending.
        let levels: [Int8]
        let words: String

        init(_ name: String, _ encoder: any BlockEncoder.Type, _ levels: [Int8], _ words: String) {
            self.name = name
            self.encoder = encoder
            self.levels = levels
            self.words = words
        }
    }

    static let entries = [
        Entry("q4_0", Q4_0Encoder.self, Array(-8...7), "32 codes −8…7 under one F16 scale, the largest value at −8"),
        Entry("q4_1", Q4_1Encoder.self, Array(0...15), "32 codes 0…15 between minimum and maximum, both F16"),
        Entry(
            "q5_0", Q5_0Encoder.self, Array(-16...15), "32 codes −16…15 under one F16 scale, the largest value at −16"),
        Entry("q5_1", Q5_1Encoder.self, Array(0...31), "32 codes 0…31 between minimum and maximum, both F16"),
        Entry("q8_0", Q8_0Encoder.self, Array(-127...127), "32 codes −127…127 under one F16 scale"),
        Entry(
            "q2_k", Q2_KEncoder.self, Array(0...3), "256 values: runs of 16 with codes 0…3, scales and minima of 4 bits"
        ),
        Entry("q3_k", Q3_KEncoder.self, Array(-4...3), "256 values: runs of 16 with codes −4…3, scales of 6 bits"),
        Entry(
            "q4_k", Q4_KEncoder.self, Array(0...15),
            "256 values: runs of 32 with codes 0…15, scales and minima of 6 bits"),
        Entry(
            "q5_k", Q5_KEncoder.self, Array(0...31),
            "256 values: runs of 32 with codes 0…31, scales and minima of 6 bits"),
        Entry("q6_k", Q6_KEncoder.self, Array(-32...31), "256 values: runs of 16 with codes −32…31, scales of 8 bits"),
        Entry("iq4_nl", IQ4_NLEncoder.self, IQ4_NL.book, "32 values on 16 uneven levels under one F16 scale"),
        Entry(
            "iq4_xs", IQ4_XSEncoder.self, IQ4_NL.book, "256 values: runs of 32 on 16 uneven levels, scales of 6 bits"),
        Entry(
            "mxfp4", MXFP4Encoder.self, [-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12],
            "32 E2M1 values, levels doubled, under one power of two"),
    ]
}

// How the fields of blocks are written.
extension UnsafeMutableRawPointer {
    /// Stores a scale as Float16, finite, and returns what is stored.
    @discardableResult
    @inline(__always)
    func store(half value: Float, at offset: Int) -> Float {
        let limited = max(-65_504, min(65_504, value)), half = Float16(limited)
        storeBytes(of: half.bitPattern.littleEndian, toByteOffset: offset, as: UInt16.self)
        return Float(half)
    }

    /// Stores 2·count codes as halves of `count` bytes: the first ones low, the second ones high.
    @inline(__always)
    func store(halves codes: UnsafePointer<UInt8>, count: Int) {
        for i in 0..<count {
            storeBytes(of: codes[i] & 0xF | codes[count &+ i] &<< 4, toByteOffset: i, as: UInt8.self)
        }
    }

    /// Stores 128 codes of two bits in 32 bytes, as `quarters(of:)` reads them.
    @inline(__always)
    func store(quarters codes: UnsafePointer<UInt8>) {
        for i in 0..<32 {
            let low = codes[i] & 3 | (codes[32 &+ i] & 3) &<< 2
            storeBytes(of: low | (codes[64 &+ i] & 3) &<< 4 | codes[96 &+ i] &<< 6, toByteOffset: i, as: UInt8.self)
        }
    }
}

/// The code nearest to a value, ties to even, within bounds; the lowest for no number.
@inline(__always)
func nearestCode(_ value: Float, _ codes: ClosedRange<Int>) -> Int {
    let low = Float(codes.lowerBound)
    return value >= low ? Int(min(value, Float(codes.upperBound)).rounded(.toNearestOrEven)) : codes.lowerBound
}

/// Lends room for the codes of a block.
@inline(__always)
func withCodes<Result>(_ count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { body($0.baseAddress!) }
}
