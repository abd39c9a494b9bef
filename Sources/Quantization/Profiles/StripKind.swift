public import Tensors

/// What a strip of a profile is: the ranges of the recipe, or the channels of an axis, which may share ranges or hold several.
public enum StripKind: Hashable, Sendable {
    case ranges
    case channels(axis: Int)

    /// The strips that tell most whatever shares a range: the output channels, or the ranges of a vector.
    public static func usual(_ shape: Shape) -> StripKind { shape.rank >= 2 ? .channels(axis: 0) : .ranges }

    /// All that a shape has.
    public static func all(_ shape: Shape) -> [StripKind] {
        [.ranges] + (shape.rank >= 2 ? (0..<shape.rank).map { .channels(axis: $0) } : [])
    }
}
