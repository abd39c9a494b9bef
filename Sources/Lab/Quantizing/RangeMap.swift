import Quantization

/// Which range an element of a tensor belongs to, looked up: a layout's own answer takes divisions.
struct RangeMap: Sendable {
    /// Of elements after which the same ranges come again: of the whole tensor, or of one sample.
    private let ranges: [Int32]

    /// nil where there is but one range.
    init?(_ layout: RangeLayout) {
        guard layout.rangeCount > 1 else { return nil }
        ranges = (0..<layout.count).map { Int32(layout.range(ofElement: $0)) }
    }

    @inline(__always)
    subscript(element: Int) -> Int { Int(ranges[element % ranges.count]) }
}
