import Testing

@testable import Lab

/// Compares gradients with differences of the loss Σ c·y, for random c.
struct GradientCheck {
    /// Of the difference quotient: large for what is linear in each input, small for curves.
    var step: Double = 0.1
    /// y of the inputs, which are computed anew for every difference.
    let operation: (Tape, [Node]) -> Node

    /// The largest relative error over the inputs: max|g - g'| / max|g'|.
    func error(_ inputs: [Parameter], seed: UInt64 = 7, threads: Int = 2) -> Double {
        let tape = Tape(threads: threads)
        var weights: [Float] = []
        func loss(_ records: Bool) -> Double {
            let y = operation(tape, inputs.map(tape.leaf))
            if weights.isEmpty {
                var random = RandomSource(seed: seed)
                weights = (0..<y.count).map { _ in Float(random.uniform(-1, 1)) }
            }
            let total = (0..<y.count).reduce(0.0) { $0 + Double(weights[$1]) * Double(y.data[$1]) }
            if records {
                let sum = tape.node([1], needsGradient: true)
                tape.record {
                    for i in 0..<y.count { y.gradient?[i] += weights[i] }
                }
                tape.backward(from: sum)
            }
            tape.clear()
            return total
        }
        for input in inputs { input.gradient.clear() }
        _ = loss(true)
        var worst = 0.0
        for input in inputs {
            let found = input.gradientArray
            // Five points: exact for polynomials up to the fourth degree.
            let wanted = (0..<input.count).map { i -> Double in
                let before = input.values[i]
                func moved(_ steps: Double) -> Double {
                    input.values[i] = before + Float(steps * step)
                    defer { input.values[i] = before }
                    return loss(false)
                }
                // What the number really became.
                let width = Double(before + Float(step)) - Double(before - Float(step))
                let far = Double(before + Float(2 * step)) - Double(before - Float(2 * step))
                return 4.0 / 3 * (moved(1) - moved(-1)) / width - 1.0 / 3 * (moved(2) - moved(-2)) / far
            }
            let scale = wanted.reduce(1e-12) { max($0, abs($1)) }
            for (g, w) in zip(found, wanted) { worst = max(worst, abs(Double(g) - w) / scale) }
        }
        return worst
    }
}

/// Numbers from -1 to 1, or as far from zero and from each other as kinks ask for.
func values(_ shape: [Int], seed: UInt64, _ name: String = "x", apart: Bool = false) -> Parameter {
    var random = RandomSource(seed: seed, stream: name)
    let count = shape.reduce(1, *)
    guard apart else {
        return Parameter(name, shape: shape, values: (0..<count).map { _ in Float(random.uniform(-1, 1)) })
    }
    let order = random.permutation(count)
    return Parameter(name, shape: shape, values: order.map { (Float($0) + 0.5 - Float(count) / 2) / 4 })
}
