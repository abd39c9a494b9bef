import Tensors

/// Looks for the scale of a run of values under the uneven levels of IQ4_NL.
private struct BookSearch: ScaledRun {
    let x: UnsafePointer<Float>
    let weights: UnsafePointer<Float>?

    typealias Lanes = SIMD16<Float>

    private static let levels = IQ4_NL.book.map { Float($0) }
    /// The middles between neighbouring levels, and the levels above them.
    private static let steps = zip(levels, levels.dropFirst()).map { below, above in ((below + above) / 2, above) }

    @inline(__always)
    private static func lanes(_ x: UnsafePointer<Float>, _ part: Int) -> Lanes {
        UnsafeRawPointer(x + part &* 16).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private func weight(_ part: Int) -> Lanes { weights.map { Self.lanes($0, part) } ?? Lanes(repeating: 1) }

    /// The nearest levels; of two the lower one.
    @inline(__always)
    private static func nearest(_ t: Lanes, _ steps: UnsafeBufferPointer<(Float, Float)>) -> Lanes {
        var level = Lanes(repeating: -127)
        for i in 0..<15 { level.replace(with: steps[i].1, where: t .> steps[i].0) }
        return level
    }

    /// Under codes of x·inverse: Σ w·x·level, Σ w·level².
    private func sums(_ inverse: Float) -> (Float, Float) {
        Self.steps.withUnsafeBufferPointer { steps in
            var product = Lanes(), square = Lanes()
            for part in 0..<2 {
                let x = Self.lanes(x, part), level = Self.nearest(x * inverse, steps), weighted = weight(part) * level
                product += weighted * x
                square += weighted * level
            }
            return (product.sum(), square.sum())
        }
    }

    /// The scale of the least error, of either sign.
    private(set) var bestScale: Float = 0

    init(x: UnsafePointer<Float>, weights: UnsafePointer<Float>?) {
        self.x = x
        self.weights = weights
        bestScale = scale()
    }

    private func scale() -> Float {
        var largest: Float = 0
        for i in 0..<32 where abs(x[i]) > abs(largest) { largest = x[i] }
        guard largest != 0 else { return 0 }
        var best: Float = 0, most: Float = -1
        func attempt(_ inverse: Float) {
            guard inverse.isFinite else { return }
            let (product, square) = sums(inverse)
            // The error under the best scale is Σwx² - product²/square.
            if square > 0, product * (product / square) > most {
                (best, most) = (product / square, product * (product / square))
            }
        }
        for end in [Self.levels[0], Self.levels[15]] {
            for step in -7...7 {
                attempt((end + Float(step)) / largest)
            }
        }
        if let weights, (1..<32).contains(where: { weights[$0] != weights[0] }) {
            // What weighs most may take any level.
            var heavy = 0
            for i in 1..<32 where weights[i] * x[i] * x[i] > weights[heavy] * x[heavy] * x[heavy] { heavy = i }
            if x[heavy] != 0 { for level in Self.levels { attempt(level / x[heavy]) } }
        }
        for _ in 0..<2 where best != 0 { attempt(1 / best) }
        return best
    }

    /// The scale that leaves the least error as it is stored: where values are few or tiny, other levels have rounder scales.
    func storedScale(_ stored: (Float) -> Float) -> Float {
        var best = bestScale, least = error(stored(best))
        guard least > 1.003 * error(best) + power * 1e-9 else { return best }
        var largest: Float = 0
        for i in 0..<32 where abs(x[i]) > abs(largest) { largest = x[i] }
        func attempt(_ scale: Float) {
            let error = error(stored(scale))
            if error < least { (best, least) = (scale, error) }
        }
        for level in Self.levels {
            attempt(largest / level)
            // Where all values are near one another, the half precision of the scale is what is coarse: the best one's neighbours.
            let (product, square) = sums(level / largest)
            guard square > 0, product != 0 else { continue }
            for step in -1...1 { attempt(product / square * (1 + Float(step) * 0x1p-11)) }
        }
        return best
    }

    func fit(_ scale: Float) -> (product: Double, square: Double) {
        let (product, square) = sums(scale == 0 ? 0 : max(-1e30, min(1e30, 1 / scale)))
        return (Double(product), Double(square))
    }

    var power: Float {
        var sum = Lanes()
        for part in 0..<2 {
            let x = Self.lanes(x, part)
            sum += weight(part) * x * x
        }
        return sum.sum()
    }

    func error(_ scale: Float) -> Float {
        let inverse = scale == 0 ? 0 : max(-1e30, min(1e30, 1 / scale))
        return Self.steps.withUnsafeBufferPointer { steps in
            var sum = Lanes()
            for part in 0..<2 {
                let x = Self.lanes(x, part), e = scale * Self.nearest(x * inverse, steps) - x
                sum += weight(part) * e * e
            }
            return sum.sum()
        }
    }

    func codes(_ scale: Float, into codes: UnsafeMutablePointer<UInt8>) {
        let inverse = scale == 0 ? 0 : max(-1e30, min(1e30, 1 / scale))
        for i in 0..<32 {
            let t = x[i] * inverse
            codes[i] = Self.steps.reduce(0) { $0 + (t > $1.0 ? 1 : 0) }
        }
    }
}

enum IQ4_NLEncoder: BlockEncoder {
    typealias Block = IQ4_NL
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        let search = BookSearch(x: x, weights: weights)
        let scale = block.store(half: search.storedScale { block.store(half: $0, at: 0) }, at: 0)
        withCodes(32) { codes in
            search.codes(scale, into: codes)
            (block + 2).store(halves: codes, count: 16)
        }
    }
}

enum IQ4_XSEncoder: BlockEncoder {
    typealias Block = IQ4_XS
    static func encode(_ x: UnsafePointer<Float>, weights: UnsafePointer<Float>?, into block: UnsafeMutableRawPointer) {
        let searches = (0..<8).map { index in
            BookSearch(x: x + 32 * index, weights: weights.map { $0 + 32 * index })
        }
        let coded = codedScales(searches, codes: -32...31, outermost: -32) { block.store(half: $0, at: 0) }
        let d = block.store(half: coded.unit, at: 0), scales = coded.codes
        var high: UInt16 = 0
        for i in 0..<8 { high |= (UInt16(scales[i] + 32) &>> 4) << UInt16(2 * i) }
        block.storeBytes(of: high.littleEndian, toByteOffset: 2, as: UInt16.self)
        for i in 0..<4 {
            let pair = UInt8(scales[2 * i] + 32) & 0xF | UInt8(scales[2 * i + 1] + 32) &<< 4
            block.storeBytes(of: pair, toByteOffset: 4 + i, as: UInt8.self)
        }
        withCodes(32) { codes in
            for i in 0..<8 {
                searches[i].codes(d * Float(scales[i]), into: codes)
                (block + 8 + 16 * i).store(halves: codes, count: 16)
            }
        }
    }
}
