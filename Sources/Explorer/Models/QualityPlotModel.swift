import Basics
import Quantization

/// Bits per weight against quality: a point a recipe, the frontier, and what no code can beat.
public struct QualityPlotModel: Sendable {
    public struct Point: Sendable {
        public enum Kind: Sendable { case frontier, beaten, current, pin(Int) }

        /// From 0 to 1, upward the better.
        public let x: Double
        public let y: Double
        public let kind: Kind
        public let isEstimate: Bool
        public let isAtCursor: Bool
        let recipe: Recipe
    }

    /// From the longest on.
    public let titles: [String]
    /// The point at the cursor, from the longest on.
    public let readout: [String]
    public let legend: [String]
    public let points: [Point]
    /// Of the frontier: from each bit on the best that it buys.
    private let steps: [(x: Double, y: Double)]
    private let bound: RateBound?
    private let bits: ClosedRange<Double>
    private let decibels: ClosedRange<Double>
    public let xLabels: [(x: Double, text: String)]
    public let low: String
    public let high: String
    public let notice: Notice?

    /// What is said of the points.
    private struct Text {
        var titles: [String]
        var readout: [String]
        var notice: Notice?
        /// All of them have to be seen.
        var isWhole = true
    }

    /// The recipes of the sweep.
    static func sweep(_ state: ExplorerState) -> QualityPlotModel {
        let rows = state.sweptRows, quality = state.sweep.quality, cursor = state.sweepCursor
        let exact = rows.count { $0.point.isExact }, all = state.sweepPoints?.names.count ?? 0
        let hasNone = state.sweepPoints?.names.isEmpty ?? false
        return QualityPlotModel(
            rows, by: quality, cursor: cursor,
            Text(
                titles: Words.sweepTitles(quality.metric, exact: exact, of: max(all, rows.count)),
                readout: readout(rows, cursor, quality.metric),
                notice: hasNone ? .waiting(Words.nothingToSweep) : state.waitingNotice), state)
    }

    /// The recipes that were tried on the tensor.
    static func tried(_ state: ExplorerState) -> QualityPlotModel {
        let rows = state.triedRows, quality = SweepQuality.sqnr, cursor = state.triedCursor
        return QualityPlotModel(
            rows, by: quality, cursor: cursor,
            Text(
                titles: Words.triedTitles(rows.count),
                readout: rows.count > 1 ? readout(rows, cursor, quality.metric) : Words.triedOne,
                notice: state.waitingNotice, isWhole: false), state)
    }

    private static func readout(_ rows: [SweepResult.Row], _ cursor: String, _ metric: Metric) -> [String] {
        rows.first { $0.point.name == cursor }.map { readout($0, rows, metric) } ?? [cursor]
    }

