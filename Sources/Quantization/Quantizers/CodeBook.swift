import KernelTypes

/// Levels in ascending order and the values that go to each, before they are multiplied by a scale.
///
/// A value t takes the level above the last threshold that is at or below t. Levels and thresholds stay where they are as long as
/// the book lives, so that kernels can look at them.
public final class CodeBook: Sendable {
    public let levels: [Float]
    /// One fewer than levels: t at or above `thresholds[k]` goes to level k + 1 or one above it.
    public let thresholds: [Float]
    /// The index of the level 0.
    public let zeroPlace: Int?
    /// What a kernel looks at.
    let kernel: KernelBook
    /// The same levels as arithmetic, which is faster.
    let smallFloat: KernelSmallFloat?

    /// Where a tie between two levels goes.
    enum Tie {
        /// To the lower one.
        case lower
        /// To the one at an even distance from zero, counted in levels: the even code of sign and magnitude.
        case even
    }

    /// Each value goes to the nearest level.
    ///
    /// - Parameter levels: at least one, ascending, each different from the next.
    convenience init(nearest levels: [Float], ties: Tie = .lower, smallFloat: KernelSmallFloat? = nil) {
        let zero = levels.firstIndex(of: 0) ?? 0
        let thresholds = levels.indices.dropFirst().map { place -> Float in
            let middle = (Double(levels[place - 1]) + Double(levels[place])) / 2
            let isUpward = ties == .even && (place - zero) % 2 == 0
            return Self.threshold(at: middle, isUpward: isUpward)
        }
        self.init(levels: levels, thresholds: thresholds, smallFloat: smallFloat)
    }

    init(levels: [Float], thresholds: [Float], smallFloat: KernelSmallFloat? = nil) {
        self.levels = levels
        self.thresholds = thresholds
        self.smallFloat = smallFloat
        zeroPlace = levels.firstIndex(of: 0)
        let storage = UnsafeMutablePointer<Float>.allocate(capacity: 2 * levels.count)
        storage.initialize(repeating: .infinity, count: 2 * levels.count)
        storage.update(from: levels, count: levels.count)
        (storage + levels.count).update(from: thresholds, count: thresholds.count)
        var low = -Float.infinity, high = Float.infinity
        if levels.count > 1 {
            let first = Double(levels[0]), second = Double(levels[1])
            low = Self.atOrAbove(first - (second - first) / 2)
            let last = Double(levels[levels.count - 1]), before = Double(levels[levels.count - 2])
            high = -Self.atOrAbove(-(last + (last - before) / 2))
        }
        kernel = KernelBook(
            levels: storage, thresholds: storage + levels.count, count: levels.count, clipLow: low, clipHigh: high)
    }

    deinit { kernel.levels.deallocate() }

    /// The least number of Float32 that is at or above a point.
    private static func atOrAbove(_ point: Double) -> Float {
        let value = Float(point)
        return Double(value) < point ? value.nextUp : value
    }

    /// The least number of Float32 that goes to the level above a middle.
    static func threshold(at middle: Double, isUpward: Bool) -> Float {
        let value = atOrAbove(middle)
        return Double(value) == middle && !isUpward ? value.nextUp : value
    }

    /// The index of the level that t goes to.
    func place(of t: Float) -> Int {
        var first = 0, count = levels.count
        while count > 1 {
            let half = count >> 1
            if t >= kernel.thresholds[first + half - 1] { first += half }
            count -= half
        }
        return first
    }

    func isClipped(_ t: Float) -> Bool { t < kernel.clipLow || t > kernel.clipHigh }

    /// The largest magnitude of a level.
    var largest: Float { max(abs(levels[0]), abs(levels[levels.count - 1])) }

    /// The widest distance of neighbouring levels.
    var widestGap: Float { zip(levels, levels.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) } }

    var codec: KernelCodec { smallFloat.map { .smallFloat($0) } ?? .book(kernel) }
}

extension CodeBook: Hashable {
    public static func == (first: CodeBook, second: CodeBook) -> Bool {
        first === second || first.levels == second.levels && first.thresholds == second.thresholds
    }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(levels)
        hasher.combine(thresholds)
    }
}

/// A book times a scale: code = index of x/S, x̂ = S·level; a division and a product of Float32.
public struct BookQuantizer: Hashable, Sendable {
    public let book: CodeBook
    public let scale: Float
    /// The clipping range as used.
    public let range: ClipRange

    init(book: CodeBook, scale: Float, range: ClipRange) {
        self.book = book
        self.scale = scale
        self.range = range
    }

    /// Levels as they are.
    init(_ book: CodeBook) {
        self.init(book: book, scale: 1, range: ClipRange(low: book.levels[0], high: book.levels[book.levels.count - 1]))
    }

    func code(of value: Float) -> Int { book.place(of: value / scale) }
    func reconstruction(of code: Int) -> Float { book.levels[code] * scale }
    func isClipped(_ value: Float) -> Bool { book.isClipped(value / scale) }

    public var levels: [Float] { book.levels.map { $0 * scale } }
    public var thresholds: [Double] { book.thresholds.map { Double($0) * Double(scale) } }

    var meanGap: Double {
        let width = Double(book.levels[book.levels.count - 1]) - Double(book.levels[0])
        return width > 0 ? width * Double(scale) / Double(book.levels.count - 1) : 1
    }

    func with(scale: Float) -> BookQuantizer { BookQuantizer(book: book, scale: scale, range: range) }
}
