/// A whole quantization setting (its text form is in `Recipe+Parsing.swift`).
public struct Recipe: Sendable {
    public var format: any UniformFormat
    public var mapping: Mapping
    public var granularity: Granularity
    public var clipping: Clipping
    public var rounding: Rounding
    public var scaleType: ScaleType

    public init(
        format: any UniformFormat = Recipe.defaultFormat, mapping: Mapping = .symmetric,
        granularity: Granularity = .tensor, clipping: Clipping = .minmax, rounding: Rounding = .even,
        scaleType: ScaleType = .float32
    ) {
        self.format = format
        self.mapping = mapping
        self.granularity = granularity
        self.clipping = clipping
        self.rounding = rounding
        self.scaleType = scaleType
    }

    public static var defaultFormat: IntegerFormat { IntegerFormat(bits: 8)! }

    /// The quantizer of a range under this recipe.
    public func quantizer(for range: ClipRange) -> AffineQuantizer {
        format.quantizer(for: range, mapping: mapping, scaleType: scaleType)
    }

    /// Bits of codes, scales, and zero-points of as many bits as a code.
    public func storedSize(elements: Int, ranges: Int, sourceBytes: Int) -> StoredSize {
        let perRange = scaleType.bits + (mapping.hasZeroPoint ? format.bits : 0)
        return StoredSize(
            bits: Double(elements) * Double(format.bits) + Double(ranges) * Double(perRange), elements: elements,
            sourceBytes: sourceBytes)
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
        if rounding != .even { tokens.append("round:\(rounding)") }
        if scaleType != .float32 { tokens.append("scale:\(scaleType.rawValue)") }
        return tokens.joined(separator: " ")
    }
}
