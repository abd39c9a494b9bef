import KernelTypes
public import Tensors

/// A whole quantization setting (its text form is in `Recipe+Parsing.swift`).
///
/// A setting that means nothing for the format reads as what the format has instead; what was chosen before comes back with a
/// format for which it means something.
public struct Recipe: Sendable {
    public var format: any NumberFormat
    private var chosenMapping: Mapping
    /// nil is each format's usual one.
    private var chosenGranularity: Granularity?
    private var chosenClipping: Clipping
    private var chosenRounding: Rounding
    private var chosenRangeMode: RangeMode
    private var chosenScaleType: ScaleType
    private var chosenConvention: Convention?

    public init(
        format: any NumberFormat = Recipe.defaultFormat, mapping: Mapping = .symmetric,
        granularity: Granularity? = nil, clipping: Clipping = .minmax, rounding: Rounding = .even,
        rangeMode: RangeMode = .own, scaleType: ScaleType = .float32
    ) {
        self.format = format
        chosenMapping = mapping
        chosenGranularity = granularity == format.traits.defaultGranularity ? nil : granularity
        chosenClipping = clipping
        chosenRounding = rounding
        chosenRangeMode = rangeMode
        chosenScaleType = scaleType
    }

    public static var defaultFormat: IntegerFormat { IntegerFormat(bits: 8)! }

    public var mapping: Mapping {
        get { format.traits.hasMapping ? chosenMapping : .symmetric }
        set { chosenMapping = newValue }
    }

    public var granularity: Granularity {
        get {
            if case .fixed(let own, _) = format.traits.granularity { return own }
            return chosenGranularity ?? format.traits.defaultGranularity
        }
        set { chosenGranularity = newValue == format.traits.defaultGranularity ? nil : newValue }
    }

    public var clipping: Clipping {
        get {
            switch format.traits.clipping {
            case .all: chosenClipping
            case .anyLevels: chosenClipping.entry.assumesEqualSteps ? .minmax : chosenClipping
            case .none: .minmax
            }
        }
        set { chosenClipping = newValue }
    }

    /// The convention's, where there is one.
    public var rounding: Rounding {
        get { format.traits.hasRounding ? chosenRounding : .even }
        set { chosenRounding = newValue }
    }

    public var rangeMode: RangeMode {
        get { format.traits.hasRangeMode ? chosenRangeMode : .own }
        set { chosenRangeMode = newValue }
    }

    public var scaleType: ScaleType {
        get { format.traits.scaleTypes.contains(chosenScaleType) ? chosenScaleType : .float32 }
        set { chosenScaleType = newValue }
    }

    /// A toolkit's rules for scale, codes, ties and zero-point; nil for those of this program.
    public var convention: Convention? { format.traits.hasConvention ? chosenConvention : nil }

    /// The same by a toolkit's rules, its rounding included, or by this program's.
    public func following(_ convention: Convention?) -> Recipe {
        var next = self
        next.chosenConvention = convention
        next.chosenRounding = convention?.rounding ?? (chosenConvention == nil ? chosenRounding : .even)
        return next
    }

    /// The lowest and highest code; those of formats without a zero-point count from 0.
    public var codes: ClosedRange<Int> {
        guard format.hasEqualSteps else { return 0...format.codeCount - 1 }
        return convention?.codes(bits: format.bits, mapping: mapping) ?? mapping.codes(bits: format.bits)
    }

    /// The quantizer of a range under this recipe; who needs many keeps the rule.
    func quantizer(for range: ClipRange) -> Quantizer { QuantizerRule(self).quantizer(for: range) }

    /// Whether the format's range can be chosen.
    public var hasClipping: Bool { if case .none = format.traits.clipping { false } else { true } }

    /// Whether quantizers follow from clipping ranges, chosen or not.
    public var hasRanges: Bool { format.hasEqualSteps || format.scaled != nil }

    /// Whether a quantizer follows from the values rather than from their extremes.
    public var looksAtValues: Bool { format.isFitted || clipping.calibrator.needs == .values }

