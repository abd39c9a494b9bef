import Quantization
import Testing

@testable import Lab

/// The numbers of the survey's lesson cards on training.
struct SurveyVectorTests {
    init() throws { try MatrixProduct.prepare() }

    /// L17: ½(q(w) - 0.3)² on a grid of whole numbers. The straight-through estimator's q has mean 0.3 and w stays at ½; with the true
    /// gradient nothing moves.
    @Test func straightThroughEstimator() {
        func run(_ gradient: RoundingGradient) -> (mean: Double, weight: Float) {
            let weight = Parameter("w", shape: [1], repeating: 0.1), tape = Tape(threads: 1)
            var sum = 0.0
            for step in 0..<20_000 {
                weight.gradient.clear()
                let q = tape.rounding(tape.leaf(weight), gradient: gradient, limits: nil) { x, elements, y in
                    for i in 0..<elements.count { y[i] = x[i].rounded(.toNearestOrEven) }
                }
                let difference = q.data[0] - 0.3
                if step >= 10_000 { sum += Double(q.data[0]) }
                let loss = tape.node([1], needsGradient: true)
                tape.record { q.gradient?[0] += difference }
                tape.backward(from: loss)
                tape.clear()
                weight.values[0] -= 0.01 * weight.gradient[0]
            }
            return (sum / 10_000, weight.values[0])
        }
        let through = run(.straight)
        #expect(abs(through.mean - 0.3) < 0.001)
        #expect(abs(through.weight - 0.5) <= 0.01)
        let honest = run(.none)
        #expect(honest.mean == 0)
        #expect(honest.weight == 0.1)
    }

    /// Within the range the gradient passes, beyond it not.
    @Test func clippedStraightThroughEstimator() throws {
        let recipe = try Recipe("int4 sym tensor clip:manual:-1,1")
        let x = Parameter("x", shape: [4], values: [-1.5, -1, 0.3, 1.2]), tape = Tape(threads: 1)
        let layer = WeightedLayer(
            "x", .dense, weight: Parameter("x", shape: [1, 4], values: x.array), bias: nil)
        let (ranges, layout) = try #require(try WeightQuantizer.ranges(layer, recipe))
        let y = tape.rounding(
            tape.leaf(x), gradient: .clipped, limits: RangeLimits(ranges, map: RangeMap(layout))
        ) { values, elements, output in ranges.reconstruct(values, elements, of: layout, into: output) }
        #expect(y.data.array == [-1, -1, Float(1) / 7 * 2, 1])
        tape.record { for i in 0..<4 { y.gradient?[i] = 1 } }
        tape.backward(from: tape.node([1], needsGradient: true))
        #expect(x.gradientArray == [0, 1, 1, 0])
    }

    /// LSQ's ∂v̂/∂s at v/s with Q_N = 4, Q_P = 3.
    @Test func learnedStep() {
        let places: [Float] = [-5, -0.3, 0.2, 0.49, 0.51, 0.9, 9]
        let wanted: [Float] = [-4, 0.3, -0.2, -0.49, 0.49, 0.1, 3]
        for (place, gradient) in zip(places, wanted) {
            let x = Parameter("v", shape: [1, 1], values: [place]), step = Parameter("s", shape: [1], repeating: 1)
            let tape = Tape(threads: 1)
            let y = tape.learnedStep(
                tape.leaf(x), step: tape.leaf(step), grid: CodeGrid(lowest: [4], highest: [3], map: nil), factor: 1)
            tape.record { y.gradient?[0] = 1 }
            tape.backward(from: tape.node([1], needsGradient: true))
            #expect(abs(step.gradient[0] - gradient) < 1e-6)
            #expect(x.gradient[0] == (place < -4 || place > 3 ? 0 : 1))
            #expect(y.data[0] == max(-4, min(3, place.rounded(.toNearestOrEven))))
        }
    }

