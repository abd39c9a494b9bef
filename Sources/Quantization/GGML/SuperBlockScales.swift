import Tensors

// Super-blocks of 256 hold a code for the scale of every run, under a unit that is stored as Float16. What a run's own best scale
// gains must survive that rounding: codes are judged by the errors that they leave, and so are units.

/// A run of values whose scale is stored as a code.
protocol ScaledRun {
    /// The scale of the least error, of either sign.
    var bestScale: Float { get }
    /// The weighted squared error of the nearest levels under a scale.
    func error(_ scale: Float) -> Float
    /// Under the nearest levels of this scale: Σ w·x·level and Σ w·level².
    func fit(_ scale: Float) -> (product: Double, square: Double)
    /// Σ w·x².
    var power: Float { get }
}

/// What an error may grow to by storing codes before more is tried.
struct StorageLoss {
    /// Σ of the errors that the runs' own best scales leave, which is what can be hoped for.
    let hoped: Float
    /// Of one run, beyond its own hope: above this all codes are tried.
    let ofRun: Float
    /// Above this more units are tried.
    let limit: Float

    /// - Parameter power: Σ w·x² of the block; errors of some 1e-9 of it are those of Float32 and of a unit of Float16.
    init(hoped: [Float], power: Float) {
        let sum = hoped.reduce(0, +), noise = power * 2e-9
        self.hoped = sum
        ofRun = 0.25 * sum / Float(hoped.count) + noise
        limit = 1.02 * sum + noise
    }

    /// What the largest scale may be divided by where a unit is so small that Float16 has few digits for it: lower codes make it
    /// larger.
    static func coarserCodes(_ unit: Float, below outermost: Int) -> [Float] {
        abs(unit) < 0x1p-13 ? [1, 2, 3, 4, 6, 8, 12, 16, 24].filter { $0 < Float(outermost) } : []
    }
}

/// Codes of scales under one unit.
struct CodedScales {
    var unit: Float
    var codes: [Int]
    var error: Float
    /// The runs that lost most.
    var poor: [Int] = []
}

/// The unit and the codes of the least error.
///
/// - Parameters:
///   - outermost: the code of the largest scale, which is an end of `codes`.
///   - stored: a unit as Float16 keeps it.
func codedScales<Run: ScaledRun>(
    _ runs: [Run], codes: ClosedRange<Int>, outermost: Int, stored: (Float) -> Float
) -> CodedScales {
    let wanted = runs.map { $0.bestScale }, hoped = zip(runs, wanted).map { $0.error($1) }
    let loss = StorageLoss(hoped: hoped, power: runs.reduce(0) { $0 + $1.power })

    func chosen(_ wish: Float) -> CodedScales {
        let unit = stored(wish)
        var result = CodedScales(unit: unit, codes: [], error: 0)
        guard unit != 0 else {
            result.codes = [Int](repeating: 0, count: runs.count)
            result.error = runs.reduce(0) { $0 + $1.error(0) }
            return result
        }
        for (index, run) in runs.enumerated() {
            let start = nearestCode(wanted[index] / unit, codes)
            var best = start, least = run.error(unit * Float(start))
            func look(_ code: Int) {
                guard codes.contains(code) else { return }
                let error = run.error(unit * Float(code))
                if error < least { (best, least) = (code, error) }
            }
            // The other sign takes the levels of the other end; both ends may do.
            for code in [start - 2, start - 1, start + 1, start + 2, -start - 1, -start, -start + 1] { look(code) }
            if least > hoped[index] + loss.ofRun {
                for code in codes { look(code) }
                if least > hoped[index] + loss.ofRun { result.poor.append(index) }
            }
            result.codes.append(best)
            result.error += least
        }
        return result
    }

    /// The unit of the least error under given codes, for as long as it helps.
    func refined(_ start: CodedScales) -> CodedScales {
        var best = start
        for _ in 0..<3 where best.unit != 0 {
            var product = 0.0, square = 0.0
            for (run, code) in zip(runs, best.codes) where code != 0 {
                let fit = run.fit(best.unit * Float(code))
                product += fit.product * Double(code)
                square += fit.square * Double(code) * Double(code)
            }
            guard square > 0, product != 0 else { break }
            let next = chosen(Float(product / square))
            guard next.error < best.error else { break }
            best = next
            if best.error <= loss.limit { break }
        }
        return best
    }

    let largest = wanted.max { abs($0) < abs($1) } ?? 0
    var best = refined(chosen(largest / Float(outermost)))
    guard best.error > loss.limit else { return best }
    // Other units: that make the largest scale a lower code, of either sign, or give a poor run a code of its own.
    var wishes = (1...4).map { largest / Float(outermost + ($0 <= 3 ? $0 : 0)) }
    wishes += (0...3).map { largest / Float(-outermost - 1 - $0) }
    wishes += StorageLoss.coarserCodes(best.unit, below: abs(outermost)).map { largest / $0 }
    for index in best.poor.prefix(8) where wanted[index] != 0 {
        let steps = max(1, (abs(wanted[index] / best.unit)).rounded(.down))
        for step in [steps, steps + 1, steps + 2] { wishes += [wanted[index] / step, -wanted[index] / step] }
    }
    let others = wishes.map(chosen).sorted { $0.error < $1.error }.prefix(3)
    for other in others.map(refined) where other.error < best.error { best = other }
    return best
}
