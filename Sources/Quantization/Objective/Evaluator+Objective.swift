public import Basics
import Platform

extension Evaluator {
    /// Whether the curves of the only range can be had without a look at the tensor.
    public var hasObjectiveAtHand: Bool { layout.rangeCount == 1 && ahead == nil && summary?.hasObjective == true }

    /// Whether the recipe's format has a range to choose.
    public var hasClipping: Bool { recipe.hasClipping }

    /// The curves of one range over about so many limits.
    ///
    /// - Parameters:
    ///   - range: the index of the range.
    ///   - count: how many limits, at least.
    ///   - context: threads, and a flag that ends the work.
    ///   - settles: calibrators choose by the values themselves, which takes passes over them; else by what guides searches.
    /// - Returns: nil where no value of the range is finite.
    public func objective(
        ofRange range: Int, points count: Int, settles: Bool, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> ObjectiveCurves? {
        if let better = try withTable(context) {
            return try better.objective(ofRange: range, points: count, settles: settles, context: context)
        }
        // Formats without a clipping range have no limit to draw a curve over.
        guard hasClipping else { return nil }
        let source = ahead?.shared ?? calibration
        return try source.withEvidence(ofRange: range, context: context) { evidence throws(Cancelled) in
            guard let evidence else { return nil }
            let (weighted, isExact) = try evidence.weighted()
            // The range in use, as far as it is to be known before a pass over the values.
            let used =
                settles || isExact || ahead != nil
                ? try quantizer(ofRange: range, context: context) : try source.quantizer(from: weighted)
            let builder = ObjectiveBuilder(
                range: range, evidence: weighted, target: source.target, used: used, isExact: isExact)
            return try builder.curves(points: count, choosingBy: settles || isExact ? evidence : weighted, context)
        }
    }
}

/// Makes the curves of one range.
private struct ObjectiveBuilder {
    let range: Int
    let evidence: WeightedEvidence
    let target: CalibrationTarget
    /// The quantizer in use.
    let used: Quantizer
    let isExact: Bool

    private var isNearest: Bool {
        switch target.rounding {
        case .even, .away, .up: true
        case .down, .zero, .stochastic: false
        }
    }

    func curves(
        points count: Int, choosingBy source: any RangeEvidence, _ context: WorkContext
    ) throws(Cancelled) -> ObjectiveCurves {
        let divergence = self.divergence
        let choices = try choices(source, divergence, context)
        let (mean, deviation) = evidence.meanAndDeviation()
        return ObjectiveCurves(
            range: range, count: evidence.count, points: try points(count, choices, divergence, context),
            minimum: evidence.minimum, maximum: evidence.maximum,
            power: mean * mean + deviation * deviation, choices: choices, current: markedPoint(of: used, divergence),
            theory: deviation > 0 && target.bits <= 8 || target.hasEqualSteps && deviation > 0
                ? TheoryReference(evidence, target) : nil, isExact: isExact,
            areChoicesExact: isExact || source !== evidence && isNearest,
            isEntropyGuarded: target.hasEqualSteps && evidence.largest > 0
                && (try? EntropyCalibrator.search(evidence, target))?.isGuarded == true)
    }

    /// Points of equal ratio from a quarter of the smallest choice to a little beyond the largest, or beyond the values.
    private func points(
        _ count: Int, _ choices: [ObjectiveCurves.Choice], _ divergence: (Double) -> Double?, _ context: WorkContext
    ) throws(Cancelled) -> [ObjectiveCurves.Point] {
        let largest = Double(evidence.largest)
        guard largest > 0 else { return [] }
        let limits = choices.map { $0.limit }.filter { $0 > 0 }
        let low = max((limits.min() ?? largest) / 4, largest / 1_000)
        let high = 1.1 * max(largest, min(2 * largest, limits.max() ?? largest))
        // Wide grids cost more a point; curves stay smooth enough.
        let count = max(24, min(count, 2_000_000 / target.codes.count))
        let ratio = log(high / low)
        var points: [ObjectiveCurves.Point] = []
        for number in 0..<count {
            if context.cancel.isCancelled { throw Cancelled() }
            let limit = low * exp(ratio * Double(number) / Double(max(1, count - 1)))
            let range = target.range(ofLimit: limit, within: evidence)
            points.append(point(of: target.quantizer(for: range), divergence, limit: limit))
        }
        return points
    }

