public import Basics
import Tensors

/// What explains a format beyond its levels, on the tensor at hand.
public enum FormatStudy: Sendable {
    case blocks(BlockStudy)
    case planes(PlaneStudy)
    case zeroBand(ZeroBandStudy)
    case vectors(VectorStudy)

    /// Which of them a format asks for.
    public enum Kind: Sendable {
        /// The levels say it all.
        case none
        case blocks, planes, zeroBand, vectors
    }
}

extension Evaluator {
    /// The study that the recipe's format asks for; nil where it asks for none, or no value of the range is finite.
    ///
    /// - Parameters:
    ///   - range: that is looked at, or the first of some neighbours.
    ///   - columns: of a picture.
    ///   - context: threads, and a flag that ends the work.
    public func formatStudy(
        ofRange range: Int, columns: Int, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> FormatStudy? {
        if let better = try prepared(context) {
            return try better.formatStudy(ofRange: range, columns: columns, context: context)
        }
        switch recipe.format.traits.study {
        case .none: return nil
        case .blocks: return try blockStudy(around: range, count: columns, context).map { .blocks($0) }
        case .planes: return try planeStudy(ofRange: range, context).map { .planes($0) }
        case .zeroBand: return try zeroBandStudy(ofRange: range, points: 2 * columns, context).map { .zeroBand($0) }
        case .vectors: return try vectorStudy(bins: columns, context).map { .vectors($0) }
        }
    }
}
