import KernelTypes

/// The quantizers of neighbouring ranges in the form that kernels look at: twelve bytes a range, and a book where each has its own.
///
/// Filled from any worker, each range once.
final class RangeGrids: @unchecked Sendable {
    /// What all ranges share; nil where each has a book.
    let codec: KernelCodec?
    /// high - low of affine grids.
    let span: Float
    /// The number of the first range in the layout.
    private(set) var firstRange = 0
    private(set) var count = 0
    private var capacity = 0
    private var columns = UnsafeMutablePointer<Float>.allocate(capacity: 1)
    private var books = Slots<CodeBook?>(0, repeating: nil)
    private let sharedBook: CodeBook?
    private var whole = Slots<Quantizer?>(0, repeating: nil)
    private let keepsAll: Bool

    /// - Parameter keepsAll: whole quantizers are stored, which scales that depend on each other need.
    init(_ recipe: Recipe, keepsAll: Bool = false) {
        codec = recipe.codec
        span = Float(recipe.codes.upperBound - recipe.codes.lowerBound)
        sharedBook = recipe.format.scaled?.book
        self.keepsAll = keepsAll
        keepsZero = !recipe.format.isFitted
    }

    deinit { columns.deallocate() }

    /// Makes room for `ranges`, whose grids are to be set after.
    func prepare(_ ranges: Range<Int>) {
        firstRange = ranges.lowerBound
        count = ranges.count
        if count > capacity {
            columns.deallocate()
            capacity = count
            columns = .allocate(capacity: 3 * count)
        }
        if codec == nil { books = Slots(count, repeating: nil) }
        let kept = keepsAll ? count : max(0, min(count, Evaluation.keptQuantizers - firstRange))
        if kept > 0 || whole.count > 0 { whole = Slots(kept, repeating: nil) }
    }

    var inverse: UnsafeMutablePointer<Float> { columns }
    var scale: UnsafeMutablePointer<Float> { columns + count }
    var low: UnsafeMutablePointer<Float> { columns + 2 * count }

    /// Whether the whole quantizer of a range is wanted besides.
    @inline(__always)
    func keeps(_ range: Int) -> Bool { range - firstRange < whole.count }

    @inline(__always)
    func set(_ range: Int, _ quantizer: AffineQuantizer) {
        let i = range - firstRange
        inverse[i] = quantizer.inverse
        scale[i] = quantizer.scale
        low[i] = Float(quantizer.lowestCode - quantizer.zeroPoint)
        if i < whole.count { whole[i] = .affine(quantizer) }
    }

    /// The scale of a range whose levels are those of the format.
    @inline(__always)
    func set(_ range: Int, scale value: Float) {
        let i = range - firstRange
        inverse[i] = 0
        scale[i] = value
        low[i] = 0
    }

    func set(_ range: Int, _ quantizer: Quantizer) {
        let i = range - firstRange
        switch quantizer {
        case .affine(let affine): return set(range, affine)
        case .book(let book):
            set(range, scale: book.scale)
            if codec == nil { books[i] = book.book }
        case .ternary(let ternary):
            set(range, scale: ternary.scale)
            low[i] = ternary.threshold
        // Coded together, not by grids.
        case .vector, .run: break
        }
        if i < whole.count { whole[i] = quantizer }
    }

    /// Scales as blocks of 256 of them are stored together.
    func storeDoubleQuantized() {
        for start in stride(from: 0, to: count, by: DoubleQuantization.blockSize) {
            let block = start..<min(start + DoubleQuantization.blockSize, count)
            DoubleQuantization.store(UnsafeMutableBufferPointer(start: scale + start, count: block.count))
            for i in block { if let quantizer = whole[i] { set(firstRange + i, quantizer.with(scale: scale[i])) } }
        }
    }

    /// The whole quantizer of a range, where it is stored.
    func quantizer(_ range: Int) -> Quantizer? { keeps(range) ? whole[range - firstRange] : nil }

    func grid(_ range: Int) -> KernelGrid {
        let i = range - firstRange
        return KernelGrid(inverse: inverse[i], scale: scale[i], low: low[i], high: low[i] + span)
    }

    /// What a kernel makes of one range.
    func codec(_ range: Int) -> KernelCodec {
        codec ?? .book(books[range - firstRange]?.kernel ?? Self.nothing.kernel)
    }

    private static let nothing = CodeBook(nearest: [0])

    func columns(from range: Int) -> KernelGridColumns {
        let i = range - firstRange
        return KernelGridColumns(inverse: inverse + i, scale: scale + i, low: low + i, span: span)
    }

    /// Of all ranges, once `finish` was called.
    private(set) var magnitudes: (error: Float, reconstruction: Float) = (0, 0)

    /// Call when all ranges are set, before workers share the grids.
    func finish() { magnitudes = magnitudes(firstRange..<firstRange + count) }

    /// Values much smaller than a step become zero.
    let keepsZero: Bool

    /// The code of zero in a range of an affine grid.
    func affineZeroCode(_ range: Int) -> Int { Int(-low[range - firstRange]) }

    /// The quantizers of the first ranges of the tensor.
    var kept: [Quantizer] {
        (0..<max(0, min(whole.count, Evaluation.keptQuantizers - firstRange))).compactMap { whole[$0] }
    }

    /// A bound of what errors are without clipping, and of reconstructions; for affine grids the largest scale is both.
    func magnitudes(_ ranges: Range<Int>) -> (error: Float, reconstruction: Float) {
        var largest: Float = 0
        for range in ranges { largest = max(largest, scale[range - firstRange]) }
        if case .affine = codec { return (largest, largest) }
        if let sharedBook { return (largest * sharedBook.widestGap, largest * sharedBook.largest) }
        guard codec == nil else { return (largest, largest) }
        var gap: Float = 0, level: Float = 0
        for range in ranges {
            guard let book = books[range - firstRange] else { continue }
            gap = max(gap, book.widestGap)
            level = max(level, book.largest)
        }
        return (gap, level)
    }
}
