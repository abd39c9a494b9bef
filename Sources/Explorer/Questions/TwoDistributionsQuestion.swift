import Basics
import Checkpoints
public import Quantization
import TensorFiles
import Tensors

/// Two distributions on one axis.
struct TwoDistributionsQuestion: Question {
    typealias Answer = TwoDistributions

    let subject: DistributionSubject
    let bins: Int
    let window: DetailQuestion.Window?
    let isLogarithmic: Bool
    /// Goes with the subject.
    private let source: Source

    private enum Source: Sendable {
        case recipes(a: Recipe, b: Recipe)
        case tensors(a: TensorView, b: TensorView)
        case correction(String, TensorMatch.Pair, Comparison, TensorFile)
    }

    init?(_ subject: DistributionSubject, bins: Int, _ state: ExplorerState) {
        (self.subject, self.bins, window, isLogarithmic) = (subject, bins, state.window, state.hasLogAxis)
        switch subject {
        case .recipes(let a, let b): source = .recipes(a: a, b: b)
        case .tensors(let a, let b): source = .tensors(a: state.file.tensors[a], b: state.file.tensors[b])
        case .files(_, let index, let cause):
            guard let comparison = state.comparison.other?.comparison else { return nil }
            let pair = comparison.pairs[index]
            source =
                cause.map { .correction($0, pair, comparison, state.file) } ?? .tensors(a: pair.a, b: pair.b)
        }
    }

    static var needsRecipe: Bool { false }

    static func == (x: Self, y: Self) -> Bool {
        x.subject == y.subject && x.bins == y.bins && x.window == y.window && x.isLogarithmic == y.isLogarithmic
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(subject)
        hasher.combine(bins)
        hasher.combine(window)
        hasher.combine(isLogarithmic)
    }

    func answer(_ work: TensorWork) throws(Cancelled) {
        let answer = try work.remembered(self, bytes: { $0.byteCount }) { () throws(Cancelled) in try find(work) }
        work.put(self) { $0 = answer }
    }

    private func find(_ work: TensorWork) throws(Cancelled) -> TwoDistributions {
        func failed(_ problem: String) -> TwoDistributions { TwoDistributions(subject: subject, problem: problem) }
        let views: (a: TensorView, b: TensorView)
        switch source {
        case .tensors(let a, let b): views = (a, b)
        case .correction(let cause, let pair, let comparison, let file):
            guard
                let sides = try comparison.corrected(pair, cause: cause, originalFile: file, context: work.quiet)
            else { return failed(Words.noCorrection(cause)) }
            views = (sides.original, sides.export)
        case .recipes(let a, let b):
            var evaluators: [Evaluator] = []
            for recipe in [a, b] {
                do throws(ShapeMismatch) {
                    evaluators.append(try Evaluator(work.tensor, recipe: recipe, summary: work.summary))
                } catch {
                    return failed("\(recipe): \(error.description)")
                }
            }
            var ends: [(low: Double, high: Double)] = []
            for evaluator in evaluators {
                ends.append(try evaluator.axis(ofRange: 0, coversAll: true, context: work.quiet))
            }
            let binning = binning(ends, count: work.tensor.count)
            return try both(ends, binning) { binning throws(Cancelled) in
                (
                    try evaluators[0].reconstructionHistogram(binning, work.quiet),
                    try evaluators[1].reconstructionHistogram(binning, work.quiet)
                )
            }
        }
        var ends: [(low: Double, high: Double)] = []
        for view in [views.a, views.b] {
            if let problem = view.problem { return failed(Words.fault(problem.found, expected: problem.expected)) }
            guard view.count > 0 else { return failed(Words.emptyTensor) }
            let statistics = try FirstPass(view).run(work.quiet).statistics
            guard let low = statistics.minimum, let high = statistics.maximum else { return failed(Words.noFinite) }
            ends.append((low, high))
        }
        let binning = binning(ends, count: max(views.a.count, views.b.count))
        let answer = try both(ends, binning) { binning throws(Cancelled) in
            (
                try Histogram.of(views.a, binning: binning, context: work.quiet),
                try Histogram.of(views.b, binning: binning, context: work.quiet)
            )
        }
        // Bytes of the other file may be gone.
        if let fault = views.a.fault ?? views.b.fault {
            return failed(Words.fault(fault.found, expected: fault.expected))
        }
        return answer
    }

