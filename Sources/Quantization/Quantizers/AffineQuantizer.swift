import KernelTypes

/// The uniform quantizer of one range: q = clamp(round(x·(1/S)) + z), x̂ = S·(q - z).
///
/// Each of S, 1/S, x·(1/S) and S·(q - z) is one Float32 operation. The survey writes Z = -z.
public struct AffineQuantizer: Hashable, Sendable {
    public let scale: Float
    /// 1/S rounded to Float32.
    public let inverse: Float
    public let zeroPoint: Int
    public let lowestCode: Int
    public let highestCode: Int
    /// The clipping range as used.
    public let range: ClipRange
    /// x/S is a division rather than x·(1/S): the rule of some toolkits.
    public let divides: Bool

    /// The quantizer of `range` at `bits` bits.
    ///
    /// S = 1 where the range is zero, never less than the smallest normal number, and never so large that an outermost level
    /// overflows. hi - lo is taken in Double where it overflows Float32.
    @inline(__always)
    public init(range: ClipRange, bits: Int, mapping: Mapping, scaleType: ScaleType) {
        let range = range.effective(for: mapping)
        let codes = mapping.codes(bits: bits)
        var scale: Float
        switch mapping {
        case .symmetric: scale = range.high / Float(codes.upperBound)
        case .symmetricFull:
            let width = 2 * range.high
            let steps = Float((1 << bits) - 1)
            scale = width.isFinite ? width / steps : Float(2 * Double(range.high) / Double(steps))
        case .asymmetric:
            let width = range.high - range.low
            let steps = Float(codes.upperBound)
            scale = width.isFinite ? width / steps : Float((Double(range.high) - Double(range.low)) / Double(steps))
        }
        if range.low == range.high { scale = scaleType == .doubleQuantized ? .leastNormalMagnitude : 1 }
        scale = scaleType.stored(max(scale, .leastNormalMagnitude))
        scale = max(scale, .leastNormalMagnitude)
        lowestCode = codes.lowerBound
        highestCode = codes.upperBound
        if mapping.hasZeroPoint {
            // Clamped first, then rounded to nearest even by the exponent trick of the kernels: ranges come in millions.
            let ideal = max(Float(codes.lowerBound), min(Float(codes.upperBound), 0 - range.low / scale))
            zeroPoint = Int((ideal + 12_582_912) - 12_582_912)
        } else {
            zeroPoint = 0
        }
        scale = Self.bounded(scale, max(highestCode - zeroPoint, zeroPoint - lowestCode))
        self.scale = scale
        inverse = 1 / scale
        self.range = range
        divides = false
    }

    /// A quantizer by its parts.
    init(scale: Float, zeroPoint: Int, codes: ClosedRange<Int>, range: ClipRange, divides: Bool) {
        self.scale = Self.bounded(scale, max(codes.upperBound - zeroPoint, zeroPoint - codes.lowerBound))
        inverse = 1 / self.scale
        self.zeroPoint = zeroPoint
        lowestCode = codes.lowerBound
        highestCode = codes.upperBound
        self.range = range
        self.divides = divides
    }

    /// The same range under another scale; the zero-point follows it.
    func with(scale: Float) -> AffineQuantizer {
        let scale = max(scale, .leastNormalMagnitude)
        let ideal = lowestCode == 0 ? max(0, min(Float(highestCode), 0 - range.low / scale)) : 0
        return AffineQuantizer(
            scale: scale, zeroPoint: Int((ideal + 12_582_912) - 12_582_912), codes: lowestCode...highestCode,
            range: range, divides: divides)
    }

    /// The outermost level must be finite: at the end of Float32 rounding may have taken it beyond.
    @inline(__always)
    private static func bounded(_ scale: Float, _ outermost: Int) -> Float {
        (scale * Float(outermost)).isFinite
            ? scale : (Float.greatestFiniteMagnitude / Float(outermost)).nextDown
    }

    @inline(__always)
    private func quotient(_ value: Float) -> Float { divides ? value / scale : value * inverse }

    /// The code of a finite value; `index` is its position in the tensor, for stochastic rounding.
    public func code(of value: Float, rounding: Rounding, index: Int) -> Int {
        let low = Float(lowestCode - zeroPoint), high = Float(highestCode - zeroPoint)
        let limited = max(low, min(high, quotient(value)))
        return Int(rounding.round(limited, index: index)) + zeroPoint
    }

    /// S·(q - z).
    public func reconstruction(of code: Int) -> Float { scale * Float(code - zeroPoint) }

    /// Whether a value lies beyond the outermost level by more than half a step.
    public func isClipped(_ value: Float) -> Bool {
        let t = quotient(value)
        return t < Float(lowestCode - zeroPoint) - 0.5 || t > Float(highestCode - zeroPoint) + 0.5
    }

    public var levelCount: Int { highestCode - lowestCode + 1 }

    /// Every reconstruction value, ascending.
    public var levels: [Float] { (lowestCode...highestCode).map(reconstruction) }

    /// The decision boundaries of rounding to nearest, in Double: S·(q - z + ½) for every code but the last.
    public var thresholds: [Double] {
        (lowestCode..<highestCode).map { Double(scale) * (Double($0 - zeroPoint) + 0.5) }
    }

    var kernel: KernelGrid {
        KernelGrid(
            inverse: inverse, scale: scale, low: Float(lowestCode - zeroPoint), high: Float(highestCode - zeroPoint))
    }
}
