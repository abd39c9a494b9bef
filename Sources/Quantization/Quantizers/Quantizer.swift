import KernelTypes

/// What one range does to its values, whatever the format: x → code → x̂.
public enum Quantizer: Hashable, Sendable {
    /// Equal steps with a zero-point.
    case affine(AffineQuantizer)
    /// Levels of a book times a scale, each taking a cell of values.
    case book(BookQuantizer)
    /// 0 and ±α with a threshold of its own.
    case ternary(TernaryQuantizer)
    /// Neighbouring values together. Of a single value its members can only say what the levels are.
    case vector(VectorQuantizer)
    /// A run of a ggml block.
    case run(RunQuantizer)

    /// Whether a code follows from one value alone.
    public var isScalar: Bool { if case .vector = self { false } else { true } }

    /// The clipping range as used; of formats without one, from the outermost level to the other.
    public var range: ClipRange {
        switch self {
        case .affine(let quantizer): quantizer.range
        case .book(let quantizer): quantizer.range
        case .ternary(let quantizer): quantizer.range
        case .vector(let quantizer): quantizer.range
        case .run(let quantizer): quantizer.range
        }
    }

    /// Beyond these values saturate: the clipping range of equal steps, else the outermost levels.
    public var limits: ClipRange {
        switch self {
        case .affine(let quantizer): quantizer.range
        case .book(let quantizer):
            ClipRange(low: quantizer.reconstruction(of: 0), high: quantizer.reconstruction(of: levelCount - 1))
        case .ternary(let quantizer): quantizer.range
        case .vector(let quantizer): quantizer.range
        case .run(let quantizer): quantizer.range
        }
    }

    /// S; 1 where levels are stored as they are.
    public var scale: Float {
        switch self {
        case .affine(let quantizer): quantizer.scale
        case .book(let quantizer): quantizer.scale
        case .ternary(let quantizer): quantizer.scale
        case .vector: 1
        case .run(let quantizer): quantizer.scale
        }
    }

    /// z; 0 for all but affine quantizers.
    public var zeroPoint: Int { if case .affine(let quantizer) = self { quantizer.zeroPoint } else { 0 } }

    public var lowestCode: Int { if case .affine(let quantizer) = self { quantizer.lowestCode } else { 0 } }

    public var highestCode: Int { lowestCode + levelCount - 1 }

    public var levelCount: Int {
        switch self {
        case .affine(let quantizer): quantizer.levelCount
        case .book(let quantizer): quantizer.book.levels.count
        case .ternary: 3
        case .vector(let quantizer): quantizer.book.count
        case .run(let quantizer): quantizer.book.count
        }
    }

    /// The code of the level 0; nil where there is none.
    public var zeroCode: Int? {
        switch self {
        case .affine(let quantizer): quantizer.zeroPoint
        case .book(let quantizer): quantizer.book.zeroPlace
        case .ternary: 1
        case .vector: nil
        case .run(let quantizer): quantizer.zeroCode
        }
    }

    /// What errors are measured in: S for equal steps, else the mean distance of neighbouring levels.
    public var step: Double {
        switch self {
        case .affine(let quantizer): Double(quantizer.scale)
        case .book(let quantizer): quantizer.meanGap
        case .ternary(let quantizer): Double(quantizer.scale)
        case .vector(let quantizer): quantizer.meanGap
        case .run(let quantizer): quantizer.meanGap
        }
    }

    /// Every reconstruction value, ascending.
    public var levels: [Float] {
        switch self {
        case .affine(let quantizer): quantizer.levels
        case .book(let quantizer): quantizer.levels
        case .ternary(let quantizer): quantizer.levels
        case .vector(let quantizer): quantizer.levels
        case .run(let quantizer): quantizer.levels
        }
    }

    /// The decision boundaries of rounding to nearest, in Double, for every code but the last.
    public var thresholds: [Double] {
        switch self {
        case .affine(let quantizer): quantizer.thresholds
        case .book(let quantizer): quantizer.thresholds
        case .ternary(let quantizer): [-Double(quantizer.threshold), Double(quantizer.threshold.nextUp)]
        case .vector: []
        case .run(let quantizer): quantizer.thresholds
        }
    }

    /// The code of a finite value; `index` is its position in the tensor, for stochastic rounding, which only equal steps know.
    public func code(of value: Float, rounding: Rounding, index: Int) -> Int {
        switch self {
        case .affine(let quantizer): quantizer.code(of: value, rounding: rounding, index: index)
        case .book(let quantizer): quantizer.code(of: value)
        case .ternary(let quantizer): quantizer.code(of: value)
        case .vector(let quantizer): quantizer.code(ofRepeated: value)
        case .run(let quantizer): quantizer.code(of: value)
        }
    }

    public func reconstruction(of code: Int) -> Float {
        switch self {
        case .affine(let quantizer): quantizer.reconstruction(of: code)
        case .book(let quantizer): quantizer.reconstruction(of: code)
        case .ternary(let quantizer): quantizer.scale * Float(code - 1)
        case .vector(let quantizer): quantizer.book.centroids[code * quantizer.book.dimension]
        case .run(let quantizer): quantizer.reconstruction(of: code)
        }
    }

    /// The code of a level by its index in the format's own list.
    func place(ofStored place: Int) -> Int {
        if case .run(let quantizer) = self { quantizer.place(ofStored: place) } else { place }
    }

    /// What is added to S·level, where a format stores such a number; nil where it has none.
    public var offset: Float? { if case .run(let quantizer) = self { quantizer.offset } else { nil } }

    /// A code as the format writes it.
    public func text(ofCode code: Int, in format: any NumberFormat) -> String {
        if case .run(let quantizer) = self { return String(quantizer.storedLevel(ofCode: code)) }
        return format.text(ofCode: code)
    }

    /// Whether a value lies beyond an outermost level by more than half the gap between it and its neighbour.
    public func isClipped(_ value: Float) -> Bool {
        switch self {
        case .affine(let quantizer): quantizer.isClipped(value)
        case .book(let quantizer): quantizer.isClipped(value)
        case .ternary(let quantizer): quantizer.isClipped(value)
        case .vector: false
        case .run(let quantizer): quantizer.isClipped(value)
        }
    }

    /// Of values that are coded together: below and above these they are clipped.
    var clipLimits: (low: Float, high: Float) {
        if case .run(let quantizer) = self { (quantizer.clipLow, quantizer.clipHigh) } else { (-.infinity, .infinity) }
    }

    /// What kernels look at.
    var kernel: KernelGrid {
        switch self {
        case .affine(let quantizer): quantizer.kernel
        case .ternary(let quantizer):
            KernelGrid(inverse: 0, scale: quantizer.scale, low: quantizer.threshold, high: 0)
        case .book, .vector, .run: KernelGrid(inverse: 0, scale: scale, low: 0, high: 0)
        }
    }

    /// What kernels make of it, affine ones rounding to nearest even.
    var codec: KernelCodec {
        switch self {
        case .affine: .affine(.even)
        case .book(let quantizer): quantizer.book.codec
        case .ternary: .ternary
        case .vector, .run: .affine(.even)
        }
    }

    /// The same with another scale, as it is stored.
    func with(scale: Float) -> Quantizer {
        switch self {
        case .affine(let quantizer): .affine(quantizer.with(scale: scale))
        case .book(let quantizer): .book(quantizer.with(scale: scale))
        case .ternary(let quantizer): .ternary(quantizer.with(scale: scale))
        case .vector, .run: self
        }
    }
}
