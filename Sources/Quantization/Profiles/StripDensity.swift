public import Basics
import Tensors

/// How the values of some strips lie on one axis.
public struct StripDensity: Sendable {
    /// Strips by their numbers.
    public let strips: [Int]
    public let bins: Int
    /// Elements in each bin, strip by strip.
    private let counts: [UInt32]
    private let places: [Int: Int]

    fileprivate init(strips: [Int], bins: Int, counts: [UInt32]) {
        (self.strips, self.bins, self.counts) = (strips, bins, counts)
        places = Dictionary(
            strips.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// The counts of a strip; nil where it was not looked at.
    public func counts(ofStrip strip: Int) -> ArraySlice<UInt32>? {
        places[strip].map { counts[$0 * bins..<($0 + 1) * bins] }
    }

    /// The largest count of all.
    public var most: UInt32 { counts.max() ?? 0 }
}

extension Evaluator {
    /// Counts the finite values of some strips in equal bins from `low` to `high`; what lies beyond is left out.
    ///
    /// nil where the tensor has no such strips.
    /// - Complexity: reads the elements of these strips alone.
    public func density(
        of kind: StripKind, strips: [Int], low: Double, high: Double, bins: Int, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> StripDensity? {
        if let better = try prepared(context) {
            return try better.density(of: kind, strips: strips, low: low, high: high, bins: bins, context: context)
        }
        guard let layout = try? layout(of: kind), bins > 0, low < high,
            strips.allSatisfy({ (0..<layout.rangeCount).contains($0) })
        else { return nil }
        let counts = Slots<UInt32>(strips.count * bins, repeating: 0)
        let slope = Float(Double(bins) / (high - low)), first = Float(low)
        let scratches = PerWorker(context.threads) { Scratch() }
        try context.silent.forEach(0..<strips.count) { [tensor] place, worker in
            let reader = RangeReader(tensor, layout.runs(ofRange: strips[place])), base = counts.base + place * bins
            for chunk in 0..<reader.chunkCount {
                reader.withChunk(chunk, scratches[worker]) { values, count in
                    for i in 0..<count where values[i].isFinite {
                        let bin = (values[i] - first) * slope
                        if bin >= 0, bin <= Float(bins) { base[min(bins - 1, Int(bin))] += 1 }
                    }
                }
            }
        }
        return StripDensity(strips: strips, bins: bins, counts: counts.all)
    }
}