    /// What kernels make of all ranges alike; nil where each has a book of its own.
    var codec: KernelCodec? {
        switch format.coding.kind {
        case .scaled(let format): format.book.codec
        case .fitted(let format): format.sharedCodec
        case .uniform, .joint: .affine(kernelRounding)
        }
    }

    /// How the ranges lie in a tensor of that shape; for dynamic ranges those of every entry.
    public func layout(of shape: Shape) throws(ShapeMismatch) -> RangeLayout {
        let layout: RangeLayout
        do throws(GranularityError) { layout = try granularity.layout(of: shape) } catch { throw .granularity(error) }
        guard (shape.extents.last ?? 1) % format.rowMultiple == 0 else {
            throw .blocks(BlockError(format: format.name, shape: shape, multiple: format.rowMultiple))
        }
        do throws(RangeModeError) { try rangeMode.check(shape, granularity) } catch { throw .rangeMode(error) }
        return rangeMode == .dynamic ? layout.split(into: shape.extents[0]) : layout
    }

    /// The same of a tensor. A complex scalar has two numbers, but no entries.
    public func layout(of tensor: TensorView) throws(ShapeMismatch) -> RangeLayout {
        if rangeMode != .own, tensor.storedShape.rank == 0 {
            throw .rangeMode(RangeModeError(mode: rangeMode, problem: .scalar))
        }
        return try layout(of: tensor.shape)
    }

    /// The same for the entries of a tensor that are left after calibration.
    func layout(ofJudged shape: Shape) throws(ShapeMismatch) -> RangeLayout {
        do throws(GranularityError) { return try granularity.layout(of: shape) } catch { throw .granularity(error) }
    }

    /// What a tensor takes under this recipe: codes, scales, zero-points and code books.
    public func storedSize(of tensor: TensorView) throws(ShapeMismatch) -> StoredSize {
        storedSize(try layout(of: tensor), shape: tensor.shape, sourceBytes: tensor.byteCount)
    }

    /// Bits of codes, scales, zero-points of as many bits as a code, and code books.
    func storedSize(_ layout: RangeLayout, shape: Shape, sourceBytes: Int) -> StoredSize {
        let elements = shape.count, rows = shape.rank > 1 ? max(1, shape.extents[0]) : 1
        let parts = StoredParts(
            elements: elements, ranges: layout.rangeCount, rows: rows, rowLength: elements / rows,
            scaleType: scaleType,
            zeroPointBits: mapping.hasZeroPoint ? Double(layout.rangeCount) * Double(format.bits) : 0)
        return StoredSize(bits: format.storedBits(parts), elements: elements, sourceBytes: sourceBytes)
    }

    var kernelRounding: KernelRounding {
        guard convention?.divides == true else { return rounding.kernel }
        return rounding == .away ? .dividingAway : .dividingEven
    }
}

/// A recipe that a tensor's shape does not allow.
public enum ShapeMismatch: Error, Equatable, Sendable, CustomStringConvertible {
    case granularity(GranularityError)
    case rangeMode(RangeModeError)
    case blocks(BlockError)

    public var description: String {
        switch self {
        case .granularity(let error): error.description
        case .rangeMode(let error): error.description
        case .blocks(let error): error.description
        }
    }
}

extension Recipe: Hashable {
    /// Recipes are equal where their texts are.
    public static func == (first: Recipe, second: Recipe) -> Bool { first.description == second.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension Recipe: CustomStringConvertible {
    /// The canonical text: format, mapping and granularity always where they apply, the rest where it differs from the default.
    public var description: String {
        let traits = format.traits
        var tokens = [format.name]
        if traits.hasMapping { tokens.append(mapping.rawValue) }
        if case .free = traits.granularity { tokens.append(granularity.description) }
        if clipping != .minmax { tokens.append("clip:\(clipping)") }
        if rounding != .even, convention == nil { tokens.append("round:\(rounding)") }
        if rangeMode != .own { tokens.append("range:\(rangeMode)") }
        if scaleType != .float32 { tokens.append("scale:\(scaleType.rawValue)") }
        if let convention { tokens.append("convention:\(convention.rawValue)") }
        return tokens.joined(separator: " ")
    }
}
