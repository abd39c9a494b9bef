import Basics
import Quantization
import Tensors

/// The range of every entry of axis 0 against the one in use (survey III-D).
public struct TimelineModel: Sendable {
    public struct Column: Sendable {
        public let own: (low: Double, high: Double)
        public let used: (low: Double, high: Double)
        /// The first of its entries.
        public let first: Int
        public let isCalibration: Bool
        public let isAtCursor: Bool
    }

    public let columns: [Column]
    /// The values that the picture spans.
    public let axis: Axis
    /// What static ranges lose and dynamic ones cost, from the most to the least wanted.
    public let summary: [String]
    /// The entry at the cursor.
    public let readout: [String]
    public let lastEntry: Int
    /// Instead of a picture.
    public let notice: Notice?

    init(_ state: ExplorerState) {
        guard let timeline = state.timeline else {
            columns = []
            axis = Axis(low: 0, high: 1)
            summary = []
            readout = []
            lastEntry = 0
            notice = Self.notice(state)
            return
        }
        notice = nil
        lastEntry = timeline.entryCount - 1
        let entries = timeline.entries, cursor = state.timelineCursor
        columns = entries.map { entry in
            Column(
                own: (Double(entry.own.low), Double(entry.own.high)),
                used: (Double(entry.used.low), Double(entry.used.high)), first: entry.entries.lowerBound,
                isCalibration: entry.isCalibration,
                isAtCursor: entry.entries.contains(cursor))
        }
        let lows = columns.map { min($0.own.low, $0.used.low) }, highs = columns.map { max($0.own.high, $0.used.high) }
        let low = lows.min() ?? 0, high = highs.max() ?? 1
        axis = Axis(low: low, high: high > low ? high : low + 1)
        summary = Self.summary(timeline, state)
        readout = Self.readout(timeline, cursor)
    }

    private static func notice(_ state: ExplorerState) -> Notice { .problem(state.problem, or: reason(state)) }

    private static func reason(_ state: ExplorerState) -> String {
        guard state.tensor.shape.rank >= 2, state.tensor.shape.extents[0] > 1 else { return Words.noEntries }
        guard state.recipe.hasRanges else { return Words.noRanges(state.recipe.format.name) }
        guard state.recipe.granularity.spansEntries else { return Words.entriesHaveRanges }
        if state.recipe.rangeMode == .own, state.tensor.shape.extents[0] > RangeTimeline.mostEntries {
            return Words.tooManyEntries(NumberText.grouped(state.tensor.shape.extents[0]))
        }
        return state.isIdle ? Words.stoppedByUser : Words.working
    }

    private static func decibels(_ value: Double?) -> String {
        value.map { NumberText.fixed($0, places: 2) + " dB" } ?? Words.exact
    }

    private static func summary(_ timeline: RangeTimeline, _ state: ExplorerState) -> [String] {
        let cost = Words.dynamicCost(
            ranges: NumberText.grouped(timeline.rangesPerEntry),
            elements: NumberText.grouped(timeline.elementsPerEntry))
        if state.recipe.rangeMode == .dynamic { return [Words.dynamicOnly(decibels(timeline.dynamicSQNR)), cost] }
        let used = Words.usedSQNR(
            state.recipe.rangeMode, timeline.usedSQNR.map { NumberText.fixed($0, places: 2) } ?? Words.exact)
        let other = Words.dynamicOnly(decibels(timeline.dynamicSQNR))
        guard let mine = timeline.usedSQNR, let dynamic = timeline.dynamicSQNR else { return [used, other, cost] }
        return [Words.loses(NumberText.fixed(dynamic - mine, places: 2)), used, other, cost]
    }

    private static func readout(_ timeline: RangeTimeline, _ cursor: Int) -> [String] {
        guard let entry = timeline.entries.first(where: { $0.entries.contains(cursor) }) else { return [] }
        func text(_ range: ClipRange) -> String {
            "\(NumberText.significant(Double(range.low), digits: 3))…\(NumberText.significant(Double(range.high), digits: 3))"
        }
        let name =
            entry.entries.count == 1
            ? Words.entry("\(cursor)") : Words.entries("\(entry.entries.lowerBound)…\(entry.entries.upperBound - 1)")
        var parts = [
            name + (entry.isCalibration ? Words.calibratedOn : ""), Words.ownRange(text(entry.own)),
            Words.usedRange(text(entry.used)),
        ]
        if !entry.isCalibration { parts.append(Words.entryNoise(decibels(entry.usedSQNR), decibels(entry.ownSQNR))) }
        return parts
    }
}
