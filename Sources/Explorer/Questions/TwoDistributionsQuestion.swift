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
            return TwoDistributions(
                subject: subject, a: try evaluators[0].reconstructionHistogram(binning, work.quiet),
                b: try evaluators[1].reconstructionHistogram(binning, work.quiet))
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
        let a = try Histogram.of(views.a, binning: binning, context: work.quiet)
        let b = try Histogram.of(views.b, binning: binning, context: work.quiet)
        // Bytes of the other file may be gone.
        if let fault = views.a.fault ?? views.b.fault {
            return failed(Words.fault(fault.found, expected: fault.expected))
        }
        return TwoDistributions(subject: subject, a: a, b: b)
    }

    /// Over the window, or over both; few values in many bins would be a comb rather than a shape.
    private func binning(_ ends: [(low: Double, high: Double)], count: Int) -> Binning {
        var low = ends.map { $0.low }.min() ?? 0, high = ends.map { $0.high }.max() ?? 0
        if low == high { (low, high) = low == 0 ? (-1, 1) : (min(0, 2 * low), max(0, 2 * high)) }
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

    init(subject: DistributionSubject, a: Histogram, b: Histogram) {
        (self.subject, histograms, problem) = (subject, (a, b), nil)
    }

    init(subject: DistributionSubject, problem: String) {
        (self.subject, histograms, self.problem) = (subject, nil, problem)
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

    /// What both have in common, from 0 to 1: the sum over bins of the smaller of both shares. nil where bins leave values out.
    public var overlap: Double? {
        guard let histograms, histograms.a.below + histograms.a.above + histograms.b.below + histograms.b.above == 0
        else { return nil }
        return histograms.a.counts.indices.reduce(0) { sum, bin in
            let shares = shares(ofBin: bin)
            return sum + min(shares.a, shares.b)
        }
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
