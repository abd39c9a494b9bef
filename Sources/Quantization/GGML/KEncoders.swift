import Tensors

// Super-blocks of 256: every run's best scale is found, then the scales are rounded to codes under the block's Float16 scales, and
// each rounded scale is moved by one code where that leaves a smaller error.

/// Scales and minima of a super-block as they are stored.
private struct AffineScales {
    var scale: [UInt8] = []
    var minimum: [UInt8] = []
    var d: Float
    var least: Float
    var error: Float = 0
}

/// The best stored scales and minima of runs of codes 0 … highest.
private func affineScales(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, run: Int, highest: Int, most: Int,
    dInto block: UnsafeMutableRawPointer, at offset: Int
) -> AffineScales {
    let searches = (0..<256 / run).map { index in
        RunSearch(x: x + index * run, weights: weights.map { $0 + index * run }, count: run)
    }
    let wanted = searches.map { $0.affine(highest: highest) }
    /// Codes of the scales under units that are rounded as they will be stored.
    func chosen(_ unit: Float, _ unitOfMinima: Float) -> AffineScales {
        var result = AffineScales(
            d: block.store(half: unit, at: offset), least: block.store(half: unitOfMinima, at: offset + 2))
        for (search, wanted) in zip(searches, wanted) {
            func code(_ value: Float, _ unit: Float) -> Int { unit > 0 ? nearestCode(value / unit, 0...most) : 0 }
            func error(_ pair: (scale: Int, minimum: Int)) -> Float {
                search.error(
                    scale: result.d * Float(pair.scale), minimum: result.least * Float(pair.minimum), highest: highest)
            }
            var best = (scale: code(wanted.scale, result.d), minimum: code(wanted.minimum, result.least))
            var lowest = error(best)
            // Steps to neighbouring codes for as long as they help.
            for _ in 0..<4 {
                let start = best
                for (ds, dm) in [(-1, 0), (1, 0), (0, -1), (0, 1), (1, 1), (-1, -1), (1, -1), (-1, 1)] {
                    let next = (scale: start.scale + ds, minimum: start.minimum + dm)
                    guard (0...most).contains(next.scale), (0...most).contains(next.minimum) else { continue }
                    let e = error(next)
                    if e < lowest { (best, lowest) = (next, e) }
                }
                if best == start { break }
            }
            result.scale.append(UInt8(best.scale))
            result.minimum.append(UInt8(best.minimum))
            result.error += lowest
        }
        return result
    }
    let top = Float(most)
    let largest = wanted.map { $0.scale }.max() ?? 0, unitOfMinima = (wanted.map { $0.minimum }.max() ?? 0) / top
    var first = chosen(largest / top, unitOfMinima)
    // Scales of few bits are coarse: a unit that gives the largest scale a lower code may suit all better.
    if most <= 15 {
        for code in 12...14 {
            let next = chosen(largest / Float(code), unitOfMinima)
            if next.error < first.error { first = next }
        }
    }
    let solved = solvedUnits(x, weights, first, run: run, highest: highest)
    let second = chosen(solved.0, solved.1)
    return second.error < first.error ? second : chosen(first.d, first.least)
}

/// The units d and dmin of the least error under given codes: of Σw(d·ls·q - dmin·lm - x)².
private func solvedUnits(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ scales: AffineScales, run: Int, highest: Int
) -> (Float, Float) {
    withCodes(256) { codes in
        affineCodes(x, scales, run: run, highest: highest, into: codes)
        var aa = 0.0, ab = 0.0, bb = 0.0, ax = 0.0, bx = 0.0
        for i in 0..<256 {
            let w = Double(weights?[i] ?? 1), value = Double(x[i])
            let a = Double(scales.scale[i / run]) * Double(codes[i]), b = Double(scales.minimum[i / run])
            aa += w * a * a
            ab += w * a * b
            bb += w * b * b
            ax += w * a * value
            bx += w * b * value
        }
        let determinant = ab * ab - aa * bb
        let unit = determinant < 0 ? (ab * bx - bb * ax) / determinant : aa > 0 ? ax / aa : 0
        let unitOfMinima = determinant < 0 ? (aa * bx - ab * ax) / determinant : 0
        guard unit > 0, unitOfMinima >= 0 else { return (scales.d, scales.least) }
        return (Float(unit), Float(unitOfMinima))
    }
}

