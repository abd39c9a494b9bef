import Basics

/// Binary codes plane by plane: what the first planes alone reach, by the greedy rule and after alternating.
public struct PlaneStudy: Sendable {
    public struct Step: Sendable {
        /// Of the last plane.
        public let alpha: Double
        public let greedyAlpha: Double
        /// Every sum of the planes so far, ascending.
        public let levels: [Double]
        /// 10·log10(Σx²/Σe²) with the planes so far, fitted for that many; nil without error.
        public let sqnr: Double?
        public let greedySQNR: Double?
    }

    /// α in descending order, as in use.
    public let alphas: [Double]
    /// For one plane, two, …
    public let steps: [Step]

    /// The signs whose sum is nearest to a value, from the largest α on.
    public func signs(of value: Double) -> [Bool] {
        let sums = BinaryCodeFit.sums(alphas)
        let nearest = sums.min { abs($0.value - value) < abs($1.value - value) }?.signs ?? 0
        return alphas.indices.map { nearest >> $0 & 1 == 1 }
    }
}

extension Evaluator {
    func planeStudy(ofRange range: Int, _ context: WorkContext) throws(Cancelled) -> PlaneStudy? {
        let planes = recipe.format.bits
        return try calibration.withEvidence(ofRange: range, context: context) { evidence throws(Cancelled) in
            guard let evidence else { return nil }
            let cells = try evidence.cells()
            let power = cells.cells.reduce(0) { $0 + $1.count * $1.mean * $1.mean }
            func sqnr(_ alphas: [Double]) -> Double? {
                Decibel.sqnr(power, BinaryCodeFit.error(of: cells, alphas))
            }
            var steps: [PlaneStudy.Step] = [], last: [Double] = []
            for count in 1...planes {
                if context.cancel.isCancelled { throw Cancelled() }
                let fit = BinaryCodeFit(cells, planes: count)
                last = fit.alphas
                steps.append(
                    PlaneStudy.Step(
                        alpha: fit.alphas[count - 1], greedyAlpha: fit.greedy[count - 1],
                        levels: BinaryCodeFit.sums(fit.alphas).map { $0.value }, sqnr: sqnr(fit.alphas),
                        greedySQNR: Decibel.sqnr(power, fit.greedyErrors[count - 1])))
            }
            return PlaneStudy(alphas: last, steps: steps)
        }
    }
}
