public import Tensors

/// What shares a range, and with it a scale (survey III-E).
public enum Granularity: Hashable, Sendable {
    /// One range for the whole tensor; the survey's layerwise.
    case tensor
    /// One range for each index of an axis; channelwise.
    case channel(axis: Int)
    /// One range for `count` neighbouring indices of an axis; the survey's groupwise.
    case channels(count: Int, axis: Int)
    /// Runs of `size` within a row, a row being everything after axis 0 (a vector is one row); the survey's sub-channelwise.
    case group(size: Int)
    /// Runs of `size` along an axis.
    case groupAlong(size: Int, axis: Int)
    /// Tiles of a matrix; with more axes, the matrix of axis 0 against all others.
    case block(rows: Int, columns: Int)

    /// How the ranges lie in a tensor of that shape.
    public func layout(of shape: Shape) throws(GranularityError) -> RangeLayout {
        func check(_ axis: Int) throws(GranularityError) {
            guard axis < shape.rank else { throw GranularityError(granularity: self, shape: shape, axis: axis) }
        }
        switch self {
        case .tensor: return RangeLayout(rows: 1, rowLength: shape.count, pieceLength: shape.count)
        case .channel(let axis):
            try check(axis)
            return channels(1, axis, shape)
        case .channels(let count, let axis):
            try check(axis)
            return channels(count, axis, shape)
        case .group(let size):
            let rows = shape.rank > 1 ? shape.extents[0] : 1
            return RangeLayout(rows: rows, rowLength: shape.count / max(1, rows), pieceLength: size)
        case .groupAlong(let size, let axis):
            try check(axis)
            let extent = shape.extents[axis], inner = shape.product(from: axis + 1)
            let outer = shape.product(before: axis)
            if inner == 1 { return RangeLayout(rows: outer, rowLength: extent, pieceLength: size) }
            return RangeLayout(
                rows: outer * extent, rowLength: inner, pieceLength: 1, rowsPerBlock: extent, bandRows: size)
        case .block(let rows, let columns):
            guard shape.rank >= 2 else { throw GranularityError(granularity: self, shape: shape, axis: nil) }
            return RangeLayout(
                rows: shape.extents[0], rowLength: shape.product(from: 1), pieceLength: columns,
                rowsPerBlock: shape.extents[0], bandRows: rows)
        }
    }

    private func channels(_ count: Int, _ axis: Int, _ shape: Shape) -> RangeLayout {
        let outer = shape.product(before: axis), inner = shape.product(from: axis + 1)
        let (piece, overflow) = count.multipliedReportingOverflow(by: inner)
        return RangeLayout(
            rows: outer, rowLength: shape.extents[axis] * inner,
            pieceLength: overflow ? shape.count : piece, rowsPerBlock: outer, bandRows: outer)
    }
}

extension Granularity: CustomStringConvertible {
    /// As in a recipe.
    public var description: String {
        switch self {
        case .tensor: "tensor"
        case .channel(let axis): "channel:\(axis)"
        case .channels(let count, let axis): "channels:\(count)@\(axis)"
        case .group(let size): "group:\(size)"
        case .groupAlong(let size, let axis): "group:\(size)@\(axis)"
        case .block(let rows, let columns): "block:\(rows)x\(columns)"
        }
    }
}

/// A granularity that a tensor's shape does not allow.
public struct GranularityError: Error, Equatable, Sendable, CustomStringConvertible {
    public let granularity: Granularity
    public let shape: Shape
    public let axis: Int?

    public var description: String {
        guard let axis else { return "\(granularity) needs a matrix, the shape is \(shape)" }
        let allowed =
            shape.rank == 0
            ? "a scalar has no axis" : shape.rank == 1 ? "its only axis is 0" : "its axes are 0 to \(shape.rank - 1)"
        return "\(granularity) names axis \(axis), but of shape \(shape) \(allowed)"
    }
}
