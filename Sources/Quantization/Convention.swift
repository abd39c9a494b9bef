/// The rules by which a toolkit makes scales and codes, where they differ from this program's own.
///
/// Sources: PyTorch `ao/quantization/observer.py` (`UniformQuantizationObserverBase`), ONNX Runtime
/// `quantization/quant_utils.py` (`compute_scale_zp`) and its `QuantizeLinear`, NVIDIA `pytorch_quantization/tensor_quant.py`
/// (narrow range), AIMET's C++ quantizer, Brevitas' `IntQuant` without narrow range, torchao `quant_primitives.py`
/// (`SYMMETRIC_NO_CLIPPING_ERR`).
public enum Convention: String, CaseIterable, Hashable, Sendable {
    case torch, onnxruntime, tensorrt, aimet, brevitas, torchao

    /// How far a symmetric range reaches below and above zero, in steps: S = max(|lo|/below, hi/above).
    struct Reach: Hashable, Sendable {
        let below: Double
        let above: Double
        /// The range takes the larger magnitude on both sides first.
        let isEven: Bool
    }

    /// Whether the lowest symmetric code is -2^(b-1) rather than its opposite plus one.
    ///
    /// ONNX Runtime leaves it out for INT8 and INT16, but not for INT4.
    public func usesLowestCode(bits: Int) -> Bool {
        switch self {
        case .torch, .aimet, .brevitas, .torchao: true
        case .onnxruntime: bits == 4
        case .tensorrt: false
        }
    }

    func reach(bits: Int) -> Reach {
        let half = Double(1 << (bits - 1))
        return switch self {
        case .torch: Reach(below: half - 0.5, above: half - 0.5, isEven: true)
        case .onnxruntime where bits == 4: Reach(below: half - 0.5, above: half - 0.5, isEven: true)
        case .onnxruntime, .tensorrt, .aimet: Reach(below: half - 1, above: half - 1, isEven: true)
        case .brevitas: Reach(below: half, above: half, isEven: true)
        case .torchao: Reach(below: half, above: half - 1, isEven: false)
        }
    }

    /// Ties go to even, or away from zero.
    public var rounding: Rounding { self == .aimet ? .away : .even }

    /// x/S is a division rather than a product with the rounded reciprocal.
    public var divides: Bool {
        switch self {
        case .onnxruntime, .aimet, .brevitas: true
        case .torch, .tensorrt, .torchao: false
        }
    }

    /// Whether the toolkit has zero-points at all.
    public var hasAsymmetric: Bool { self != .tensorrt }

    /// Scales below this are replaced by it.
    var smallestScale: Float { self == .torch ? 0x1p-23 : .leastNormalMagnitude }

    /// The percentile rule cuts 100 - P percent from each end of the values, for symmetric mappings too, rather than half of it or
    /// a share of the magnitudes.
    public var cutsWholeTails: Bool { self == .aimet }

    /// The entropy rule is that of NVIDIA's code to the letter: it joins bins by their lower edges and looks at 128 bins or more.
    public var joinsBinsByLowerEdges: Bool { self == .tensorrt }

    /// The lowest and highest code.
    func codes(bits: Int, mapping: Mapping) -> ClosedRange<Int> {
        guard mapping != .asymmetric else { return mapping.codes(bits: bits) }
        return (usesLowestCode(bits: bits) ? Mapping.symmetricFull : .symmetric).codes(bits: bits)
    }
}

extension AffineQuantizer {
    /// The quantizer of `range` by a toolkit's rules.
    init(range: ClipRange, bits: Int, mapping: Mapping, scaleType: ScaleType, convention: Convention) {
        let codes = convention.codes(bits: bits, mapping: mapping)
        guard mapping != .asymmetric else {
            self.init(range: range, asymmetric: codes, scaleType: scaleType, convention: convention)
            return
        }
        let reach = convention.reach(bits: bits)
        let used =
            reach.isEven
            ? range.effective(for: .symmetric) : ClipRange(low: min(range.low, 0), high: max(range.high, 0))
        let scale =
            reach.isEven
            ? used.high / Float(reach.above) : max(0 - used.low / Float(reach.below), used.high / Float(reach.above))
        self.init(
            scale: Self.usable(scale, used, scaleType, convention), zeroPoint: 0, codes: codes, range: used,
            divides: convention.divides)
    }

    private init(
        range: ClipRange, asymmetric codes: ClosedRange<Int>, scaleType: ScaleType, convention: Convention
    ) {
        var used = range.effective(for: .asymmetric)
        // Brevitas forces zero into the range from below alone.
        if convention == .brevitas, range.low < range.high { used.high = range.high }
        let exact = (Double(used.high) - Double(used.low)) / Double(codes.upperBound)
        let width = used.high - used.low
        let scale = width.isFinite ? width / Float(codes.upperBound) : Float(exact)
        let stored: Float, ideal: Double
        switch convention {
        case .onnxruntime:
            // In Double as far as the zero-point; the scale is rounded after.
            stored = Self.usable(Float(exact), used, scaleType, convention)
            ideal = exact < Double(Float.leastNormalMagnitude) ? 0 : 0 - Double(used.low) / exact
        case .torch, .tensorrt, .aimet, .brevitas, .torchao:
            stored = Self.usable(scale, used, scaleType, convention)
            ideal = Double(0 - used.low / stored)
        }
        let rounded = ideal.rounded(convention.rounding == .away ? .toNearestOrAwayFromZero : .toNearestOrEven)
        self.init(
            scale: stored, zeroPoint: Int(max(0, min(Double(codes.upperBound), rounded))), codes: codes, range: used,
            divides: convention.divides)
    }

    /// The scale as stored; what the toolkit takes where it would be too small.
    private static func usable(
        _ scale: Float, _ range: ClipRange, _ type: ScaleType, _ convention: Convention
    ) -> Float {
        let isEmpty = range.low == range.high
        let scale: Float =
            switch convention {
            // A zero range leaves the floor of the scale, or one.
            case .torch, .torchao: max(scale, convention.smallestScale)
            case .onnxruntime: isEmpty || scale < .leastNormalMagnitude ? 1 : scale
            case .tensorrt, .aimet, .brevitas: isEmpty ? 1 : scale
            }
        return max(type.stored(scale), .leastNormalMagnitude)
    }
}
