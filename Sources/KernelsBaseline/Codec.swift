import KernelTypes

/// What a format makes of sixteen neighbours.
struct Encoded {
    /// x̂
    var reconstruction: Kernels.Lanes
    var isClipped: SIMDMask<SIMD16<Int32>>
    /// Codes from zero on.
    var code: Kernels.Words
}

/// A format over sixteen lanes whose grids come from a source.
protocol Codec {
    associatedtype Single: Codec
    /// `at` is the position in the source's columns, `index` that in the tensor.
    func encode(_ x: Kernels.Lanes, at: Int, index: UInt64) -> Encoded
    /// The same with the grid of one element for all lanes.
    func single(_ at: Int) -> Single
}

/// Equal steps: r = round(clamp(x/S)), x̂ = S·r.
struct AffineCodec<Source: GridSource, Rule: RoundingRule>: Codec {
    let source: Source
    let rule: Rule

    @inline(__always)
    func encode(_ x: Kernels.Lanes, at: Int, index: UInt64) -> Encoded {
        let low = source.low(at), high = source.high(at)
        let t = rule.quotient(x, inverse: source.inverse(at), scale: source.scale(at))
        var limited = t
        limited.replace(with: low, where: t .< low)
        limited.replace(with: high, where: limited .> high)
        let r = rule.round(limited, index: index)
        return Encoded(
            reconstruction: r * source.scale(at), isClipped: (t .< low - 0.5) .| (t .> high + 0.5),
            code: unsafeBitCast(r + Kernels.magic, to: Kernels.Words.self)
                &- unsafeBitCast(low + Kernels.magic, to: Kernels.Words.self))
    }

    @inline(__always)
    func single(_ at: Int) -> AffineCodec<OneGrid, Rule> {
        AffineCodec<OneGrid, Rule>(source: OneGrid(grid: source.element(at)), rule: rule)
    }
}

/// A small floating-point type: x/S is rounded to a multiple of its binade's step, ties to even, by adding 1.5·2²³ steps.
struct SmallFloatCodec<Source: GridSource>: Codec {
    let source: Source
    let grid: KernelSmallFloat
    private let digits: UInt32
    private let leastBits: UInt32

    init(_ source: Source, _ grid: KernelSmallFloat) {
        self.source = source
        self.grid = grid
        digits = UInt32(grid.mantissaBits)
        leastBits = grid.leastNormal.bitPattern
    }

    @inline(__always)
    func encode(_ x: Kernels.Lanes, at: Int, index: UInt64) -> Encoded {
        typealias Words = Kernels.Words
        let scale = source.scale(at), t = x / scale
        let largest = Kernels.Lanes(repeating: grid.largest)
        var limited = t
        limited.replace(with: largest, where: t .> largest)
        limited.replace(with: -largest, where: t .< -largest)
        // The binade's power of two, or that of the smallest normal number.
        var power = unsafeBitCast(limited, to: Words.self) & Words(repeating: 0x7F80_0000)
        let least = Words(repeating: leastBits)
        power.replace(with: least, where: power .< least)
        let magicBits = (power &+ Words(repeating: (23 &- digits) &<< 23)) | Words(repeating: 0x40_0000)
        let magic = unsafeBitCast(magicBits, to: Kernels.Lanes.self)
        let sum = limited + magic
        // How many steps, and the code: those of the binades below come first.
        let steps = unsafeBitCast(sum, to: Words.self) &- magicBits
        let below = ((power &- least) &>> 23) &<< Words(repeating: digits)
        var code = steps &+ below
        code.replace(with: steps &- below, where: limited .< Kernels.Lanes(repeating: 0))
        return Encoded(
            reconstruction: (sum - magic) * scale,
            isClipped: Kernels.magnitude(t) .> Kernels.Lanes(repeating: grid.clipLimit),
            code: code &+ Words(repeating: UInt32(grid.zeroPlace)))
    }

    @inline(__always)
    func single(_ at: Int) -> SmallFloatCodec<OneGrid> {
        SmallFloatCodec<OneGrid>(OneGrid(grid: source.element(at)), grid)
    }
}

extension KernelBook {
    /// Of lanes x/S = t whose levels are found.
    @inline(__always)
    fileprivate func encoded(
        _ t: Kernels.Lanes, level: Kernels.Lanes, scale: Kernels.Lanes, code: Kernels.Words
    ) -> Encoded {
        Encoded(
            reconstruction: level * scale,
            isClipped: (t .< Kernels.Lanes(repeating: clipLow)) .| (t .> Kernels.Lanes(repeating: clipHigh)),
            code: code)
    }
}

/// Levels in a book: the code is the number of thresholds at or below x/S, counted one after the other.
struct BookCodec<Source: GridSource>: Codec {
    let source: Source
    let book: KernelBook

    @inline(__always)
    func encode(_ x: Kernels.Lanes, at: Int, index: UInt64) -> Encoded {
        let scale = source.scale(at), t = x / scale
        var level = Kernels.Lanes(repeating: book.levels[0]), code = Kernels.Words(repeating: 0)
        var k = 1
        while k < book.count {
            let isAbove = t .>= Kernels.Lanes(repeating: book.thresholds[k &- 1])
            level.replace(with: Kernels.Lanes(repeating: book.levels[k]), where: isAbove)
            code.replace(with: Kernels.Words(repeating: UInt32(truncatingIfNeeded: k)), where: isAbove)
            k &+= 1
        }
        return book.encoded(t, level: level, scale: scale, code: code)
    }

