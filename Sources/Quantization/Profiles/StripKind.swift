public import Tensors

/// What a strip of a profile is: the ranges of the recipe, or the channels of an axis, which may share ranges or hold several.
public enum StripKind: Hashable, Sendable {
    case ranges
    case channels(axis: Int)

    /// The strips that tell most: the ranges, or, where a range spans several output channels, these.
    public static func usual(_ recipe: Recipe, _ shape: Shape) -> StripKind {
        guard shape.rank >= 2 else { return .ranges }
        switch recipe.granularity {
        case .tensor, .channels, .block: return .channels(axis: 0)
        case .channel, .group, .groupAlong: return .ranges
        }
    }

    /// All that a shape has.
    public static func all(_ shape: Shape) -> [StripKind] {
        [.ranges] + (shape.rank >= 2 ? (0..<shape.rank).map { .channels(axis: $0) } : [])
    }
}
