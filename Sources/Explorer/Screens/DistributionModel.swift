import Tensors
import Quantization

/// The histogram of one range or all elements, with the grid under it.
public struct DistributionModel: Sendable {
    public let title: String
    /// What the first pass found, from the most to the least wanted.
    public let statistics: [String]
    /// Counts of x and of x̂ in equal bins over `axis`; empty while there are none.
    public let original: [UInt64]
    public let reconstruction: [UInt64]
    public let axisLow: Double
    public let axisHigh: Double
    public let clipLow: Double
    public let clipHigh: Double
    public let levels: [Level]
    public let hasLogCounts: Bool
    public let isEstimate: Bool
    /// What the grid is, in words and numbers.
    public let gridText: [String]
    /// Instead of a histogram.
    public let notice: String?

    public struct Level: Sendable {
        public let value: Double
        public let count: UInt64
        public let isZero: Bool
    }

    init(_ state: ExplorerState) {
        let detail = state.detail
        var parts = [Words.distribution]
        if let count = detail?.rangeCount ?? state.evaluation?.rangeCount, count > 1 {
            let which = "range \(NumberText.grouped(state.shownRange + 1)) of \(NumberText.grouped(count))"
            parts.append((detail?.coversAll ?? state.coversAll) ? "all elements, grid of \(which)" : which)
        }
        parts.append(state.hasLogCounts ? Words.logCounts : Words.linearCounts)
        title = parts.joined(separator: " ── ")
        statistics = Self.statistics(state)
        original = detail?.original.counts ?? []
        reconstruction = detail?.reconstruction.counts ?? []
        let edges = detail?.original.binning.edges ?? []
        axisLow = edges.first ?? 0
        axisHigh = edges.last ?? 0
        clipLow = Double(detail?.quantizer.range.low ?? 0)
        clipHigh = Double(detail?.quantizer.range.high ?? 0)
        hasLogCounts = state.hasLogCounts
        isEstimate = detail.map { !$0.isExact } ?? false
        notice = state.problem ?? (detail == nil ? Words.working : nil)
        if let detail {
            let quantizer = detail.quantizer
            levels = detail.codeCounts.enumerated().map { offset, count in
                let code = quantizer.lowestCode + offset
                return Level(
                    value: Double(quantizer.reconstruction(of: code)), count: count, isZero: code == quantizer.zeroPoint
                )
            }
            gridText = Self.gridText(detail)
        } else {
            levels = []
            gridText = []
        }
    }

    private static func statistics(_ state: ExplorerState) -> [String] {
        guard let statistics = state.statistics else { return [] }
        var parts: [String] = []
        func number(_ name: String, _ value: Double?) {
            if let value { parts.append("\(name) \(NumberText.significant(value))") }
        }
        if statistics.nanCount > 0 { parts.append("NaN \(NumberText.grouped(statistics.nanCount))") }
        if statistics.infinityCount > 0 { parts.append("∞ \(NumberText.grouped(statistics.infinityCount))") }
        if state.tensor.elementType.isRoundedOnReading { parts.append("read as Float32") }
        number("min", statistics.minimum)
        number("max", statistics.maximum)
        number("mean", statistics.mean)
        number("σ", statistics.standardDeviation)
        parts.append("n \(NumberText.grouped(statistics.count))")
        if statistics.zeroCount > 0 { parts.append("zeros \(NumberText.grouped(statistics.zeroCount))") }
        number("kurtosis", statistics.kurtosis)
        number("skewness", statistics.skewness)
        return parts
    }

    private static func gridText(_ detail: RangeDetail) -> [String] {
        let used = detail.codeCounts.count { $0 > 0 }
        let mark = detail.isExact ? "" : "≈"
        let clip = detail.quantizer.range
        return [
            "clip \(NumberText.significant(Double(clip.low)))…\(NumberText.significant(Double(clip.high)))",
            "\(mark)\(used) of \(detail.codeCounts.count) levels used",
        ]
    }
}
