import Basics
import Quantization
import Tensors

/// The histogram of one range or all elements, with the grid under it.
public struct DistributionModel: Sendable {
    /// From the longest on: what is most wanted stays in all of them.
    public let titles: [String]
    /// What the first pass found, from the most to the least wanted.
    public let statistics: [String]
    /// Counts of x and of x̂ in equal bins over `axis`; empty while there are none.
    public let original: [UInt64]
    public let reconstruction: [UInt64]
    public let axis: Axis
    public let clipLow: Double
    public let clipHigh: Double
    /// For each column what the grid has there.
    public let ruler: [RulerMark]
    public let cursor: Double?
    /// What the quantizer makes of the cursor's value, long and short.
    public let cursorText: [String]
    public let hasLogCounts: Bool
    public let isEstimate: Bool
    /// What the grid is, in words and numbers.
    public let gridText: [String]
    /// For each bin its share of the squared error, from 0 to 1; empty where it is unknown.
    public let errorShares: [Double]
    /// The numbers along the axis where they are not its values: codes, where all elements are in units of their scales.
    public let codes: Axis?
    /// Levels as rules through the plot, where they are few enough.
    public let rules: [Double]
    /// Instead of a histogram.
    public let notice: Notice?

    /// What a column of the ruler shows; of several levels the one that says most.
    public enum RulerMark: UInt8, Comparable, Sendable {
        case nothing, emptyLevel, usedLevel, zero
        public static func < (first: RulerMark, second: RulerMark) -> Bool { first.rawValue < second.rawValue }
    }

    init(_ state: ExplorerState) {
        let detail = state.detail
        titles = Self.titles(state)
        statistics = Self.statistics(state)
        original = detail?.original.counts ?? []
        reconstruction = detail?.reconstruction.counts ?? []
        let axis = detail.map { Axis($0.original.binning, isLogarithmic: state.hasLogAxis) } ?? Axis(low: 0, high: 0)
        self.axis = axis
        clipLow = Double(detail?.quantizer.limits.low ?? 0)
        clipHigh = Double(detail?.quantizer.limits.high ?? 0)
        hasLogCounts = state.hasLogCounts
        isEstimate = detail.map { !$0.isExact } ?? false
        notice = detail == nil || state.problem != nil ? state.waitingNotice : nil
        cursor = detail == nil ? nil : state.cursorValue.map(Double.init)
        cursorText = Self.cursorText(state)
        ruler = detail.map { Self.ruler($0, axis: axis, columns: state.plotColumns) } ?? []
        gridText = detail.map(Self.gridText) ?? []
        errorShares = detail.map { Self.errorShares($0, state) } ?? []
        codes = detail.flatMap { $0.coverage == .units ? Self.codes($0.quantizer, axis) : nil }
        rules = detail.map { Self.rules($0, axis: axis, columns: state.plotColumns) } ?? []
    }

    /// The codes at both ends of an axis: r/S + z.
    private static func codes(_ quantizer: Quantizer, _ axis: Axis) -> Axis {
        let zero = if case .affine = quantizer { Double(quantizer.zeroPoint) } else { 0.0 }
        func code(_ value: Double) -> Double { value / Double(quantizer.scale) + zero }
        return Axis(low: code(axis.low), high: code(axis.high))
    }

    /// Of few levels, which are far enough apart to be told.
    private static func rules(_ detail: RangeDetail, axis: Axis, columns: Int) -> [Double] {
        guard detail.quantizer.isScalar, detail.quantizer.levelCount * 3 <= columns else { return [] }
        return detail.quantizer.levels.map(Double.init)
    }

    /// e² of three places in each bin times what the bin holds: where the error comes from.
    private static func errorShares(_ detail: RangeDetail, _ state: ExplorerState) -> [Double] {
        let quantizer = detail.quantizer, edges = detail.original.binning.edges
        // Over all values as they are, each has a grid of its own.
        guard quantizer.isScalar, detail.coverage != .values else { return [] }
        let errors = detail.original.counts.enumerated().map { bin, count -> Double in
            guard count > 0 else { return 0 }
            let (low, width) = (edges[bin], edges[bin + 1] - edges[bin])
            let squares = [1.0 / 6, 0.5, 5.0 / 6].reduce(0.0) { sum, place in
                let value = Float(low + place * width)
                let code = quantizer.code(of: value, rounding: state.recipe.rounding, index: bin)
                let error = Double(quantizer.reconstruction(of: code) - value)
                return sum + error * error
            }
            return Double(count) * squares / 3
        }
        let all = errors.reduce(0, +)
        return all > 0 && all.isFinite ? errors.map { $0 / all } : []
    }

