import Basics
import Checkpoints
import Quantization

/// The budget as a slider, and under it what budgets come to: total error against size, with the plan and uniform recipes as points.
public struct PlanFrontierModel: Sendable {
    public struct Point: Sendable {
        public enum Kind: Sendable { case plan, uniform }

        /// From 0 to 1, upward the more error.
        public let x: Double
        public let y: Double
        public let kind: Kind
        /// One character: what it is.
        public let mark: String
    }

    public let titles: [String]
    /// Where the budget is between its ends, from 0 to 1.
    public let share: Double
    /// The budget, and what it may be, from the longest on.
    public let budget: [String]
    public let low: String
    public let high: String
    /// What the plan comes to, from the longest on.
    public let readout: [String]
    public let legend: [String]
    public let points: [Point]
    /// Errors at shares of the axis, from 0 to 1 each.
    private let curve: [(x: Double, y: Double)]
    /// Labels of the upright axis: times the plan's error.
    public let top: String
    public let bottom: String
    public let xLabels: [(x: Double, text: String)]
    public let isEstimate: Bool
    public let notice: Notice?

    init(_ state: ExplorerState) {
        let planning = state.planning
        isEstimate = planning.pending > 0
        titles = Words.planFrontierTitles(
            known: planning.pieces - planning.pending, of: planning.pieces, isPaused: planning.isPaused)
        guard let plan = planning.plan, let outlook = planning.outlook, outlook.unit == plan.budget.unit else {
            (share, budget, low, high, readout, legend, points, curve, xLabels) = (0, [], "", "", [], [], [], [], [])
            (top, bottom) = ("", "")
            notice = .problem(
                planning.problem ?? planning.walkProblem, or: planning.isPaused ? Words.paused : Words.working)
            return
        }
        notice =
            plan.rows.isEmpty
            ? .waiting(planning.pending > 0 ? Words.working : Words.noWeights)
            : planning.problem.map { .problem($0) }
        let unit = outlook.unit, least = outlook.budgets.lowerBound, most = outlook.budgets.upperBound
        let width = max(most - least, .leastNormalMagnitude)
        func x(_ amount: Double) -> Double { (amount - least) / width }
        share = max(0, min(1, x(plan.budget.amount)))
        low = Words.planAmount(least, unit)
        high = Words.planAmount(most, unit)
        let words = Words.planAmount(plan.budget.amount, unit, hasUnit: true)
        budget = ["\(Words.budget) \(words)", words]
        // Decibels of the error, so that equal steps are equal ratios.
        let uniform = plan.uniform.map { (uniform: $0, amount: Words.amount(of: $0, plan.total, unit)) }
        let errors = outlook.corners.map { $0.error } + uniform.map { $0.uniform.error } + [plan.total.error]
        let levels = errors.filter { $0 > 0 }.map { Decibel.of($0) }
        let floor = (levels.min() ?? 0) - 1, ceiling = max(floor + 2, (levels.max() ?? 1) + 1)
        func y(_ error: Double) -> Double {
            error > 0 ? (Decibel.of(error) - floor) / (ceiling - floor) : 0
        }
        curve = outlook.corners.map { (x($0.amount), y($0.error)) }
        points =
            uniform.compactMap { uniform, amount in
                guard let amount, amount >= least - width * 0.001, amount <= most + width * 0.001 else { return nil }
                return Point(
                    x: max(0, min(1, x(amount))), y: y(uniform.error), kind: .uniform,
                    mark: Words.planMark(uniform.treatment))
            } + [
                Point(
                    x: max(0, min(1, x(Words.amount(of: plan.total, unit)))), y: y(plan.total.error), kind: .plan,
                    mark: Words.planPointMark)
            ]
        let whole = plan.total.error
        func label(_ level: Double) -> String {
            whole > 0 ? "×" + NumberText.fitted(Decibel.ratio(level) / whole, width: 6) : ""
        }
        (top, bottom) = (label(ceiling), label(floor))
        let step = Self.step(width)
        xLabels = stride(from: (least / step).rounded(.up) * step, through: most, by: step).prefix(12).map {
            (x($0), Words.planAmount($0, unit, isShort: true))
        }
        readout = Words.planReadout(plan, isEstimate: isEstimate)
        legend = Words.planLegend(plan)
    }

