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

    /// `[16,8,3,3]`
    public var description: String { "[" + extents.map(String.init).joined(separator: ",") + "]" }

    /// `16·8·3·3`, or `scalar`: the short form of lists.
    public var compact: String { extents.isEmpty ? "scalar" : extents.map(String.init).joined(separator: "·") }
}
