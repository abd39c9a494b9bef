/// A number format that values are quantized to. A new one is a file in this folder and a line in `FormatCatalog`.
public protocol NumberFormat: Sendable {
    /// The token of the recipe: `int4`.
    var name: String { get }
    /// Bits of a code.
    var bits: Int { get }
}

/// A format of equally spaced levels, which takes a mapping, a granularity, a clipping and a rounding.
public protocol UniformFormat: NumberFormat {
    /// The quantizer of one range, by this program's rules or a toolkit's.
    func quantizer(
        for range: ClipRange, mapping: Mapping, scaleType: ScaleType, convention: Convention?
    ) -> AffineQuantizer
}

/// A family of formats that differ in their numbers, such as `int2` … `int16`.
public struct FormatFamily: Sendable {
    /// What stands before the numbers: `int`.
    public let prefix: String
    /// How the tokens look: `int2 … int16`.
    public let pattern: String
    /// The token with capital letters for its numbers, which are named in `parameters`: `intB`, `B`.
    public let template: String
    public let parameters: [String]
    /// One line on what it is.
    public let summary: String
    /// Values that the keys step through.
    public let usual: [String]
    /// The format of a token that begins with `prefix`, or what is wrong with it.
    public let parse: @Sendable (String) -> Result<any UniformFormat, FormatError>
}

/// Why a token is no format of its family.
public struct FormatError: Error, Equatable, Sendable {
    public let expected: String
}

public enum FormatCatalog {
    public static let families: [FormatFamily] = [IntegerFormat.family]

    /// Tokens to offer where one is misspelt.
    public static var usual: [String] { families.flatMap { $0.usual } }
}
