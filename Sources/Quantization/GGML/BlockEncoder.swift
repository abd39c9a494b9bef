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

/// The ggml types that values can be encoded as, by the names of recipes.
enum BlockEncoderCatalog {
    static let encoders: [(name: String, encoder: any BlockEncoder.Type)] = [
        ("q4_0", Q4_0Encoder.self),
        ("q4_1", Q4_1Encoder.self),
        ("q5_0", Q5_0Encoder.self),
        ("q5_1", Q5_1Encoder.self),
        ("q8_0", Q8_0Encoder.self),
        ("q2_k", Q2_KEncoder.self),
        ("q3_k", Q3_KEncoder.self),
        ("q4_k", Q4_KEncoder.self),
        ("q5_k", Q5_KEncoder.self),
        ("q6_k", Q6_KEncoder.self),
        ("iq4_nl", IQ4_NLEncoder.self),
        ("iq4_xs", IQ4_XSEncoder.self),
        ("mxfp4", MXFP4Encoder.self),
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
