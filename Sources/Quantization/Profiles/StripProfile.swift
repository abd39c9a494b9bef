import Platform
public import Tensors

/// One range or channel: how its values lie, what its clip limits are, and what the recipe does to it. Of its finite elements.
public struct StripProfile: Sendable {
    public let number: Int
    /// Finite elements.
    public let count: Int
    public let minimum: Float
    /// Percentiles, with linear interpolation between order statistics.
    public let lowPercentile: Float
    public let median: Float
    public let highPercentile: Float
    public let maximum: Float
    public let mean: Double
    public let deviation: Double
    /// The widest of the ranges that it has elements in, and the largest distance of neighbouring levels.
    public let limits: ClipRange
    public let step: Double
    /// The range of its first element, and whether all its elements belong to that one.
    public let range: Int
    public let hasOneRange: Bool
    public let squaredError: Double
    public let squaredOriginal: Double
    /// Elements that are not zero and become zero, over all finite ones.
    public let zeroedFraction: Double
    /// Levels that occur, and all there are; nil where codes do not follow from one value and its range.
    public let usedLevels: Int?
    public let levelCount: Int

    public static let lowFraction = 0.01, highFraction = 0.99

    /// In decibels; nil where there is no error or nothing but zeros.
    public var sqnr: Double? { Decibel.sqnr(squaredOriginal, squaredError) }
    public var mse: Double { count > 0 ? squaredError / Double(count) : 0 }
    public var largest: Float { max(abs(minimum), abs(maximum)) }
    /// Levels that no element takes.
    public var deadCodes: Int? { usedLevels.map { levelCount - $0 } }

    /// As of a tensor: max|x - mean| / (σ·√(2·ln n)); nil where all elements are equal or there are fewer than two.
    public var outlierScore: Double? {
        guard deviation > 0, count > 1 else { return nil }
        return max(Double(maximum) - mean, mean - Double(minimum)) / (deviation * (2 * log(Double(count))).squareRoot())
    }
}

/// The strips of a tensor under a recipe.
public struct StripProfiles: Sendable {
    public let kind: StripKind
    /// The shape that is judged: without the entries that are calibrated on.
    public let shape: Shape
    public let strips: [StripProfile]
    /// Of all strips.
    public let squaredError: Double

    /// More strips are not looked at: a memory of 64 MB.
    public static let mostStrips = 1 << 19

    /// The strip's part of the squared error, 0 where there is none.
    public func share(_ strip: StripProfile) -> Double { squaredError > 0 ? strip.squaredError / squaredError : 0 }

    /// By what strips may be sorted.
    public enum Order: String, CaseIterable, Sendable {
        case number, range, error, outlier, dead

        /// Larger comes first.
        func key(_ strip: StripProfile) -> Double {
            switch self {
            case .number: -Double(strip.number)
            case .range: Double(strip.largest)
            case .error: strip.squaredError
            case .outlier: strip.outlierScore ?? -1
            case .dead: Double(strip.deadCodes ?? -1)
            }
        }
    }

    /// Positions in `strips`, the most remarkable first; those that are alike in the order of the tensor.
    public func order(by order: Order) -> [Int] {
        let keys = strips.map { order.key($0) }
        return strips.indices.sorted { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }
    }
}
