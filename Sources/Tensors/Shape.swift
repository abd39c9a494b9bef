/// The extents of a tensor, outermost axis first; a scalar has none.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    public let extents: [Int]
    /// Without an axis: one element.
    public static let scalar = Shape([])!

    /// The number of elements, the product of all extents (1 for a scalar).
    public let count: Int

    /// Returns nil where an extent is negative or the product of the extents does not fit an `Int`.
    ///
    /// An extent of 0 makes the tensor empty whatever the others are, but these must still multiply without overflow:
    /// a header that names `[0, 2^62, 2^62]` is wrong rather than empty.
    public init?(_ extents: [Int]) {
        var product = 1
        for extent in extents {
            guard extent >= 0 else { return nil }
            if extent == 0 { continue }
            let (value, overflow) = product.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            product = value
        }
        self.extents = extents
        count = extents.contains(0) ? 0 : product
    }

    public var rank: Int { extents.count }

    /// The product of the extents from `axis` on; `product(from: rank)` is 1.
    public func product(from axis: Int) -> Int { extents[axis...].reduce(1, *) }

    /// The product of the extents before `axis`; `product(before: 0)` is 1.
    public func product(before axis: Int) -> Int { extents[..<axis].reduce(1, *) }

    /// Elements between neighbours along each axis where the first axis is the fastest.
    public var columnMajorStrides: [Int] { (0..<rank).map { product(before: $0) } }

    /// Whether elements under the given strides are in row-major order; the stride of an axis of one entry is of no account.
    public func isRowMajor(strides: [Int]) -> Bool {
        guard count > 0, strides.count == rank else { return count == 0 }
        return (0..<rank).allSatisfy { extents[$0] == 1 || strides[$0] == product(from: $0 + 1) }
    }

    /// Whether the given strides lead to each of the first `count` elements once, in some order.
    public func isPermutation(strides: [Int]) -> Bool {
        var next = 1
        for (stride, extent) in zip(strides, extents).filter({ $0.1 != 1 }).sorted(by: { $0.0 < $1.0 }) {
            guard stride == next else { return false }
            next *= extent
        }
        return true
    }

    /// One more than the index of the last element under the given strides, 0 of an empty shape; `Int.max` where a stride is
    /// negative or the sum overflows.
    public func reach(strides: [Int]) -> Int {
        if count == 0 { return 0 }
        var reach = 1
        for (extent, stride) in zip(extents, strides) {
            let (span, overflow) = (extent - 1).multipliedReportingOverflow(by: stride)
            let (sum, beyond) = reach.addingReportingOverflow(span)
            guard stride >= 0, !overflow, !beyond else { return .max }
            reach = sum
        }
        return reach
    }

    /// `[16,8,3,3]`
    public var description: String { "[" + extents.map(String.init).joined(separator: ",") + "]" }

    /// `16·8·3·3`, or `scalar`: the short form of lists.
    public var compact: String { extents.isEmpty ? "scalar" : extents.map(String.init).joined(separator: "·") }
}

extension Int {
    /// The number of pieces of `size` that this many elements take.
    @inlinable
    public func pieces(of size: Int) -> Int { self == 0 ? 0 : (self - 1) / size + 1 }
}
