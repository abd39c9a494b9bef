import Basics

/// The error of -α, 0, α against the threshold Δ, α being the best for each: Δ = 0 is the binary format.
public struct ZeroBandStudy: Sendable {
    public struct Point: Sendable {
        public let threshold: Double
        public let alpha: Double
        /// Σe²/N
        public let mse: Double
        /// The share of the values within ±Δ.
        public let zeros: Double
    }

    /// By threshold from 0 on, in equal steps.
    public let points: [Point]
    /// The one in use, the 0.7 rule's, and the best of all.
    public let used: Point
    public let rule: Point
    public let best: Point
    /// Σx²/N
    public let power: Double

    public func sqnr(_ point: Point) -> Double? { Decibel.sqnr(power, point.mse) }
}

extension Evaluator {
    func zeroBandStudy(ofRange range: Int, points count: Int, _ context: WorkContext) throws(Cancelled)
        -> ZeroBandStudy?
    {
        let quantizer = try quantizer(ofRange: range, context: context)
        return try calibration.withEvidence(ofRange: range, context: context) { evidence throws(Cancelled) in
            guard let evidence else { return nil }
            let cells = try evidence.cells().magnitudes().cells
            let total = cells.reduce(0) { $0 + $1.count }, sum = cells.reduce(0) { $0 + $1.sum }
            let power = cells.reduce(0) { $0 + $1.count * $1.mean * $1.mean }
            let mean = sum / total
            guard mean > 0 else { return nil }
            func point(_ threshold: Double) -> ZeroBandStudy.Point {
                let beyond = cells.drop { Double($0.high) <= threshold }
                let n = beyond.reduce(0) { $0 + $1.count }, s = beyond.reduce(0) { $0 + $1.sum }
                return ZeroBandStudy.Point(
                    threshold: threshold, alpha: n > 0 ? s / n : 0,
                    mse: max(0, power - (n > 0 ? s * s / n : 0)) / total, zeros: 1 - n / total)
            }
            let width = 2.5 * mean / Double(max(1, count - 1))
            let all = (0..<max(2, count)).map { point(width * Double($0)) }
            let optimum = try TernaryFormat(isOptimal: true).fitted(to: evidence, scaleType: .float32)
            let best = if case .ternary(let ternary) = optimum { Double(ternary.threshold) } else { 0.0 }
            let used = if case .ternary(let ternary) = quantizer { Double(ternary.threshold) } else { 0.0 }
            return ZeroBandStudy(
                points: all, used: quantizer.levelCount == 2 ? point(-1) : point(used), rule: point(0.7 * mean),
                best: point(best), power: power / total)
        }
    }
}