    private init(
        _ rows: [SweepResult.Row], by quality: SweepQuality, cursor: String, _ text: Text, _ state: ExplorerState
    ) {
        let metric = quality.metric, judged = rows.filter { $0.error != nil }
        let levels = judged.compactMap { $0.error.flatMap { $0 > 0 ? -Decibel.of($0) : nil } }
        let allBits = judged.map { $0.point.bits }
        let least = (allBits.min() ?? 1).rounded(.down)
        // Where single ones take far more bits than any that is good, they would leave the others no room.
        let good = judged.filter { $0.isOnFrontier || $0.point.name == state.recipe.description }.map { $0.point.bits }
        let furthest = text.isWhole ? allBits.max() : good.max().map { max($0 + 2, least + 4) }
        let most = max(least + 1, min(furthest ?? 8, allBits.max() ?? 8) + 0.2)
        let bits = least...most
        let lowest = levels.min() ?? 0, highest = max(lowest + 1, levels.max() ?? 1)
        let decibels = lowest...highest + (highest - lowest) * 0.04
        (self.bits, self.decibels) = (bits, decibels)
        func x(_ row: SweepResult.Row) -> Double {
            (row.point.bits - bits.lowerBound) / (bits.upperBound - bits.lowerBound)
        }
        // What has no error at all is at the top.
        func y(_ row: SweepResult.Row) -> Double {
            guard let error = row.error, error > 0 else { return 1 }
            return (-Decibel.of(error) - decibels.lowerBound) / (decibels.upperBound - decibels.lowerBound)
        }
        let current = state.recipe.description
        let pins = state.comparison.pins.map { $0.description }
        points = judged.filter { $0.point.bits <= most }.map { row in
            let kind: Point.Kind =
                if row.point.name == current {
                    .current
                } else if let pin = pins.firstIndex(of: row.point.name) {
                    .pin(pin + 1)
                } else {
                    row.isOnFrontier ? .frontier : .beaten
                }
            return Point(
                x: x(row), y: y(row), kind: kind, isEstimate: !row.point.isExact,
                isAtCursor: row.point.name == cursor, recipe: row.point.recipe)
        }
        steps = judged.filter { $0.isOnFrontier }.map { (x($0), y($0)) }
        bound = quality == .sqnr ? state.statistics.flatMap { RateBound($0) } : nil
        let step = most - least > 12 ? 2.0 : 1.0
        xLabels = stride(from: least, through: most, by: step).map { bit in
            ((bit - least) / (most - least), NumberText.significant(bit))
        }
        low = Self.label(metric, quality.value(ofError: Decibel.ratio(-decibels.lowerBound)))
        high = Self.label(metric, quality.value(ofError: Decibel.ratio(-decibels.upperBound)))
        legend = Words.sweepLegend(
            hasPins: !state.comparison.pins.isEmpty, bound: bound.map { Words.name(of: $0.model) })
        (titles, readout) = (text.titles, text.readout)
        notice = points.isEmpty ? text.notice : nil
    }

    /// What the recipe at the cursor costs, and what beats it; from the longest line on.
    private static func readout(_ row: SweepResult.Row, _ rows: [SweepResult.Row], _ metric: Metric) -> [String] {
        let point = row.point, bits = Words.sweepBits(NumberText.fixed(point.bits, places: 3))
        let value =
            (point.isExact ? "" : "≈") + (metric.value(point.metrics).map { text(metric, $0) } ?? Words.exact)
            + (metric.unit.isEmpty ? "" : " " + metric.unit)
        let better = rows.last { $0.isOnFrontier && $0.point.bits <= point.bits }
        let gap = row.gap.map { NumberText.fixed($0, places: 2) }
        let verdict = row.isOnFrontier ? Words.onTheFrontier : Words.belowTheFrontier(gap)
        let long = row.isOnFrontier ? verdict : Words.belowTheFrontier(gap, better?.point.name)
        return [
            [point.name, bits, "\(metric.label) \(value)", long],
            [point.name, bits, "\(metric.label) \(value)", verdict],
            [point.name, bits, value, verdict], [point.name, bits, value], [point.name, value], [point.name],
        ].map { $0.joined(separator: "  ") }
    }

    /// At the axis, where there is little room.
    private static func label(_ metric: Metric, _ value: Double) -> String {
        if case .fixed = metric.format { return text(metric, value) }
        return NumberText.significant(value, digits: 2)
    }

    static func text(_ metric: Metric, _ value: Double) -> String {
        if case .fixed(let places) = metric.format, places <= 3 { return NumberText.fixed(value, places: places) }
        return NumberText.significant(value, digits: metric.id == .cosine ? 6 : 3)
    }

    /// The frontier at a share of the axis; nil before its first point.
    public func frontier(at x: Double) -> Double? { steps.last { $0.x <= x }?.y }

    /// What no code can beat, at a share of the axis; nil where that is not known.
    public func bound(at x: Double) -> Double? {
        bound.map { bound in
            let value = bound.sqnr(bits: bits.lowerBound + x * (bits.upperBound - bits.lowerBound))
            return (value - decibels.lowerBound) / (decibels.upperBound - decibels.lowerBound)
        }
    }
}