    /// A point that is named: of the values themselves where they are known.
    private func markedPoint(
        of quantizer: Quantizer, _ divergence: (Double) -> Double?
    ) -> ObjectiveCurves.Point {
        point(of: quantizer, divergence, isByValue: isExact)
    }

    private func point(
        of quantizer: Quantizer, _ divergence: (Double) -> Double?, limit: Double? = nil, isByValue: Bool = false
    ) -> ObjectiveCurves.Point {
        let errors = evidence.moments.errors(quantizer, target.rounding, isByValue: isByValue)
        let n = Double(evidence.count)
        let limit = limit ?? Double(max(abs(quantizer.range.low), abs(quantizer.range.high)))
        return ObjectiveCurves.Point(
            limit: limit, clipError: errors.clipped / n, roundError: errors.rounded / n, mae: errors.absolute / n,
            divergence: divergence(limit))
    }

    /// The divergence at a limit: that of the nearest number of bins that has one, within twelve bins.
    private var divergence: (Double) -> Double? {
        let largest = Double(evidence.largest)
        guard largest > 0, target.hasEqualSteps else { return { _ in nil } }
        // The weighted evidence is in memory: nothing cancels it.
        let curve = (try? EntropyCalibrator.search(evidence, target))?.curve.filter { $0.divergence.isFinite } ?? []
        return { limit in
            let wanted = limit / largest * Double(EntropyCalibrator.bins)
            var from = 0, to = curve.count
            while from < to {
                let middle = (from + to) >> 1
                if Double(curve[middle].bins) < wanted { from = middle + 1 } else { to = middle }
            }
            let near = [from - 1, from].filter { curve.indices.contains($0) }.map { curve[$0] }
                .min { abs(Double($0.bins) - wanted) < abs(Double($1.bins) - wanted) }
            return near.flatMap { abs(Double($0.bins) - wanted) <= 12 ? $0.divergence : nil }
        }
    }

    /// What every calibrator of the catalogue chooses, at its usual numbers.
    private func choices(
        _ source: any RangeEvidence, _ divergence: (Double) -> Double?, _ context: WorkContext
    ) throws(Cancelled) -> [ObjectiveCurves.Choice] {
        // Proposals look at fewer candidates.
        if source === evidence, !isExact { evidence.isProposal = true }
        var ranges: [(clipping: Clipping, range: ClipRange)] = []
        for entry in target.calibrators {
            for numbers in entry.usual {
                if context.cancel.isCancelled { throw Cancelled() }
                ranges.append(
                    (Clipping(entry.name, numbers), try entry.make(numbers).range(of: source, for: target)))
            }
        }
        let quantizers = ranges.map { target.quantizer(for: $0.range) }
        // Passes over the values know rounding to nearest alone.
        let hasPass = isNearest && !isExact && source !== evidence, n = Double(source.count)
        let squared = hasPass ? try source.errors(quantizers, .squared) : nil
        let absolute = hasPass ? try source.errors(quantizers, .absolute) : nil
        return ranges.indices.map { number in
            let point = markedPoint(of: quantizers[number], divergence)
            return ObjectiveCurves.Choice(
                clipping: ranges[number].clipping, range: ranges[number].range, limit: point.limit,
                mse: squared.map { $0[number] / n } ?? point.mse, mae: absolute.map { $0[number] / n } ?? point.mae,
                point: point)
        }.sorted { $0.limit < $1.limit }
    }
}
