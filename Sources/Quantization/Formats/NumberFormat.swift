import Basics
import KernelTypes

/// A number format that values are quantized to. A new one is a file in this folder and a line in `FormatCatalog`.
///
/// It is one of the kinds below, which say how the quantizer of a range comes about.
public protocol NumberFormat: Sendable {
    /// The token of the recipe: `int4`.
    var name: String { get }
    /// Bits of a code.
    var bits: Int { get }
    /// How many codes there are; of integers under the widest mapping.
    var codeCount: Int { get }
    /// Which other words of a recipe mean something.
    var traits: FormatTraits { get }
    /// How levels come about, in one formula of t, the limit of the range: `S = t/448`. Empty for integers, whose mapping says it.
    var formula: String { get }
    /// Values that share a code; 1 for all but vectors.
    var valuesPerCode: Int { get }
    /// The floating-point type that its levels are, where they are one.
    var smallFloat: SmallFloatFormat? { get }
    /// How the quantizer of a range comes about.
    var coding: FormatCoding { get }
    /// Rows, along the last axis, must hold a multiple of so many elements.
    var rowMultiple: Int { get }
    /// A code as the format writes it.
    func text(ofCode code: Int) -> String
    /// Bits of everything that is stored: codes, scales, zero-points, code books, padding.
    func storedBits(_ size: StoredParts) -> Double
}

/// What storage is counted from.
public struct StoredParts: Sendable {
    public let elements: Int
    public let ranges: Int
    /// Of the tensor along axis 0, each of so many elements.
    public let rows: Int
    public let rowLength: Int
    public let scaleType: ScaleType
    /// Bits of all zero-points.
    public let zeroPointBits: Double

    /// Bits of a scale for every range.
    var scaleBits: Double { scaleType.storedBits(count: ranges) }
}

extension NumberFormat {
    public var formula: String { "" }
    public var smallFloat: SmallFloatFormat? { nil }
    public var valuesPerCode: Int { 1 }
    public var rowMultiple: Int { 1 }
    public func text(ofCode code: Int) -> String { String(code) }

    public func storedBits(_ size: StoredParts) -> Double {
        Double(size.elements) * Double(bits) + size.scaleBits + size.zeroPointBits
    }
}

/// A format of equally spaced levels, which takes a mapping and a rounding besides.
public protocol UniformFormat: NumberFormat {
    /// The quantizer of one range, by this program's rules or a toolkit's.
    func quantizer(
        for range: ClipRange, mapping: Mapping, scaleType: ScaleType, convention: Convention?
    ) -> AffineQuantizer
}

/// A format of fixed levels, multiplied by a scale that follows from the largest magnitude of a range.
protocol ScaledFormat: NumberFormat {
    var book: CodeBook { get }
    /// - Parameter tensorLargest: the largest magnitude of the whole tensor.
    func scaleRule(_ type: ScaleType, tensorLargest: Float) -> ScaleRule
    /// The rule looks at the whole tensor, so that no range has a scale before it is known.
    var needsTensorLargest: Bool { get }
}

extension ScaledFormat {
    public var codeCount: Int { book.levels.count }
    var needsTensorLargest: Bool { false }
}

/// A format whose levels or thresholds are fitted to the values of a range.
protocol FittedFormat: NumberFormat {
    /// The quantizer of some finite values; there is at least one.
    func fitted(to evidence: any RangeEvidence, scaleType: ScaleType) throws(Cancelled) -> Quantizer
    /// What kernels make of all ranges alike; nil where each has a book of its own.
    var sharedCodec: KernelCodec? { get }
}

/// Words of a recipe that mean something for a format.
public struct FormatTraits: Sendable {
    public enum Clipping: Sendable {
        /// All of the catalogue.
        case all
        /// The rules that do not assume equal steps.
        case anyLevels
        /// The format has a rule of its own, which these words say.
        case none(String)
    }

    public enum GranularityChoice: Sendable {
        case free(default: Granularity)
        /// The format's own blocks, which these words say.
        case fixed(Granularity, String)
    }

    public var hasMapping = false
    /// Ranges have an offset besides their scale.
    public var hasOffset = false
    public var hasRounding = false
    public var hasConvention = false
    public var hasRangeMode = false
    public var clipping: Clipping
    public var granularity = GranularityChoice.free(default: .tensor)
    /// Types in which scales may be stored; empty where there are no scales to choose for, which `noScale` says why.
    public var scaleTypes: [ScaleType] = ScaleType.allCases
    public var noScale = ""
    /// What explains the format beyond its levels.
    public var study = FormatStudy.Kind.none

    /// The granularity of who does not choose one.
    var defaultGranularity: Granularity {
        switch granularity {
        case .free(let usual): usual
        case .fixed: .tensor
        }
    }

    /// Fixed levels under a real scale.
    static let scaledLevels = FormatTraits(hasRangeMode: true, clipping: .anyLevels, study: .blocks)

    /// Levels fitted to the values.
    static func fitted(_ rule: String, scales: Bool, study: FormatStudy.Kind = .none) -> FormatTraits {
        FormatTraits(
            clipping: .none(rule), scaleTypes: scales ? ScaleType.allCases : [],
            noScale: scales ? "" : "its levels are stored as they are, in 32 bits each", study: study)
    }

    /// Blocks with a scale of their own kind.
    static func blocks(of size: Int, scale: String) -> FormatTraits {
        FormatTraits(
            clipping: .none("the scale follows from each block's largest magnitude"),
            granularity: .fixed(.group(size: size), "its blocks are runs of \(size)"), scaleTypes: [],
            noScale: "its scales are \(scale)", study: .blocks)
    }
}

/// How a scale follows from the largest magnitude t of a range.
enum ScaleRule: Sendable {
    /// S = t / largest level, stored as a type; 1 where t is zero.
    case largest(level: Float, ScaleType)
    /// S = 2^(⌊log2 t⌋ - e) within 2^±127, e being the exponent of the largest level (OCP MX).
    case sharedExponent(Int)
    /// S = g·E4M3(t/(L·g)) with one Float32 g for the tensor (NVFP4).
    case twoLevels(tensorScale: Float, level: Float)

    @inline(__always)
    func scale(of t: Float) -> Float {
        switch self {
        case .largest(let level, let type):
            if t == 0 { return type.ofNothing }
            let stored = max(type.stored(max(t / level, .leastNormalMagnitude)), .leastNormalMagnitude)
            // The outermost level must be finite.
            return (stored * level).isFinite ? stored : (Float.greatestFiniteMagnitude / level).nextDown
        case .sharedExponent(let exponent):
            if t == 0 { return 1 }
            let binade = t.isNormal ? Int(t.bitPattern >> 23) - 127 : Int(t.exponent)
            let power = max(-127, min(127, binade - exponent))
            // 2^-127 is the one power that is not normal.
            return power < -126 ? 0x1p-127 : Float(bitPattern: UInt32(power + 127) << 23)
        case .twoLevels(let tensorScale, let level):
            if t == 0 { return tensorScale }
            return max(ScaleType.float8E4M3.stored(t / (level * tensorScale)) * tensorScale, .leastNormalMagnitude)
        }
    }
}
