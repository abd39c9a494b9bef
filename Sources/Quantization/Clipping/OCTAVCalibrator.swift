import Basics
import Platform

/// The fixed point of s ← Σ₍|x|≥s₎|x| / (4^-b/3·N₍|x|<s₎ + N₍|x|≥s₎) from s = mean|x|, where a tighter limit would add as much
/// clipping error as it saves uniform rounding noise; 12 in place of 3 where no value is negative (survey III-C: OCTAV, Sakr et al. 2022).
struct OCTAVCalibrator: Calibrator {
    var needs: CalibratorNeeds { .values }

    func range(of evidence: any RangeEvidence, for target: CalibrationTarget) throws(Cancelled) -> ClipRange {
        guard evidence.largest > 0 else { return ClipRange(low: evidence.minimum, high: evidence.maximum) }
        let step = Step(
            count: Double(evidence.count),
            noise: pow(4, -Double(target.bits)) / (evidence.minimum >= 0 ? 12 : 3))
        let limit = try Self.fixedPoint(of: evidence, step)
        return target.range(ofLimit: limit, within: evidence)
    }

    /// One step of the iteration.
    struct Step {
        let count: Double
        /// The noise of rounding within the limit, in units of its square.
        let noise: Double

        func callAsFunction(_ above: (count: Double, sum: Double)) -> Double {
            above.sum / (noise * (count - above.count) + above.count)
        }
    }

    /// Magnitudes that are stored one by one around the limit.
    private static let band = 1 << 20

    private static func fixedPoint(of evidence: any RangeEvidence, _ step: Step) throws(Cancelled) -> Double {
        var limit = try start(evidence, step), width = 0.005
        // Exactly, by the values around the limit alone as long as it stays among them.
        for _ in 0..<12 {
            let low = Float(max(0, limit * (1 - width))),
                high = min(.greatestFiniteMagnitude, Float(limit * (1 + width)))
            guard let tails = try evidence.tails(from: low, below: high, most: band) else { break }
            let (reached, isFixed) = iterate(limit) { tails.above($0).map { step($0) } }
            limit = reached
            if isFixed { return limit }
            width *= 2
        }
        return try bisected(evidence, step)
    }

    /// The same limit where many values are alike and the iteration jumps to and fro over them.
    ///
    /// s·noise·N₍|x|<s₎ - Σ₍|x|≥s₎(|x| - s) grows with s and is zero at the fixed point, or changes its sign there.
    private static func bisected(_ evidence: any RangeEvidence, _ step: Step) throws(Cancelled) -> Double {
        var low: Float = 0, high = evidence.largest
        for _ in 0..<80 {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high, let above = try evidence.above(middle) else { break }
            let s = Double(middle)
            let excess = s * step.noise * (step.count - above.count) - (above.sum - s * above.count)
            if excess < 0 { low = middle } else { high = middle }
        }
        return Double(high)
    }

    /// Near the fixed point: from the sketch where there is one, else by some looks at all values.
    private static func start(_ evidence: any RangeEvidence, _ step: Step) throws(Cancelled) -> Double {
        if let sketch = try evidence.sketch(),
            let tails = sketch.tails(from: 0, below: evidence.largest.nextUp, most: .max)
        {
            return iterate(sketch.meanDistance(from: 0)) { tails.above($0).map { step($0) } }.limit
        }
        return try approached(try evidence.meanDistance(from: 0), evidence, step, tolerance: 1e-3)
    }

    /// Step by step, each a look at all values.
    private static func approached(
        _ start: Double, _ evidence: any RangeEvidence, _ step: Step, tolerance: Double
    ) throws(Cancelled) -> Double {
        var limit = start
        for _ in 0..<60 {
            guard let above = try evidence.above(Float(limit)) else { break }
            let next = step(above), isNear = abs(next - limit) <= tolerance * limit
            limit = next
            if isNear { break }
        }
        return limit
    }

    /// Until nothing moves; `next` is nil where it cannot say.
    private static func iterate(_ start: Double, _ next: (Double) -> Double?) -> (limit: Double, isFixed: Bool) {
        var limit = start
        for _ in 0..<100 {
            guard let reached = next(limit) else { return (limit, false) }
            let isFixed = abs(reached - limit) <= 1e-12 * limit
            limit = reached
            if isFixed { return (limit, limit > 0) }
        }
        return (limit, false)
    }

    static let entry = CalibratorEntry(
        name: "octav",
        summary: "where a tighter limit would clip as much as it saves uniform noise, by a fixed point (OCTAV)",
        parameters: "", usual: [[]], assumesEqualSteps: true, check: { $0.isEmpty ? nil : "no number" },
        make: { _ in OCTAVCalibrator() })
}
