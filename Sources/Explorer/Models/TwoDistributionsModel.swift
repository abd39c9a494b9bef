import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// Two distributions on one axis, worded.
public struct TwoDistributionsModel: Sendable {
    /// From the longest on.
    public let titles: [String]
    /// What A and B are, and how much of them is alike.
    public let legend: [String]
    /// In equal bins over `axis`, as if A had as many values as B.
    public let a: [UInt64]
    public let b: [UInt64]
    /// B's part of its values less A's, by bin, as a part of the largest difference.
    public let differences: [Double]
    public let axis: Axis
    public let cursor: Double?
    /// The bin at the cursor, long and short.
    public let readout: [String]
    public let hasLogCounts: Bool
    /// Values below which the same shares of A and of B lie, to a bin; nil where counts are shown.
    public let quantiles: [(a: Double, b: Double)]?

    init?(_ state: ExplorerState) {
        guard let answer = state.twoDistributions, let histograms = answer.histograms,
            let axis = state.twoDistributionsAxis
        else { return nil }
        quantiles =
            state.comparison.hasQuantiles && !state.hasLogAxis ? Self.quantiles(histograms.a, histograms.b) : nil
        let names = Self.names(answer.subject, state)
        let mode = state.isAxisLocked ? Words.lockedAxis : state.window != nil ? Words.zoomedAxis : nil
        let scales = [mode, state.hasLogCounts ? Words.logCounts : Words.linearCounts].compactMap { $0 }
        let head = Words.twoDistributionsTitle(names.kind)
        titles = [
            ([head] + scales).joined(separator: " ── "), ([head] + scales.prefix(1)).joined(separator: " ── "), head,
        ]
        self.axis = axis
        hasLogCounts = state.hasLogCounts
        b = histograms.b.counts
        let (countA, countB) = (TwoDistributions.total(histograms.a), TwoDistributions.total(histograms.b))
        let scale = countA > 0 && countA != countB ? countB / countA : 1
        a = scale == 1 ? histograms.a.counts : histograms.a.counts.map { UInt64((Double($0) * scale).rounded()) }
        let bins = histograms.b.counts.indices
        let raw = bins.map { bin in
            let shares = answer.shares(ofBin: bin)
            return shares.b - shares.a
        }
        let most = raw.map { abs($0) }.max() ?? 0
        differences = raw.map { most > 0 ? $0 / most : 0 }
        legend = ["━ A \(names.a)", "█ B \(names.b)"]
        cursor = state.cursorValue.map(Double.init)
        let alike = answer.overlap.map { Words.overlap(NumberText.significant($0 * 100, digits: 3)) }
        guard let cursor, let bin = axis.column(of: cursor, in: bins.count) else {
            readout = [alike].compactMap { $0 }
            return
        }
        let shares = answer.shares(ofBin: bin)
        func percent(_ share: Double) -> String { NumberText.significant(share * 100, digits: 3) }
        let edges = histograms.b.binning.edges
        func text(_ value: Double) -> String { NumberText.significant(value, digits: 3) }
        let here = Words.sharesHere(text(edges[bin]), text(edges[bin + 1]), a: percent(shares.a), b: percent(shares.b))
        readout = [[here, alike].compactMap { $0 }.joined(separator: "  "), here]
    }

    private static let quantileCount = 200

    /// Linearly within the bins.
    private static func quantiles(_ a: Histogram, _ b: Histogram) -> [(a: Double, b: Double)] {
        let (first, second) = (inverse(a), inverse(b))
        return zip(first, second).compactMap { pair in pair.0.flatMap { a in pair.1.map { (a, $0) } } }
    }

    /// The values below which equal steps of the whole lie; nil beyond the axis.
    private static func inverse(_ histogram: Histogram) -> [Double?] {
        let all = TwoDistributions.total(histogram), edges = histogram.binning.edges
        guard all > 0 else { return Array(repeating: nil, count: quantileCount) }
        var bin = 0, below = Double(histogram.below)
        return (0..<quantileCount).map { step in
            let wanted = all * (Double(step) + 0.5) / Double(quantileCount)
            guard wanted >= Double(histogram.below) else { return nil }
            while bin < histogram.counts.count, below + Double(histogram.counts[bin]) < wanted {
                below += Double(histogram.counts[bin])
                bin += 1
            }
            guard bin < histogram.counts.count, histogram.counts[bin] > 0 else { return nil }
            let share = (wanted - below) / Double(histogram.counts[bin])
            return edges[bin] + share * (edges[bin + 1] - edges[bin])
        }
    }

    /// Why there is no picture.
    static func notice(_ state: ExplorerState) -> Notice {
        guard state.distributionSubject != nil else {
            return .waiting(
                state.comparison.marked == state.tensorIndex ? Words.markedIsOpen : Words.noTwoDistributions)
        }
        return state.twoDistributions?.problem.map { .problem($0) } ?? state.waitingNotice
    }

    private static func names(_ subject: DistributionSubject, _ state: ExplorerState) -> (
        kind: String, a: String, b: String
    ) {
        switch subject {
        case .recipes(let a, let b): return (Words.twoRecipes, a.description, b.description)
        case .tensors(let a, let b):
            return (
                Words.twoTensors, ScreenText.safe(state.file.tensors[a].name),
                ScreenText.safe(state.file.tensors[b].name)
            )
        case .files(_, let index, let cause):
            let other = state.comparison.other, pair = other?.comparison.pairs[index]
            return (
                Words.twoFiles, pair.map { "\(ScreenText.safe($0.a.name)) \($0.a.typeName)" } ?? "",
                "\(ScreenText.fileName(other?.path ?? "")) \(pair?.b.typeName ?? "")"
                    + (cause.map { ", " + Words.corrected($0) } ?? "")
            )
        }
    }
}
