import Quantization

/// Which range an element of a tensor belongs to, and where that range ends.
struct RangeLimits: Sendable {
    /// nil where all are one range.
    let map: RangeMap?
    let low: [Float]
    let high: [Float]

    init(_ ranges: CalibratedRanges, map: RangeMap?) {
        self.map = map
        low = ranges.quantizers.map { $0.limits.low }
        high = ranges.quantizers.map { $0.limits.high }
    }

    @inline(__always)
    func range(ofElement element: Int) -> Int { map?[element] ?? 0 }
}