    @inline(__always)
    func single(_ at: Int) -> BookCodec<OneGrid> {
        BookCodec<OneGrid>(source: OneGrid(grid: source.element(at)), book: book)
    }
}

/// The same for books too long to be gone through: each lane halves the book until one level is left.
struct LongBookCodec<Source: GridSource>: Codec {
    let source: Source
    let book: KernelBook

    /// From this many levels on.
    static var shortest: Int { 33 }

    @inline(__always)
    func encode(_ x: Kernels.Lanes, at: Int, index: UInt64) -> Encoded {
        let scale = source.scale(at), t = x / scale
        var level = Kernels.Lanes(repeating: 0), code = Kernels.Words(repeating: 0)
        let thresholds = book.thresholds, levels = book.levels, size = book.count
        withUnsafeBytes(of: t) { values in
            withUnsafeMutableBytes(of: &level) { outputs in
                withUnsafeMutableBytes(of: &code) { codes in
                    guard let values = values.assumingMemoryBound(to: Float.self).baseAddress,
                        let outputs = outputs.assumingMemoryBound(to: Float.self).baseAddress,
                        let codes = codes.assumingMemoryBound(to: UInt32.self).baseAddress
                    else { return }
                    // All lanes side by side: each step waits for the one before it. A product, since a choice would become
                    // a branch that is mistaken half of the time.
                    var count = size
                    while count > 1 {
                        let half = count &>> 1, step = UInt32(truncatingIfNeeded: half)
                        let middle = thresholds + (half &- 1)
                        var lane = 0
                        while lane < 16 {
                            let isAbove = values[lane] >= middle[Int(codes[lane])]
                            codes[lane] &+= step &* UInt32(unsafeBitCast(isAbove, to: UInt8.self))
                            lane &+= 1
                        }
                        count &-= half
                    }
                    var lane = 0
                    while lane < 16 {
                        outputs[lane] = levels[Int(codes[lane])]
                        lane &+= 1
                    }
                }
            }
        }
        return book.encoded(t, level: level, scale: scale, code: code)
    }

    @inline(__always)
    func single(_ at: Int) -> LongBookCodec<OneGrid> {
        LongBookCodec<OneGrid>(source: OneGrid(grid: source.element(at)), book: book)
    }
}

/// 0 and ±α beyond a threshold.
struct TernaryCodec<Source: GridSource>: Codec {
    let source: Source

    @inline(__always)
    func encode(_ x: Kernels.Lanes, at: Int, index: UInt64) -> Encoded {
        let alpha = source.scale(at), threshold = source.low(at)
        let isAbove = x .> threshold, isBelow = x .< -threshold
        var level = Kernels.Lanes(repeating: 0), code = Kernels.Words(repeating: 1)
        level.replace(with: alpha, where: isAbove)
        level.replace(with: -alpha, where: isBelow)
        code.replace(with: Kernels.Words(repeating: 2), where: isAbove)
        code.replace(with: Kernels.Words(repeating: 0), where: isBelow)
        return Encoded(reconstruction: level, isClipped: Kernels.magnitude(x) .> alpha * 1.5, code: code)
    }

    @inline(__always)
    func single(_ at: Int) -> TernaryCodec<OneGrid> { TernaryCodec<OneGrid>(source: OneGrid(grid: source.element(at))) }
}

/// Work that is compiled for each kind of codec.
protocol CodecWork {
    mutating func run<Chosen: Codec>(_ codec: Chosen)
}

extension KernelCodec {
    /// Does the work with this codec over grids of a source.
    @inline(__always)
    func run<Source: GridSource, Work: CodecWork>(over source: Source, _ work: inout Work) {
        switch self {
        case .affine(.even): work.run(AffineCodec(source: source, rule: RoundEven()))
        case .affine(.away): work.run(AffineCodec(source: source, rule: RoundAway()))
        case .affine(.up): work.run(AffineCodec(source: source, rule: RoundUp()))
        case .affine(.down): work.run(AffineCodec(source: source, rule: RoundDown()))
        case .affine(.zero): work.run(AffineCodec(source: source, rule: RoundTowardZero()))
        case .affine(.stochastic(let key)): work.run(AffineCodec(source: source, rule: RoundStochastic(key: key)))
        case .affine(.dividingEven): work.run(AffineCodec(source: source, rule: Dividing(rule: RoundEven())))
        case .affine(.dividingAway): work.run(AffineCodec(source: source, rule: Dividing(rule: RoundAway())))
        case .smallFloat(let grid): work.run(SmallFloatCodec(source, grid))
        case .book(let book) where book.count < LongBookCodec<Source>.shortest:
            work.run(BookCodec(source: source, book: book))
        case .book(let book): work.run(LongBookCodec(source: source, book: book))
        case .ternary: work.run(TernaryCodec(source: source))
        }
    }
}
