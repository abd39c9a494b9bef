import Platform
import Tensors

// Blocks of 32 under one scale. Without weights these are the bytes of ggml's reference quantizer: codes follow from the scale
// in Float32, and values are read back with the scale as stored in Float16.

/// The value of the largest magnitude, with its sign; the first of several.
@inline(__always)
private func largest(_ x: UnsafePointer<Float>) -> Float {
    var largest: Float = 0
    for i in 0..<32 where abs(x[i]) > abs(largest) { largest = x[i] }
    return largest
}

@inline(__always)
private func inverse(_ scale: Float) -> Float { scale == 0 ? 0 : max(-0x1p126, min(0x1p126, 1 / scale)) }

/// Codes -zero … zero - 1 under a scale that gives the largest value the code -zero.
private func encodeSigned(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, zero: Int, scaleInto block: UnsafeMutableRawPointer,
    codes: UnsafeMutablePointer<UInt8>
) {
    if let weights {
        let search = RunSearch(x: x, weights: weights, count: 32)
        let wish = search.symmetric(low: -zero, high: zero - 1).scale
        let scale = search.storedScale(wish, low: -zero, high: zero - 1) { block.store(half: $0, at: 0) }
        block.store(half: scale, at: 0)
        return search.codes(scale: scale, low: -zero, high: zero - 1, into: codes)
    }
    let scale = largest(x) / Float(-zero), factor = inverse(scale)
    block.store(half: scale, at: 0)
    // Truncation after a half is added rounds halves up.
    for i in 0..<32 { codes[i] = UInt8(min(Float(2 * zero - 1), x[i] * factor + Float(zero) + 0.5)) }
}

/// Codes 0 … highest over the minimum.
private func encodeAffine(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, highest: Int,
    scalesInto block: UnsafeMutableRawPointer, codes: UnsafeMutablePointer<UInt8>
) {
    var low = x[0], high = x[0]
    for i in 1..<32 {
        low = min(low, x[i])
        high = max(high, x[i])
    }
    let top = Float(highest)
    if let weights {
        let search = RunSearch(x: x, weights: weights, count: 32)
        let found = search.affine(highest: highest, isFree: true)
        // Float16 rounds both: the minimum makes up for what the scale lost, and the scales beside the nearest are tried too.
        var best = RunSearch.Affine()
        for wish in [found.scale, Float(Float16(found.scale).nextUp), Float(Float16(found.scale).nextDown)] {
            let scale = max(0, block.store(half: wish, at: 0))
            var minimum = found.minimum
            for _ in 0..<2 {
                minimum = -block.store(half: -minimum, at: 2)
                let error = Double(search.error(scale: scale, minimum: minimum, highest: highest))
                if error < best.error { best = RunSearch.Affine(scale: scale, minimum: minimum, error: error) }
                minimum += search.meanError(scale: scale, minimum: minimum, highest: highest)
            }
        }
        block.store(half: best.scale, at: 0)
        block.store(half: -best.minimum, at: 2)
        return search.codes(scale: best.scale, minimum: best.minimum, highest: highest, into: codes)
    }
    // The span of huge values overflows; half of it does not.
    let span = high - low
    let scale = (span.isFinite ? span / top : (high / 2 - low / 2) / top * 2), factor = inverse(scale)
    block.store(half: scale, at: 0)
    block.store(half: low, at: 2)
    for i in 0..<32 { codes[i] = UInt8(min(top, max(0, (x[i] - low) * factor + 0.5))) }
}

/// Four or five bits: the fifth ones share a word.
private func storeFifthBits(_ codes: UnsafePointer<UInt8>, into block: UnsafeMutableRawPointer) {
    var bits: UInt32 = 0
    for i in 0..<32 { bits |= UInt32(codes[i] &>> 4 & 1) &<< UInt32(truncatingIfNeeded: i) }
    block.storeBytes(of: bits.littleEndian, as: UInt32.self)
}

enum Q4_0Encoder: BlockEncoder {
    typealias Block = Q4_0
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        withCodes(32) { codes in
            encodeSigned(x, weights, zero: 8, scaleInto: block, codes: codes)
            (block + 2).store(halves: codes, count: 16)
        }
    }
}

enum Q5_0Encoder: BlockEncoder {
    typealias Block = Q5_0
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        withCodes(32) { codes in
            encodeSigned(x, weights, zero: 16, scaleInto: block, codes: codes)
            storeFifthBits(codes, into: block + 2)
            (block + 6).store(halves: codes, count: 16)
        }
    }
}

enum Q4_1Encoder: BlockEncoder {
    typealias Block = Q4_1
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        withCodes(32) { codes in
            encodeAffine(x, weights, highest: 15, scalesInto: block, codes: codes)
            (block + 4).store(halves: codes, count: 16)
        }
    }
}

enum Q5_1Encoder: BlockEncoder {
    typealias Block = Q5_1
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        withCodes(32) { codes in
            encodeAffine(x, weights, highest: 31, scalesInto: block, codes: codes)
            storeFifthBits(codes, into: block + 4)
            (block + 8).store(halves: codes, count: 16)
        }
    }
}

/// Rounds halves away from zero.
enum Q8_0Encoder: BlockEncoder {
    typealias Block = Q8_0
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        let scale = abs(largest(x)) / 127, factor = inverse(scale)
        block.store(half: scale, at: 0)
        for i in 0..<32 {
            let code = max(-127, min(127, (x[i] * factor).rounded(.toNearestOrAwayFromZero)))
            block.storeBytes(of: Int8(code), toByteOffset: 2 &+ i, as: Int8.self)
        }
    }
}

/// The power of two that OCP's floor rule gives; the nearest level of E2M1, the first of two.
enum MXFP4Encoder: BlockEncoder {
    typealias Block = MXFP4Block
    private static let levels: [Float] = [0, 1, 2, 3, 4, 6, 8, 12, -0.0, -1, -2, -3, -4, -6, -8, -12]

    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        let t = abs(largest(x))
        // ggml takes the logarithm in Float32, which just below a power of two may be that of the power.
        let exponent = t > 0 ? max(0, min(254, Int(floor(log2f(t))) - 2 + 127)) : 0
        let scale = MXFP4Block.halfPower(UInt8(exponent))
        block.storeBytes(of: UInt8(exponent), as: UInt8.self)
        withCodes(32) { codes in
            for i in 0..<32 {
                var best = 0, least = Float.infinity
                for (code, level) in levels.enumerated() {
                    let distance = abs(level * scale - x[i])
                    if distance < least { (best, least) = (code, distance) }
                }
                codes[i] = UInt8(best)
            }
            (block + 1).store(halves: codes, count: 16)
        }
    }
}