    /// Both over the shown bins, and how much is alike in as many bins whatever the window's size.
    private func both(
        _ ends: [(low: Double, high: Double)], _ shown: Binning,
        _ count: (Binning) throws(Cancelled) -> (a: Histogram, b: Histogram)
    ) throws(Cancelled) -> TwoDistributions {
        let histograms = try count(shown)
        guard window == nil, !isLogarithmic else {
            return TwoDistributions(subject: subject, a: histograms.a, b: histograms.b, overlap: nil)
        }
        let (low, high) = Self.whole(ends)
        let fixed = try count(.linear(low: low, high: high, bins: TwoDistributions.overlapBins))
        return TwoDistributions(
            subject: subject, a: histograms.a, b: histograms.b, overlap: TwoDistributions.overlap(fixed.a, fixed.b))
    }

    private static func whole(_ ends: [(low: Double, high: Double)]) -> (low: Double, high: Double) {
        let low = ends.map { $0.low }.min() ?? 0, high = ends.map { $0.high }.max() ?? 0
        return low == high ? (low == 0 ? (-1, 1) : (min(0, 2 * low), max(0, 2 * high))) : (low, high)
    }

    /// Over the window, or over both; few values in many bins would be a comb rather than a shape.
    private func binning(_ ends: [(low: Double, high: Double)], count: Int) -> Binning {
        let (low, high) = Self.whole(ends)
        let most = window == nil ? min(bins, max(32, Int(6 * Double(count).squareRoot()))) : bins
        return DetailQuestion(range: 0, bins: most, window: window, isLogarithmic: isLogarithmic)
            .binning(low: low, high: high)
    }

    static func hasArrived(_ state: inout ExplorerState) {
        guard state.window == nil, let axis = state.twoDistributionsAxis else { return }
        state.comparison.wholeAxis = axis
    }
}

/// How often values occur in A and in B.
public struct TwoDistributions: Sendable {
    public let subject: DistributionSubject
    /// Over the same bins; nil where there is a problem.
    public let histograms: (a: Histogram, b: Histogram)?
    public let problem: String?

    /// What both have in common, from 0 to 1, in `overlapBins` bins over all values; nil where a part of the axis is shown.
    public let overlap: Double?

    static let overlapBins = 64

    init(subject: DistributionSubject, a: Histogram, b: Histogram, overlap: Double?) {
        (self.subject, histograms, problem, self.overlap) = (subject, (a, b), nil, overlap)
    }

    init(subject: DistributionSubject, problem: String) {
        (self.subject, histograms, self.problem, overlap) = (subject, nil, problem, nil)
    }

    var byteCount: Int { 16 * (histograms?.a.counts.count ?? 0) }

    /// The part of all values that a bin holds, in A and in B.
    public func shares(ofBin bin: Int) -> (a: Double, b: Double) {
        guard let histograms else { return (0, 0) }
        return (Self.share(histograms.a, bin), Self.share(histograms.b, bin))
    }

    private static func share(_ histogram: Histogram, _ bin: Int) -> Double {
        let all = total(histogram)
        return all > 0 ? Double(histogram.counts[bin]) / all : 0
    }

    static func total(_ histogram: Histogram) -> Double {
        Double(histogram.counts.reduce(histogram.below + histogram.above, +))
    }

    /// The sum over bins of the smaller of both shares.
    static func overlap(_ a: Histogram, _ b: Histogram) -> Double {
        zip(a.counts.indices, b.counts.indices).reduce(0) { $0 + min(share(a, $1.0), share(b, $1.1)) }
    }
}

extension ExplorerState {
    /// nil where what came is of something else than what is wanted now.
    public var twoDistributions: TwoDistributions? {
        results[TwoDistributionsQuestion.self].flatMap { $0.subject == distributionSubject ? $0 : nil }
    }

    /// The axis of the answer.
    var twoDistributionsAxis: Axis? {
        twoDistributions?.histograms.map { Axis($0.a.binning, isLogarithmic: hasLogAxis) }
    }
}
