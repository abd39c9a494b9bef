import Basics
import Quantization
import Tensors

/// The error of a range against its clip limit, every calibrator's choice, and theory beside them.
public struct ObjectiveModel: Sendable {
    /// What is drawn over the limits.
    public enum Curve: CaseIterable, Sendable { case mse, clipping, rounding, mae, divergence }

    /// A calibrator's choice.
    public struct Mark: Sendable {
        public let name: String
        public let limit: String
        public let sqnr: String
        /// Along the axis, 0 to 1; beyond where it lies outside.
        public let share: Double
        /// Of the picture, as for the curves: its own error, which may lie off the curve of a two-sided range.
        public let height: Double?
        public let isBest: Bool
        public let isInUse: Bool
        public let isAtCursor: Bool
    }

    public let titles: [String]
    /// What the curves say at the cursor, from the most to the least wanted.
    public let readout: [String]
    public let marks: [Mark]
    /// What theory says, from the most to the least wanted.
    public let theory: [String]
    public let axis: Axis
    /// The least and the most error of the picture, as decibels of SQNR.
    public let bestSQNR: Double
    public let worstSQNR: Double
    /// Places of the limit in use and of the cursor, along the axis.
    public let current: Double?
    public let cursor: Double?
    public let isEstimate: Bool
    private let curves: ObjectiveCurves
    private let divergences: ClosedRange<Double>?

    /// nil while there are no curves.
    init?(_ state: ExplorerState) {
        guard let curves = state.objective, let axis = state.objectiveAxis, curves.power > 0 else { return nil }
        self.curves = curves
        self.axis = axis
        isEstimate = !curves.isExact
        titles = Self.titles(state)
        let all = (curves.points.map { $0.mse } + curves.choices.map { $0.mse }).compactMap { curves.sqnr($0) }
        // Some room below the valley, where the parts go on.
        let best = (all.max() ?? 1) + 6, worst = all.min() ?? 0
        bestSQNR = best
        worstSQNR = min(worst, best - 1)
        let logarithms = curves.points.compactMap { $0.divergence }.filter { $0 > 0 }.map { Decibel.of($0) }
        divergences = logarithms.min().flatMap { low in logarithms.max().map { low...max($0, low + 1) } }
        current = state.detail.map { detail in
            axis.share(of: Double(max(abs(detail.quantizer.range.low), abs(detail.quantizer.range.high))))
        }
        cursor = state.objectiveLimit.map { axis.share(of: $0) }
        readout = Self.readout(curves, state)
        theory = (curves.isEntropyGuarded ? [Words.entropyGuarded] : []) + Self.theory(curves)
        let least = curves.choices.map { $0.mse }.min()
        let mark = curves.areChoicesExact ? "" : "≈", limit = state.objectiveCursor
        let range = (best: bestSQNR, worst: worstSQNR)
        marks = curves.choices.map { choice in
            let sqnr = curves.sqnr(choice.mse)
            return Mark(
                name: choice.clipping.description,
                limit: mark + NumberText.significant(choice.limit, digits: 4),
                sqnr: sqnr.map { mark + NumberText.fixed($0, places: 2) } ?? Words.exact,
                share: axis.share(of: choice.limit),
                height: sqnr.map { (range.best - $0) / (range.best - range.worst) }, isBest: choice.mse == least,
                isInUse: choice.clipping == state.recipe.clipping, isAtCursor: choice.limit == limit)
        }
    }

    private static func titles(_ state: ExplorerState) -> [String] {
        let name = Words.objective
        let entries = state.recipe.rangeMode.calibrationEntries
        if entries > 0 {
            return [
                "\(Words.objectiveLong) ── \(Words.ofEntries(entries))", "\(name) ── \(Words.ofEntries(entries))", name,
            ]
        }
        guard let count = state.evaluation?.rangeCount, count > 1 else { return [Words.objectiveLong, name] }
        let which = Words.rangeName(min(state.shownRange, count - 1), state.recipe, state.tensor.shape)
        return ["\(Words.objectiveLong) ── \(which)", "\(name) ── \(which)", name]
    }

    private static func readout(_ curves: ObjectiveCurves, _ state: ExplorerState) -> [String] {
        guard let limit = state.objectiveLimit, let point = curves.point(at: limit) else { return [] }
        let mark = curves.isExact ? "" : "≈"
        func text(_ value: Double) -> String { mark + NumberText.significant(value, digits: 3) }
        let lead = state.objectiveCursor == nil ? "" : Words.atCursor
        var parts = ["\(lead)t \(NumberText.significant(point.limit))"]
        let sqnr = curves.sqnr(point.mse).map { "\(NumberText.fixed($0, places: 2)) dB" }
        if sqnr != nil || point.mse == 0 { parts.append("SQNR \(mark)\(sqnr ?? Words.exact)") }
        parts.append(Words.objectiveParts(text(point.mse), text(point.clipError), text(point.roundError)))
        parts.append("MAE \(text(point.mae))")
        parts.append("KL \(point.divergence.map(text) ?? Words.none)")
        return parts
    }

    private static func theory(_ curves: ObjectiveCurves) -> [String] {
        guard let theory = curves.theory, let best = theory.fits.first else { return [] }
        func decibels(_ mse: Double) -> String {
            curves.sqnr(mse).map { NumberText.fixed($0, places: 2) } ?? Words.none
        }
        let fits = theory.fits.map { "\(Words.name(of: $0.model)) D \(NumberText.fixed($0.distance, places: 3))" }
        guard best.distance <= 0.05 else {
            return [Words.poorFit + fits.joined(separator: ", "), Words.theoryDoesNotApply]
        }
        return [
            fits.joined(separator: ", "),
            theory.uniform.map { Words.theoryUniform(decibels($0), NumberText.significant(theory.uniformLimit)) }
                ?? Words.theoryOffCentre,
            Words.theoryLloydMax(decibels(theory.lloydMax)),
            Words.theoryRate(decibels(theory.rateDistortion), bits: theory.bits, isBound: best.model == .laplace),
        ]
    }

    /// How high a curve is at a position on the axis, 0 for the least error of the picture and 1 for the most; nil where it is
    /// not there.
    public func height(of curve: Curve, at share: Double) -> Double? {
        let position = max(0, min(Double(curves.points.count - 1), share * Double(curves.points.count - 1)))
        let point = curves.points[Int(position.rounded())]
        func height(_ mse: Double) -> Double? {
            curves.sqnr(mse).map { (bestSQNR - $0) / (bestSQNR - worstSQNR) }
        }
        switch curve {
        case .mse: return height(point.mse)
        case .clipping: return height(point.clipError)
        case .rounding: return height(point.roundError)
        case .mae: return height(point.mae * point.mae)
        case .divergence:
            // On a scale of its own, over the whole height.
            guard let divergences, let value = point.divergence, value > 0 else { return nil }
            return (Decibel.of(value) - divergences.lowerBound) / (divergences.upperBound - divergences.lowerBound)
        }
    }
}