    /// A round step of which an axis has at most eight.
    private static func step(_ width: Double) -> Double {
        var step = 1.0
        while width / step < 0.8 { step /= 10 }
        while width / step > 8 { step *= 10 }
        return [1, 2, 5].map { $0 * step / 10 }.first { width / $0 <= 8 } ?? step
    }

    /// The least error that a share of the axis buys.
    public func curve(at x: Double) -> Double? { curve.last { $0.x <= x + 1e-9 }?.y }
}

extension Words {
    static let budget = "budget"
    static let planPointMark = "◆"

    static func planFrontierTitles(known: Int, of all: Int, isPaused: Bool) -> [String] {
        let done = known < all ? " ── \(isPaused ? paused + ", " : "")≈ \(known) of \(all) looks" : ""
        return ["Error against size" + done, "Error / size" + done, "Error / size"]
    }

    /// An amount of a budget: `4.25 bits/weight`, `12,025,168 B`, `11.2 ms`.
    static func planAmount(
        _ amount: Double, _ unit: PlanBudget.Unit, hasUnit: Bool = false, isShort: Bool = false
    ) -> String {
        switch unit {
        case .bits: NumberText.fixed(amount, places: isShort ? 1 : 2) + (hasUnit ? " bits/weight" : "")
        case .bytes:
            isShort || !hasUnit ? NumberText.short(amount) + "B" : NumberText.grouped(Int(amount)) + " bytes"
        case .ms: NumberText.significant(amount, digits: isShort ? 3 : 4) + (hasUnit ? " ms" : "")
        }
    }

    static func amount(of total: Plan.Total, _ unit: PlanBudget.Unit) -> Double {
        switch unit {
        case .bits: total.bitsPerWeight ?? 0
        case .bytes: total.fileBytes
        case .ms: (total.seconds ?? 0) * 1e3
        }
    }

    static func amount(of uniform: Plan.Uniform, _ total: Plan.Total, _ unit: PlanBudget.Unit) -> Double? {
        switch unit {
        case .bits: uniform.bits / Double(max(1, total.elements))
        case .bytes: uniform.bytes + Double(total.keptBytes)
        case .ms: uniform.seconds.map { $0 * 1e3 }
        }
    }

    /// One character for a recipe: the digit of its bits.
    static func planMark(_ treatment: WeightTreatment) -> String {
        guard let bits = treatment.recipe?.format.bits else { return "=" }
        return bits < 10 ? "\(bits)" : "+"
    }

    static func times(_ ratio: Double) -> String { "×" + NumberText.significant(ratio, digits: 3) }

    static func planReadout(_ plan: Plan, isEstimate: Bool) -> [String] {
        let total = plan.total, mark = isEstimate ? "≈" : ""
        let bits = "\(mark)\(NumberText.fixed(total.bitsPerWeight ?? 0, places: 3)) bits/weight"
        let size = "\(NumberText.short(total.fileBytes))B",
            error = "error \(mark)\(NumberText.significant(total.error))"
        let time = total.seconds.map { "\(NumberText.significant($0 * 1e3, digits: 3)) ms" }
        let nearest = plan.uniform.filter { $0.bits >= total.bits }.min { $0.bits < $1.bits }
        let below = plan.uniform.filter { $0.bits <= total.bits }.max { $0.bits < $1.bits }
        func against(_ uniform: Plan.Uniform?) -> String? {
            uniform.flatMap { uniform in
                total.error > 0
                    ? "\(planShort(uniform.treatment)) everywhere: \(times(uniform.error / total.error))" : nil
            }
        }
        let parts = [planPointMark, bits, size, time, error].compactMap { $0 }
        let all = [below, nearest].compactMap { against($0) }
        return [parts + all, parts + all.prefix(1), parts, Array(parts.prefix(3)), Array(parts.prefix(2))].map {
            $0.joined(separator: "  ")
        }
    }

    /// The format alone.
    static func planShort(_ treatment: WeightTreatment) -> String {
        treatment.recipe?.format.name ?? treatment.description
    }

    static func planLegend(_ plan: Plan) -> [String] {
        let digits = plan.uniform.map { planMark($0.treatment) }.joined(separator: " ")
        return [
            "\(planPointMark) this plan", "━ best at each size", "\(digits) one recipe everywhere",
            "× this plan's error",
        ]
    }
}