    /// 2·mean|v|/√Q_P of unit Gauss values at 2, 3, 4 and 8 bits.
    @Test func learnedStepBegins() {
        let mean = Float(2 / Double.pi).squareRoot()
        for (bits, wanted) in [(2, 1.59577), (3, 0.92132), (4, 0.60314), (8, 0.14160)] {
            let highest = Float(1 << (bits - 1) - 1)
            let grid = CodeGrid(lowest: [highest + 1], highest: [highest], map: nil)
            #expect(abs(Double(grid.firstSteps([mean, -mean])[0]) - wanted) < 2e-5)
        }
        #expect(
            abs(CodeGrid(lowest: [8], highest: [7], map: nil).factor(count: 100) - 1 / Float(700).squareRoot()) < 1e-7)
    }

    /// PACT: y = round(clip(x, 0, α)·(2^k - 1)/α)·α/(2^k - 1); ∂y/∂α = 1 where x ≥ α.
    @Test func learnedClip() {
        let x = Parameter("x", shape: [5], values: [-0.5, 0.2, 1.1, 2, 3]),
            limit = Parameter("a", shape: [1], repeating: 2)
        let tape = Tape(threads: 1)
        let y = tape.learnedClip(
            tape.leaf(x), limit: tape.leaf(limit), grid: CodeGrid(lowest: [0], highest: [3], map: nil))
        let step = Float(2) / 3
        #expect(y.data.array == [0, 0, 2 * step, 3 * step, 3 * step])
        tape.record { for i in 0..<5 { y.gradient?[i] = Float(i + 1) } }
        tape.backward(from: tape.node([1], needsGradient: true))
        #expect(limit.gradient[0] == 9)
        #expect(x.gradientArray == [0, 2, 3, 0, 0])
        // A grid on both sides: below -α·Q_N/Q_P the output moves with the limit too.
        tape.clear()
        limit.gradient.clear()
        let low = Parameter("x", shape: [1], values: [-3])
        let both = tape.learnedClip(
            tape.leaf(low), limit: tape.leaf(limit),
            grid: CodeGrid(lowest: [3], highest: [3], map: nil))
        #expect(both.data[0] == -2)
        tape.record { both.gradient?[0] = 1 }
        tape.backward(from: tape.node([1], needsGradient: true))
        #expect(limit.gradient[0] == -1)
    }

    /// ProxQuant's step for λ = 0.2 towards ±1.
    @Test func proximalStep() {
        let moved = [-1.5, -0.3, 0.1, 0.9, 2].map { (weight: Float) in
            Proximal.drawn(weight, to: weight < 0 ? -1 : 1, by: 0.2)
        }
        for (found, wanted) in zip(moved, [-1.3, -0.5, 0.3, 1, 1.8] as [Float]) { #expect(abs(found - wanted) < 1e-6) }
    }

    /// Softmax at three temperatures, and T² keeping the size of gradients.
    @Test func distillation() {
        for (temperature, wanted) in [
            (1.0, [0.665241, 0.244728, 0.090031]), (2, [0.506480, 0.307196, 0.186324]),
            (4, [0.419229, 0.326496, 0.254275]),
        ] {
            for (p, w) in zip(softmax([2, 1, 0], temperature: temperature), wanted) { #expect(abs(p - w) < 1e-6) }
        }
        func gradient(_ temperature: Double) -> [Float] {
            let z = Parameter("z", shape: [1, 3], repeating: 1), tape = Tape(threads: 1)
            let loss = tape.distillation(
                tape.leaf(z), labels: [0], teacher: [2, 1, 0], term: DistillationTerm(temperature: temperature, mix: 1))
            tape.backward(from: loss)
            return z.gradientArray
        }
        // Times T² the soft term's gradient is T·(p_s - p_t); towards ∞ it is (z_s - z_t)/3 around the mean.
        for (temperature, wanted) in [
            (1.0, [-0.331908, 0.088605, 0.243303]), (20, [-0.335971, 0.005552, 0.330418]),
        ] as [(Double, [Float])] {
            for (found, value) in zip(gradient(temperature), wanted) { #expect(abs(found - value) < 1e-5) }
        }
    }
}
