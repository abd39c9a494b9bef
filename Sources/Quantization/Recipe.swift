import KernelTypes
public import Tensors

/// A whole quantization setting (its text form is in `Recipe+Parsing.swift`).
public struct Recipe: Sendable {
    public var format: any UniformFormat
    public var mapping: Mapping
    public var granularity: Granularity
    public var clipping: Clipping
    /// The convention's, where there is one.
    public var rounding: Rounding
    public var rangeMode: RangeMode
    public var scaleType: ScaleType
    /// A toolkit's rules for scale, codes, ties and zero-point; nil for those of this program.
    public private(set) var convention: Convention?

    public init(
        format: any UniformFormat = Recipe.defaultFormat, mapping: Mapping = .symmetric,
        granularity: Granularity = .tensor, clipping: Clipping = .minmax, rounding: Rounding = .even,
        rangeMode: RangeMode = .own, scaleType: ScaleType = .float32
    ) {
        self.format = format
        self.mapping = mapping
        self.granularity = granularity
        self.clipping = clipping
        self.rounding = rounding
        self.rangeMode = rangeMode
        self.scaleType = scaleType
    }

    public static var defaultFormat: IntegerFormat { IntegerFormat(bits: 8)! }

    /// The same by a toolkit's rules, its rounding included, or by this program's.
    public func following(_ convention: Convention?) -> Recipe {
        var next = self
        next.convention = convention
        next.rounding = convention?.rounding ?? (self.convention == nil ? rounding : .even)
        return next
    }

    /// The lowest and highest code.
    public var codes: ClosedRange<Int> {
        convention?.codes(bits: format.bits, mapping: mapping) ?? mapping.codes(bits: format.bits)
    }

    /// The quantizer of a range under this recipe.
    public func quantizer(for range: ClipRange) -> AffineQuantizer {
        format.quantizer(for: range, mapping: mapping, scaleType: scaleType, convention: convention)
    }

    /// How the ranges lie in a tensor of that shape; for dynamic ranges those of every entry.
    public func layout(of shape: Shape) throws(ShapeMismatch) -> RangeLayout {
        let layout: RangeLayout
        do throws(GranularityError) { layout = try granularity.layout(of: shape) } catch { throw .granularity(error) }
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

    /// Bits of codes, scales, and zero-points of as many bits as a code.
    public func storedSize(elements: Int, ranges: Int, sourceBytes: Int) -> StoredSize {
        let perRange = scaleType.bits + (mapping.hasZeroPoint ? format.bits : 0)
        return StoredSize(
            bits: Double(elements) * Double(format.bits) + Double(ranges) * Double(perRange), elements: elements,
            sourceBytes: sourceBytes)
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

    public var description: String {
        switch self {
        case .granularity(let error): error.description
        case .rangeMode(let error): error.description
        }
    }
}

extension Recipe: Hashable {
    /// Recipes are equal where their texts are.
    public static func == (first: Recipe, second: Recipe) -> Bool { first.description == second.description }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension Recipe: CustomStringConvertible {
    /// The canonical text: format, mapping and granularity always, the rest where it differs from the default.
    public var description: String {
        var tokens = [format.name, mapping.rawValue, granularity.description]
        if clipping != .minmax { tokens.append("clip:\(clipping)") }
        if rounding != .even, convention == nil { tokens.append("round:\(rounding)") }
        if rangeMode != .own { tokens.append("range:\(rangeMode)") }
        if scaleType != .float32 { tokens.append("scale:\(scaleType.rawValue)") }
        if let convention { tokens.append("convention:\(convention.rawValue)") }
        return tokens.joined(separator: " ")
    }
}