    private static func titles(_ state: ExplorerState) -> [String] {
        var parts = [Words.distribution], short = [Words.distribution], range: String?, least: String?
        if let count = state.detail?.rangeCount ?? state.evaluation?.rangeCount, count > 1 {
            let which = Words.rangeName(min(state.shownRange, count - 1), state.recipe, state.tensor.shape)
            let coverage = state.detail?.coverage ?? state.coverage
            let name =
                switch coverage {
                case .range: which
                case .units: Words.allInUnits(count)
                case .values: "\(Words.allElements) \(which)"
                }
            parts.append(name)
            short = [name]
            range = coverage == .units ? Words.allInUnitsShort : which
            least =
                coverage == .units
                ? Words.allInUnitsShort
                : Words.shortRangeName(min(state.shownRange, count - 1), state.recipe, state.tensor.shape)
        }
        if let entries = Words.judgedEntries(state) {
            parts.append(entries)
            if short == [Words.distribution] { short = ["\(Words.distribution) ── \(entries)"] }
        }
        if state.hasLogAxis { parts.append(Words.logAxis) }
        if state.window != nil { parts.append(state.isAxisLocked ? Words.lockedAxis : Words.zoomedAxis) }
        parts.append(state.hasLogCounts ? Words.logCounts : Words.linearCounts)
        let medium = short == [Words.distribution] ? parts : Array(parts.dropFirst())
        let bare = Words.judgedEntries(state).map { [$0] } ?? range.map { [$0] } ?? short
        return [parts, medium, short, bare, least.map { [$0] } ?? bare].map { $0.joined(separator: " ── ") }
    }

    /// One pass over the codes: there may be 65,536.
    private static func ruler(_ detail: RangeDetail, axis: Axis, columns count: Int) -> [RulerMark] {
        let quantizer = detail.quantizer
        var marks = [RulerMark](repeating: .nothing, count: count)
        guard quantizer.isScalar else {
            // Coordinates of centroids.
            for level in quantizer.levels {
                if let column = axis.column(of: Double(level), in: count) { marks[column] = .usedLevel }
            }
            return marks
        }
        for (offset, occurrences) in detail.codeCounts.enumerated() {
            let code = quantizer.lowestCode + offset
            guard let column = axis.column(of: Double(quantizer.reconstruction(of: code)), in: count) else { continue }
            let mark: RulerMark = code == quantizer.zeroCode ? .zero : occurrences > 0 ? .usedLevel : .emptyLevel
            if mark > marks[column] { marks[column] = mark }
        }
        return marks
    }

    private static func cursorText(_ state: ExplorerState) -> [String] {
        guard let value = state.cursorValue, let quantizer = state.detail?.quantizer, quantizer.isScalar else {
            return []
        }
        let code = quantizer.code(of: value, rounding: state.recipe.rounding, index: 0)
        let back = quantizer.reconstruction(of: code)
        func text(_ number: Float) -> String { NumberText.significant(Double(number), digits: 4) }
        return [
            Words.cursor(
                text(value), code: quantizer.text(ofCode: code, in: state.recipe.format), back: text(back),
                error: text(back - value)),
            "r \(text(value)) → \(text(back))",
        ]
    }

    private static func statistics(_ state: ExplorerState) -> [String] {
        guard let statistics = state.statistics else { return [] }
        // The first pass looks at the whole tensor, whatever range is shown.
        let isPart = (state.detail?.rangeCount ?? 1) > 1 || state.recipe.rangeMode.calibrationEntries > 0
        var parts = isPart ? [Words.wholeTensor] : []
        func number(_ name: String, _ value: Double?) {
            if let value { parts.append("\(name) \(NumberText.significant(value))") }
        }
        if statistics.nanCount > 0 { parts.append("NaN \(NumberText.grouped(statistics.nanCount))") }
        if statistics.infinityCount > 0 { parts.append("∞ \(NumberText.grouped(statistics.infinityCount))") }
        if state.tensor.isRoundedOnReading { parts.append(Words.readAsFloat) }
        number("min", statistics.minimum)
        number("max", statistics.maximum)
        number("mean", statistics.mean)
        number("σ", statistics.standardDeviation)
        parts.append("n \(NumberText.grouped(statistics.count))")
        if statistics.zeroCount > 0 { parts.append("zeros \(NumberText.grouped(statistics.zeroCount))") }
        return parts
    }

    private static func gridText(_ detail: RangeDetail) -> [String] {
        let used = detail.codeCounts.count { $0 > 0 }
        let clip = detail.quantizer.limits, beyond = detail.original.below + detail.original.above
        return [
            Words.clip(NumberText.significant(Double(clip.low)), NumberText.significant(Double(clip.high))),
            (detail.isExact ? "" : "≈") + Words.levelsUsed(used, of: detail.codeCounts.count)
                + (detail.rangeCount > 1 ? Words.inThisRange : ""),
        ]
            + (beyond > 0
                ? [(detail.isExact ? "" : "≈") + Words.beyondPlot(NumberText.grouped(Int(beyond)))] : [])
    }
}
