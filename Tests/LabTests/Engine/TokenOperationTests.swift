import Testing

@testable import Lab

/// Gradients of the operations of transformers and generators against difference quotients.
struct TokenOperationTests {
    init() throws { try MatrixProduct.prepare() }

    @Test func denseOverTokens() {
        let check = GradientCheck(step: 0.5) { tape, x in tape.dense(x[0], weight: x[1], bias: x[2]) }
        #expect(
            check.error([values([9, 3, 5], seed: 1), values([4, 5], seed: 2, "w"), values([4], seed: 3, "b")]) < 1e-4)
    }

    @Test func layerNorm() {
        let check = GradientCheck(step: 0.02) { tape, x in
            tape.layerNorm(x[0], gamma: x[1], beta: x[2], epsilon: 1e-5)
        }
        let inputs = [values([9, 3, 6], seed: 4), values([6], seed: 5, "gamma"), values([6], seed: 6, "beta")]
        #expect(check.error(inputs) < 2e-3)
    }

    @Test func gelu() {
        let check = GradientCheck(step: 0.05) { tape, x in tape.gelu(x[0]) }
        #expect(check.error([values([9, 11], seed: 7)]) < 1e-3)
    }

    @Test func attention() {
        let check = GradientCheck(step: 0.1) { tape, x in
            tape.attention(query: x[0], key: x[1], value: x[2], heads: 2)
        }
        let inputs = (0..<3).map { values([3, 4, 6], seed: UInt64(8 + $0), "qkv") }
        #expect(check.error(inputs) < 1e-3)
    }

    @Test func positionsAndPatches() {
        let add = GradientCheck(step: 0.5) { tape, x in tape.addToEach(x[0], x[1]) }
        #expect(add.error([values([9, 3, 4], seed: 12), values([3, 4], seed: 13, "p")]) < 1e-4)
        let patches = GradientCheck(step: 0.5) { tape, x in tape.patches(x[0], side: 2) }
        #expect(patches.error([values([3, 2, 5, 4], seed: 14)]) < 1e-4)
    }

    @Test func imageMaking() {
        let upsample = GradientCheck(step: 0.5) { tape, x in tape.upsample(x[0]) }
        #expect(upsample.error([values([9, 2, 3, 2], seed: 15)]) < 1e-4)
        let sigmoid = GradientCheck(step: 0.05) { tape, x in tape.sigmoid(x[0], range: -1...3) }
        #expect(sigmoid.error([values([9, 7], seed: 16)]) < 1e-3)
        let reshape = GradientCheck(step: 0.05) { tape, x in tape.relu(tape.reshape(x[0], to: [2, 6])) }
        #expect(reshape.error([values([3, 12], seed: 17, apart: true)]) < 1e-3)
    }

    @Test func statistics() {
        let check = GradientCheck(step: 0.02) { tape, x in
            let first = tape.statisticsMatching(
                x[0], mean: [0.3, -0.2, 0.1], variance: [0.8, 1.3, 0.5], epsilon: 1e-5)
            let second = tape.statisticsMatching(
                tape.add(x[0], x[0]), mean: [0, 0, 0], variance: [1, 1, 1], epsilon: 1e-5)
            return tape.total([(first, 1), (second, -0.25)])
        }
        #expect(check.error([values([9, 3, 2, 2], seed: 18)]) < 2e-3)
        // Nothing to gain where statistics agree.
        let tape = Tape(threads: 1)
        let x = tape.constant([1, -1, 3, -3], [2, 1, 1, 2])
        let loss = tape.statisticsMatching(x, mean: [0], variance: [5], epsilon: 0)
        #expect(loss.data[0] < 1e-12)
    }
}
