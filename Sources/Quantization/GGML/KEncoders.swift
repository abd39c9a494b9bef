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
    /// The runs that lost most by storing.
    var poor: [Int] = []
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
    let hoped = zip(searches, wanted).map { search, wanted in
        search.error(scale: wanted.scale, minimum: wanted.minimum, highest: highest)
    }
    let loss = StorageLoss(hoped: hoped, power: searches.reduce(0) { $0 + $1.power })
    /// Codes of the scales under units that are rounded as they will be stored.
    func chosen(_ unit: Float, _ unitOfMinima: Float) -> AffineScales {
        var result = AffineScales(
            d: block.store(half: unit, at: offset), least: block.store(half: unitOfMinima, at: offset + 2))
        for (index, search) in searches.enumerated() {
            var run = StoredRun(search, d: result.d, least: result.least, highest: highest, most: most)
            run.walk(from: wanted[index])
            if run.error > hoped[index] + loss.ofRun {
                run.lookAtScales(near: wanted[index], within: run.error > 3 * hoped[index] + loss.ofRun ? most : 4)
                if run.error > hoped[index] + loss.ofRun { result.poor.append(index) }
            }
            result.scale.append(UInt8(run.scale))
            result.minimum.append(UInt8(run.minimum))
            result.error += run.error
        }
        return result
    }
    func refined(_ start: AffineScales) -> AffineScales {
        var best = start
        for _ in 0..<3 {
            let units = solvedUnits(x, weights, best, run: run, highest: highest)
            let next = chosen(units.0, units.1)
            guard next.error < best.error else { break }
            best = next
            if best.error <= loss.limit { break }
        }
        return best
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
    var best = refined(first)
    if best.error > loss.limit {
        // Other units: lower codes for the largest scale, or a code of its own for the scale and the minimum of a poor run.
        var wishes = (1...3).map { (largest / (top - Float($0)), unitOfMinima) }
        wishes += (1...3).map { (largest / top, unitOfMinima * top / (top - Float($0))) }
        wishes += StorageLoss.coarserCodes(best.d, below: most).map { (largest / $0, unitOfMinima) }
        for index in best.poor.prefix(4) {
            func unit(_ value: Float, _ unit: Float) -> Float {
                guard value > 0, unit > 0 else { return unit }
                return value / max(1, min(top, (value / unit).rounded(.down)))
            }
            let own = (unit(wanted[index].scale, best.d), unit(wanted[index].minimum, best.least))
            wishes += [own, (own.0, best.least), (best.d, own.1)]
        }
        for other in wishes.map({ chosen($0.0, $0.1) }).sorted(by: { $0.error < $1.error }).prefix(3) {
            let other = refined(other)
            if other.error < best.error { best = other }
        }
    }
    block.store(half: best.d, at: offset)
    block.store(half: best.least, at: offset + 2)
    return best
}

/// The codes of one run's scale and minimum under given units.
private struct StoredRun {
    private let search: RunSearch
    private let d: Float
    private let least: Float
    private let highest: Int
    private let codes: ClosedRange<Int>
    private(set) var scale = 0
    private(set) var minimum = 0
    private(set) var error = Float.infinity

    init(_ search: RunSearch, d: Float, least: Float, highest: Int, most: Int) {
        self.search = search
        self.d = d
        self.least = least
        self.highest = highest
        codes = 0...most
    }

    private func code(_ value: Float, _ unit: Float) -> Int { unit > 0 ? nearestCode(value / unit, codes) : 0 }

    private mutating func look(_ scale: Int, _ minimum: Int) {
        guard codes.contains(scale), codes.contains(minimum) else { return }
        let error = search.error(scale: d * Float(scale), minimum: least * Float(minimum), highest: highest)
        if error < self.error { (self.scale, self.minimum, self.error) = (scale, minimum, error) }
    }

    /// From what the run wants, steps to neighbouring codes for as long as they help.
    mutating func walk(from wanted: RunSearch.Affine) {
        look(code(wanted.scale, d), code(wanted.minimum, least))
        for _ in 0..<4 {
            let start = (scale, minimum)
            for (ds, dm) in [(-1, 0), (1, 0), (0, -1), (0, 1), (1, 1), (-1, -1), (1, -1), (-1, 1)] {
                look(start.0 + ds, start.1 + dm)
            }
            if start == (scale, minimum) { break }
        }
    }

    /// Scales within some codes of the best, with the minima that then suit best: the wanted one, the one that covers the least
    /// value, and what the nearest levels leave.
    mutating func lookAtScales(near wanted: RunSearch.Affine, within reach: Int) {
        for scale in max(0, self.scale - reach)...min(codes.upperBound, self.scale + reach) {
            for minimum in [wanted.minimum, max(0, -search.lowest)] {
                let start = code(minimum, least)
                look(scale, start)
                let rest = search.meanError(
                    scale: d * Float(scale), minimum: least * Float(start), highest: highest)
                let better = code(least * Float(start) + rest, least)
                look(scale, better)
                look(scale, better + (rest > 0 ? 1 : -1))
            }
        }
    }
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

/// A run of codes around zero.
private struct SignedRun: ScaledRun {
    let search: RunSearch
    let low: Int
    let high: Int
    let bestScale: Float

    init(_ search: RunSearch, low: Int, high: Int) {
        self.search = search
        self.low = low
        self.high = high
        bestScale = search.symmetric(low: low, high: high).scale
    }

    func error(_ scale: Float) -> Float { search.error(scale: scale, low: low, high: high) }
    func fit(_ scale: Float) -> (product: Double, square: Double) { search.fit(scale: scale, low: low, high: high) }
    var power: Float { search.power }
}

/// The best stored scales of runs of codes around zero: integers `lowest` … -lowest - 1 under d, the largest being `lowest`.
private func signedScales(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, low: Int, high: Int, lowest: Int,
    dInto block: UnsafeMutableRawPointer, at offset: Int
) -> (d: Float, scales: [Int]) {
    let runs = (0..<16).map { index in
        SignedRun(
            RunSearch(x: x + index * 16, weights: weights.map { $0 + index * 16 }, count: 16), low: low, high: high)
    }
    let coded = codedScales(runs, codes: lowest...(-lowest - 1), outermost: lowest) {
        block.store(half: $0, at: offset)
    }
    block.store(half: coded.unit, at: offset)
    return (coded.unit, coded.codes)
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