private func affineCodes(
    _ x: UnsafePointer<Float>, _ scales: AffineScales, run: Int, highest: Int, into codes: UnsafeMutablePointer<UInt8>
) {
    for index in 0..<256 / run {
        RunSearch(x: x + index * run, weights: nil, count: run).codes(
            scale: scales.d * Float(scales.scale[index]), minimum: scales.least * Float(scales.minimum[index]),
            highest: highest, into: codes + index * run)
    }
}

enum Q2_KEncoder: BlockEncoder {
    typealias Block = Q2_K
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        let scales = affineScales(x, weights, run: 16, highest: 3, most: 15, dInto: block, at: 80)
        for i in 0..<16 {
            block.storeBytes(of: scales.scale[i] | scales.minimum[i] &<< 4, toByteOffset: i, as: UInt8.self)
        }
        withCodes(256) { codes in
            affineCodes(x, scales, run: 16, highest: 3, into: codes)
            for half in 0..<2 { (block + 16 + 32 &* half).store(quarters: codes + 128 &* half) }
        }
    }
}

/// Six bits each of eight scales and minima in twelve bytes.
private func storeScales(_ scales: AffineScales, into packed: UnsafeMutableRawPointer) {
    for i in 0..<4 {
        let (s, m, u, n) = (scales.scale[i], scales.minimum[i], scales.scale[4 + i], scales.minimum[4 + i])
        packed.storeBytes(of: s | (u &>> 4) << 6, toByteOffset: i, as: UInt8.self)
        packed.storeBytes(of: m | (n &>> 4) << 6, toByteOffset: 4 + i, as: UInt8.self)
        packed.storeBytes(of: u & 0xF | n &<< 4, toByteOffset: 8 + i, as: UInt8.self)
    }
}

enum Q4_KEncoder: BlockEncoder {
    typealias Block = Q4_K
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        let scales = affineScales(x, weights, run: 32, highest: 15, most: 63, dInto: block, at: 0)
        storeScales(scales, into: block + 4)
        withCodes(256) { codes in
            affineCodes(x, scales, run: 32, highest: 15, into: codes)
            for pair in 0..<4 { (block + 16 + 32 &* pair).store(halves: codes + 64 &* pair, count: 32) }
        }
    }
}

enum Q5_KEncoder: BlockEncoder {
    typealias Block = Q5_K
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        let scales = affineScales(x, weights, run: 32, highest: 31, most: 63, dInto: block, at: 0)
        storeScales(scales, into: block + 4)
        withCodes(256) { codes in
            affineCodes(x, scales, run: 32, highest: 31, into: codes)
            for i in 0..<32 {
                var fifth: UInt8 = 0
                for part in 0..<8 { fifth |= (codes[32 &* part &+ i] &>> 4 & 1) &<< UInt8(part) }
                block.storeBytes(of: fifth, toByteOffset: 16 &+ i, as: UInt8.self)
            }
            for pair in 0..<4 { (block + 48 + 32 &* pair).store(halves: codes + 64 &* pair, count: 32) }
        }
    }
}

