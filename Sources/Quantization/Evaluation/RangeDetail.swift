public import Basics
import Platform
import Tensors

/// One range seen closely: its quantizer, how often each of its codes occurs, and its histogram before and after.
public struct RangeDetail: Sendable {
    public let range: Int
    public let rangeCount: Int
    /// Elements of the range, non-finite ones included.
    public let count: Int
    public let quantizer: Quantizer
    /// From the lowest code on.
    public let codeCounts: [UInt64]
    public let squaredError: Double
    /// Of x and of x̂, of this range or of the whole tensor as asked.
    public let original: Histogram
    public let reconstruction: Histogram
    /// Of (x̂ - x)/S over the range, within ±`errorSpan` steps.
    public let errors: Histogram
    public let coverage: Coverage
    public let isExact: Bool

    /// What the histograms of values are of.
    public enum Coverage: String, CaseIterable, Sendable {
        /// The elements of the range.
        case range
        /// All elements, each in units of its own range's scale and zero-point: r/S + z is brought to the shown range, so that the codes
        /// of all ranges lie over each other.
        case units
        /// All elements as they are.
        case values
    }

    /// Rounding keeps errors within half a step, floor and truncation within one; clipped elements may lie beyond.
    public static let errorSpan = 1.5
}

/// What is to be seen of a range.
public struct DetailQuestion: Hashable, Sendable {
    /// Part of the axis of values, or of magnitudes where it is logarithmic.
    public struct Window: Hashable, Sendable {
        public let low: Double
        public let high: Double

        /// nil where it is empty, finer than numbers are, or beyond Float32.
        public init?(low: Double, high: Double) {
            let most = 2 * Double(Float.greatestFiniteMagnitude), least = Double(Float.leastNonzeroMagnitude) / 64
            guard low < high, abs(low) <= most, abs(high) <= most, high - low >= least, high > low.nextUp.nextUp,
                low <= 0 || (high / low).isFinite
            else { return nil }
            self.low = low
            self.high = high
        }
    }

    public var range: Int
    /// What the histograms of values are of; where there is one range, that, and where ranges have no scales of their own, all values in place
    /// of units.
    public var coverage: RangeDetail.Coverage
    /// Bins of the histogram of values, at most, and of the one of errors.
    public var bins: Int
    public var errorBins: Int
    /// nil shows everything.
    public var window: Window?
    /// Bins of equal ratio over |x|.
    public var isLogarithmic: Bool

    public init(
        range: Int, coverage: RangeDetail.Coverage = .range, bins: Int, errorBins: Int = 60, window: Window? = nil,
        isLogarithmic: Bool = false
    ) {
        self.range = range
        self.coverage = coverage
        self.bins = max(1, bins)
        // In thirds: half a step to both sides is an edge.
        self.errorBins = max(3, errorBins / 3 * 3)
        self.window = window
        self.isLogarithmic = isLogarithmic
    }

    /// Decades that a logarithmic axis shows at first.
    static let decades = 4.0

    /// The bins over the window, or over the values from `low` to `high`.
    package func binning(low: Double, high: Double) -> Binning {
        guard isLogarithmic else {
            return .linear(low: window?.low ?? low, high: window?.high ?? high, bins: bins)
        }
        let most = max(abs(low), abs(high), Double(Float.leastNonzeroMagnitude))
        let end = window?.high ?? most
        let begin = window?.low ?? end * pow(10, -Self.decades)
        return begin > 0 && begin < end
            ? .logarithmic(low: begin, high: end, bins: bins)
            : .logarithmic(low: most * pow(10, -Self.decades), high: most, bins: bins)
    }
}

