import Basics
import Quantization

/// Bars over an axis with words around them: the errors, the codes.
public struct BarsModel: Sendable {
    public let title: String
    public let counts: [UInt64]
    public let hasLogCounts: Bool
    public let isEstimate: Bool
    /// Left, middle and right below the bars.
    public let labels: [String]
    /// A line of words, from the most to the least wanted.
    public let notes: [String]
    /// Bins that are marked: the last ones within half a step, the zero-point.
    public let marks: [Int]
    /// The mark is the code of zero.
    public let marksZero: Bool
    /// Where the cursor's value falls, 0 to 1.
    public let cursor: Double?

    /// The errors of the range in steps.
    static func errors(_ state: ExplorerState) -> BarsModel? {
        guard let detail = state.detail else { return nil }
        let histogram = detail.errors, span = RangeDetail.errorSpan, count = histogram.counts.count
        let step = detail.quantizer.step
        let beyond = histogram.below + histogram.above
        var cursor: Double?
        if let value = state.cursorValue, detail.quantizer.isScalar {
            let code = detail.quantizer.code(of: value, rounding: state.recipe.rounding, index: 0)
            let error = Double(detail.quantizer.reconstruction(of: code) - value) / step
            let share = (error + span) / (2 * span)
            cursor = (0...1).contains(share) ? share : nil
        }
        return BarsModel(
            title: Words.errors, counts: histogram.counts, hasLogCounts: state.hasLogCounts,
            isEstimate: !detail.isExact, labels: ["-1.5Δ", "0", "1.5Δ"],
            notes: ["Δ = \(NumberText.significant(step))"] + Self.draws(state)
                + (beyond > 0 ? [(detail.isExact ? "" : "≈") + Words.beyond(NumberText.grouped(Int(beyond)))] : []),
            marks: [max(0, count / 3 - 1), min(count - 1, count * 2 / 3)], marksZero: false, cursor: cursor)
    }

    /// What repeated draws of stochastic rounding gave.
    private static func draws(_ state: ExplorerState) -> [String] {
        guard case .stochastic = state.recipe.rounding, let study = state.study else { return [] }
        return [
            Words.studyShort(
                NumberText.significant(study.variance, digits: 3),
                NumberText.significant(study.nearestSquaredError, digits: 3))
        ]
    }

    /// How often each code occurs: of the range, or of all elements where the histogram covers them. Long tables are summed
    /// into `columns` bins.
    static func codes(_ state: ExplorerState, columns: Int) -> BarsModel? {
        guard let detail = state.detail else { return nil }
        let quantizer = detail.quantizer
        let whole = detail.coverage == .range ? nil : state.evaluation
        let all = whole?.codeCounts ?? detail.codeCounts, isExact = whole?.isExact ?? detail.isExact
        let bins = min(all.count, max(1, columns))
        var counts = [UInt64](repeating: 0, count: bins)
        for (offset, count) in all.enumerated() { counts[offset * bins / all.count] += count }
        func bin(_ code: Int) -> Int { (code - quantizer.lowestCode) * bins / all.count }
        let used = all.count { $0 > 0 }
        let zeroLabel =
            if case .affine = quantizer { "z = \(quantizer.zeroPoint)" } else {
                quantizer.zeroCode.map { "0: \($0)" } ?? ""
            }
        let cursor = (quantizer.isScalar ? state.cursorValue : nil).map { value in
            let code = quantizer.code(of: value, rounding: state.recipe.rounding, index: 0)
            return (Double(code - quantizer.lowestCode) + 0.5) / Double(all.count)
        }
        return BarsModel(
            title: Words.codes, counts: counts, hasLogCounts: state.hasLogCounts, isEstimate: !isExact,
            labels: ["\(quantizer.lowestCode)", zeroLabel, "\(quantizer.lowestCode + all.count - 1)"],
            notes: [(isExact ? "" : "≈") + Words.levelsUsed(used, of: all.count)],
            marks: quantizer.zeroCode.map { [bin($0)] } ?? [], marksZero: true, cursor: cursor)
    }
}

/// A name and a value.
public struct FactRow: Sendable {
    public let label: String
    public let value: String
}

/// Some of which are shown.
public struct FactList: Sendable {
    public let rows: [FactRow]
    public let scroll: Int
}

enum StatisticsModel {
    /// What the first pass found, all of it exact.
    static func rows(_ state: ExplorerState) -> [FactRow] {
        guard let statistics = state.statistics else { return [] }
        var rows: [FactRow] = []
        func add(_ label: String, _ value: Double?) {
            rows.append(FactRow(label: label, value: value.map { NumberText.significant($0) } ?? Words.none))
        }
        func count(_ label: String, _ value: Int) {
            rows.append(FactRow(label: label, value: NumberText.grouped(value)))
        }
        rows.append(
            FactRow(
                label: Words.outlierScore,
                value: statistics.outlierScore.map { NumberText.significant($0, digits: 3) } ?? Words.none))
        add("min", statistics.minimum)
        add("max", statistics.maximum)
        add("mean", statistics.mean)
        add("σ", statistics.standardDeviation)
        add("max |r|", statistics.absoluteMaximum)
        count("n", statistics.count)
        count(Words.zeros, statistics.zeroCount)
        count("NaN", statistics.nanCount)
        count("∞", statistics.infinityCount)
        add(Words.skewness, statistics.skewness)
        add(Words.kurtosis, statistics.kurtosis)
        for (index, point) in TensorStatistics.percentilePoints.enumerated() {
            add("p\(NumberText.significant(point))", statistics.percentiles?[index])
        }
        return rows
    }
}