/// The best stored scales of runs of codes around zero: integers `lowest` … -lowest - 1 under d, the largest being `lowest`.
private func signedScales(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, low: Int, high: Int, lowest: Int,
    dInto block: UnsafeMutableRawPointer, at offset: Int
) -> (d: Float, scales: [Int]) {
    let searches = (0..<16).map { index in
        RunSearch(x: x + index * 16, weights: weights.map { $0 + index * 16 }, count: 16)
    }
    let wanted = searches.map { $0.symmetric(low: low, high: high).scale }
    /// Codes of the scales under a unit that is rounded as it will be stored.
    func chosen(_ unit: Float) -> (d: Float, scales: [Int], error: Float) {
        let d = block.store(half: unit, at: offset)
        guard d != 0 else { return (d, [Int](repeating: 0, count: 16), .infinity) }
        var total: Float = 0
        let scales = zip(searches, wanted).map { search, scale -> Int in
            func error(_ code: Int) -> Float { search.error(scale: d * Float(code), low: low, high: high) }
            let start = nearestCode(scale / d, lowest...(-lowest - 1))
            var best = start, least = error(start)
            // The other sign takes the codes of the other end; both ends may do.
            for code in [start - 2, start - 1, start + 1, start + 2, -start - 1, -start, -start + 1]
            where (lowest...(-lowest - 1)).contains(code) {
                let e = error(code)
                if e < least { (best, least) = (code, e) }
            }
            total += least
            return best
        }
        return (d, scales, total)
    }
    let first = chosen((wanted.max { abs($0) < abs($1) } ?? 0) / Float(lowest))
    // The unit of the least error under these codes.
    var product = 0.0, square = 0.0
    withCodes(16) { codes in
        for (index, scale) in first.scales.enumerated() {
            searches[index].codes(scale: first.d * Float(scale), low: low, high: high, into: codes)
            for i in 0..<16 {
                let w = Double(weights?[index * 16 + i] ?? 1), level = Double(scale * (Int(codes[i]) + low))
                product += w * level * Double(x[index * 16 + i])
                square += w * level * level
            }
        }
    }
    if square > 0, product != 0 {
        let second = chosen(Float(product / square))
        if second.error < first.error { return (second.d, second.scales) }
    }
    let kept = chosen(first.d)
    return (kept.d, kept.scales)
}

enum Q3_KEncoder: BlockEncoder {
    typealias Block = Q3_K
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        let (d, scales) = signedScales(x, weights, low: -4, high: 3, lowest: -32, dInto: block, at: 108)
        let packed = scales.map { UInt8($0 + 32) }
        for i in 0..<8 {
            block.storeBytes(of: packed[i] & 0xF | packed[8 + i] &<< 4, toByteOffset: 96 + i, as: UInt8.self)
        }
        for i in 0..<4 {
            var high: UInt8 = 0
            for part in 0..<4 { high |= (packed[4 * part + i] &>> 4) << UInt8(2 * part) }
            block.storeBytes(of: high, toByteOffset: 104 + i, as: UInt8.self)
        }
        withCodes(256) { codes in
            for (index, scale) in scales.enumerated() {
                RunSearch(x: x + index * 16, weights: nil, count: 16).codes(
                    scale: d * Float(scale), low: -4, high: 3, into: codes + index * 16)
            }
            for half in 0..<2 { (block + 32 + 32 &* half).store(quarters: codes + 128 &* half) }
            for i in 0..<32 {
                var third: UInt8 = 0
                for part in 0..<8 { third |= (codes[32 &* part &+ i] &>> 2 & 1) &<< UInt8(part) }
                block.storeBytes(of: third, toByteOffset: i, as: UInt8.self)
            }
        }
    }
}

enum Q6_KEncoder: BlockEncoder {
    typealias Block = Q6_K
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        let (d, scales) = signedScales(x, weights, low: -32, high: 31, lowest: -128, dInto: block, at: 208)
        for (i, scale) in scales.enumerated() {
            block.storeBytes(of: Int8(scale), toByteOffset: 192 + i, as: Int8.self)
        }
        withCodes(256) { codes in
            for (index, scale) in scales.enumerated() {
                RunSearch(x: x + index * 16, weights: nil, count: 16).codes(
                    scale: d * Float(scale), low: -32, high: 31, into: codes + index * 16)
            }
            for half in 0..<2 {
                let codes = codes + 128 &* half
                (block + 64 &* half).store(halves: codes, count: 64)
                for i in 0..<32 {
                    let low = codes[i] &>> 4 | (codes[32 &+ i] &>> 4) << 2
                    block.storeBytes(
                        of: low | (codes[64 &+ i] &>> 4) << 4 | (codes[96 &+ i] &>> 4) << 6,
                        toByteOffset: 128 &+ 32 &* half &+ i, as: UInt8.self)
                }
            }
        }
    }
}