extension Evaluator {
    /// Looks at one range and makes the axis for it: the window asked for, or everything.
    public func detail(
        _ question: DetailQuestion, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> RangeDetail {
        if let better = try prepared(context) { return try better.detail(question, context: context) }
        var question = question
        question.coverage = try shownCoverage(question, context)
        let binning: Binning
        if question.coverage == .units, question.window == nil, !question.isLogarithmic {
            binning = try quantizer(ofRange: question.range, context: context).unitBinning(bins: question.bins)
        } else {
            let axis = try axis(
                ofRange: question.range, coversAll: question.coverage != .range, context: context)
            if question.window == nil {
                // Few values over many bins would be a comb rather than a shape.
                let count = question.coverage == .range ? layout.runs(ofRange: question.range).count : tensor.count
                question.bins = min(question.bins, max(16, Int(3 * Double(count).squareRoot())))
            }
            let wanted = question.binning(low: axis.low, high: axis.high)
            let grid: DataGrid? =
                question.isLogarithmic
                ? nil : try dataGrid(ofRange: question.coverage == .range ? question.range : nil, wanted, context)
            binning = grid?.binning(wanted) ?? wanted
        }
        return try detail(
            ofRange: question.range, binning: binning, coverage: question.coverage, errorBins: question.errorBins,
            context: context)
    }

    /// Looks at one range, with histograms of what the coverage says.
    ///
    /// - Precondition: units are asked for where ranges have scales.
    public func detail(
        ofRange range: Int, binning: Binning, coverage: RangeDetail.Coverage = .range, errorBins: Int = 60,
        context: WorkContext = WorkContext()
    ) throws(Cancelled) -> RangeDetail {
        let ready = try prepared(context) ?? self
        return try ready.state(context).detail(
            ofRange: range, binning, coverage: coverage, errorBins: errorBins, context)
    }

    /// What there is to be shown of what is asked for.
    private func shownCoverage(
        _ question: DetailQuestion, _ context: WorkContext
    ) throws(Cancelled) -> RangeDetail.Coverage {
        guard layout.rangeCount > 1 else { return .range }
        guard question.coverage == .units else { return question.coverage }
        guard !question.isLogarithmic, !recipe.format.isFitted else { return .values }
        return try jointCoder(context) == nil ? .units : .values
    }
}

/// The closer look at one range: histograms and counts, as its values come.
struct DetailPass: Sendable {
    private let evaluator: Evaluator
    private let quantizer: Quantizer
    private let binning: Binning
    private let errorBinning: Binning
    let workers: PerWorker<DetailWorker>

    init(_ evaluator: Evaluator, _ quantizer: Quantizer, _ binning: Binning, errorBins: Int, workers: Int) {
        let errors = Binning.linear(low: -RangeDetail.errorSpan, high: RangeDetail.errorSpan, bins: errorBins)
        let recipe = evaluator.recipe
        (self.evaluator, self.quantizer, self.binning, errorBinning) = (evaluator, quantizer, binning, errors)
        self.workers = PerWorker(workers) { DetailWorker(binning, quantizer, recipe, errors) }
    }

    /// What all workers saw. The histogram of x̂ for a single range follows from its codes; for all elements of many ranges it takes another
    /// pass.
    func detail(
        ofRange range: Int, coverage: RangeDetail.Coverage, _ context: WorkContext
    ) throws(Cancelled) -> RangeDetail {
        let layout = evaluator.layout, coverage = layout.rangeCount > 1 ? coverage : .range
        var original = Histogram(binning), reconstruction = Histogram(binning), errors = Histogram(errorBinning)
        var codeCounts = [UInt64](repeating: 0, count: quantizer.levelCount)
        var squaredError = 0.0
        for worker in workers.all {
            original.merge(worker.original.finished())
            for (code, count) in worker.codes.finishedCodeCounts().enumerated() {
                codeCounts[code] += count + worker.codeCounts[code]
            }
            squaredError += worker.squaredError
            errors.merge(worker.errors.finished().between(errorBinning))
        }
        for (offset, count) in codeCounts.enumerated() where count > 0 {
            reconstruction.add(Double(quantizer.reconstruction(of: quantizer.lowestCode + offset)), times: count)
        }
        switch coverage {
        case .range: break
        case .values:
            original = try Histogram.of(evaluator.tensor, binning: binning, context: context)
            reconstruction = try evaluator.reconstructionHistogram(binning, context)
        case .units: (original, reconstruction) = try evaluator.unitHistograms(binning, quantizer, context)
        }
        return RangeDetail(
            range: range, rangeCount: layout.rangeCount, count: layout.runs(ofRange: range).count,
            quantizer: quantizer, codeCounts: codeCounts, squaredError: squaredError, original: original,
            reconstruction: reconstruction, errors: errors, coverage: coverage, isExact: true)
    }
}

extension Evaluator {
    /// An axis that shows the values of a range, or of all, together with its clip limits as far as these lie within 1.1 times
    /// the largest magnitude.
    public func axis(
        ofRange range: Int, coversAll: Bool, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> (low: Double, high: Double) {
        let clip = try quantizer(ofRange: range, context: context).limits
        var values = try extremes(ofRange: coversAll ? nil : range, context: context)
        if values.low > values.high { values = (clip.low, clip.high) }
        var low = Double(values.low), high = Double(values.high)
        let room = 1.1 * max(abs(high), abs(low))
        low = min(low, max(Double(clip.low), -room))
        high = max(high, min(Double(clip.high), room))
        if low == high { (low, high) = low == 0 ? (-1, 1) : (min(0, 2 * low), max(0, 2 * high)) }
        return (low, high)
    }
}
