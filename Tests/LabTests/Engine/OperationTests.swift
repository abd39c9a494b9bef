import Testing

@testable import Lab

/// Every operation's gradients against difference quotients, and its values against plain loops.
struct OperationTests {
    init() throws { try MatrixProduct.prepare() }

    @Test func dense() {
        let inputs = [values([19, 5], seed: 1), values([4, 5], seed: 2, "w"), values([4], seed: 3, "b")]
        let check = GradientCheck(step: 0.5) { tape, x in tape.dense(x[0], weight: x[1], bias: x[2]) }
        #expect(check.error(inputs) < 1e-4)
        let tape = Tape(threads: 2)
        let y = tape.dense(tape.leaf(inputs[0]), weight: tape.leaf(inputs[1]), bias: tape.leaf(inputs[2]))
        for sample in 0..<19 {
            for output in 0..<4 {
                let wanted = (0..<5).reduce(Double(inputs[2].values[output])) {
                    $0 + Double(inputs[0].values[sample * 5 + $1]) * Double(inputs[1].values[output * 5 + $1])
                }
                #expect(abs(Double(y.data[sample * 4 + output]) - wanted) < 1e-6)
            }
        }
    }

    @Test(arguments: [0, 1, 2]) func convolution(padding: Int) {
        let x = values([9, 2, 5, 4], seed: 4), w = values([3, 2, 3, 3], seed: 5, "w"), b = values([3], seed: 6, "b")
        let check = GradientCheck(step: 0.5) { tape, x in
            tape.convolution(x[0], weight: x[1], bias: x[2], padding: padding)
        }
        #expect(check.error([x, w, b]) < 1e-4)
        let tape = Tape(threads: 2)
        let y = tape.convolution(tape.leaf(x), weight: tape.leaf(w), bias: nil, padding: padding)
        let height = 5 + 2 * padding - 2, width = 4 + 2 * padding - 2
        #expect(y.shape == [9, 3, height, width])
        for place in 0..<y.count {
            let column = place % width, row = place / width % height
            let output = place / (width * height) % 3, sample = place / (width * height * 3)
            var wanted = 0.0
            for channel in 0..<2 {
                for down in 0..<3 {
                    for right in 0..<3 {
                        let i = row + down - padding, j = column + right - padding
                        guard (0..<5).contains(i), (0..<4).contains(j) else { continue }
                        wanted +=
                            Double(x.values[((sample * 2 + channel) * 5 + i) * 4 + j])
                            * Double(w.values[((output * 2 + channel) * 3 + down) * 3 + right])
                    }
                }
            }
            #expect(abs(Double(y.data[place]) - wanted) < 1e-5)
        }
    }

    @Test(arguments: [true, false]) func batchNorm(isTraining: Bool) {
        let x = values([6, 3, 2, 3], seed: 8), gamma = values([3], seed: 9, "gamma"),
            beta = values([3], seed: 10, "beta")
        // Statistics move with every pass in training, where the result does not hang on them.
        let check = GradientCheck(step: 0.02) { tape, x in
            tape.batchNorm(
                x[0], gamma: x[1], beta: x[2],
                running: .init(
                    mean: Parameter("mean", shape: [3], isTrained: false, repeating: 0.2),
                    variance: Parameter("variance", shape: [3], isTrained: false, repeating: 0.7), momentum: 0.1),
                epsilon: 1e-5, isTraining: isTraining)
        }
        #expect(check.error([x, gamma, beta]) < 1e-4)
    }

    @Test func batchNormKeepsRunningStatistics() {
        let tape = Tape(threads: 1)
        let mean = Parameter("mean", shape: [1], isTrained: false),
            variance = Parameter("v", shape: [1], isTrained: false, repeating: 1)
        let one = Parameter("one", shape: [1], repeating: 1), zero = Parameter("zero", shape: [1])
        let y = tape.batchNorm(
            tape.constant([1, 2, 3, 6], [4, 1]), gamma: tape.leaf(one), beta: tape.leaf(zero),
            running: .init(mean: mean, variance: variance, momentum: 0.1), epsilon: 0, isTraining: true)
        // Mean 3, variance 3.5, of a sample 14/3.
        #expect(abs(mean.values[0] - 0.3) < 1e-6)
        #expect(abs(variance.values[0] - (0.9 + 0.1 * 14 / 3)) < 1e-6)
        #expect(abs(y.data[3] - 3 / Float(3.5).squareRoot()) < 1e-6)
    }

    @Test func kinks() {
        let x = values([9, 2, 4, 6], seed: 11, apart: true)
        #expect(GradientCheck(step: 0.05) { $0.relu($1[0]) }.error([x]) < 1e-4)
        #expect(GradientCheck(step: 0.05) { $0.maxPool($1[0]) }.error([x]) < 1e-4)
    }

    @Test func meanPoolAddPick() {
        let x = values([9, 3, 2, 2], seed: 12), other = values([9, 3, 2, 2], seed: 13, "other")
        #expect(GradientCheck(step: 0.5) { $0.meanPool($1[0]) }.error([x]) < 1e-4)
        #expect(GradientCheck(step: 0.5) { $0.add($1[0], $1[1]) }.error([x, other]) < 1e-4)
        let picked = GradientCheck(step: 0.5) { $0.pick($1[0], [0, 2, 1, 2], width: 4, shape: [4, 2, 2]) }
        #expect(picked.error([x]) < 1e-4)
        // A value that is used twice gets both gradients.
        #expect(GradientCheck(step: 0.5) { $0.add($1[0], $1[0]) }.error([x]) < 1e-4)
    }

    @Test func softmaxCrossEntropy() {
        let z = values([7, 4], seed: 14)
        let labels = [0, 3, 1, 2, 2, 0, 1]
        #expect(GradientCheck(step: 0.2) { $0.softmaxCrossEntropy($1[0], labels: labels) }.error([z]) < 1e-4)
    }

    @Test(arguments: [(1.0, 0.3), (4.0, 0.7), (2.0, 1.0)]) func distillation(temperature: Double, mix: Double) {
        let z = values([7, 4], seed: 15), teacher = values([7, 4], seed: 16, "teacher").array.map { 3 * $0 }
        let check = GradientCheck(step: 0.2) { tape, x in
            tape.distillation(
                x[0], labels: [0, 3, 1, 2, 2, 0, 1], teacher: teacher,
                term: DistillationTerm(temperature: temperature, mix: mix))
        }
        #expect(check.error([z]) < 1e-4)
    }

    /// The whole network, with a residual branch and parameters of every kind.
    @Test func network() throws {
        var random = RandomSource(seed: 3)
        let network = Glyphnet().network(inputShape: [1, 4, 4], classes: 3, scale: 1, random: &random)
        let tape = Tape(threads: 2)
        let x = values([6, 1, 4, 4], seed: 17).array
        func loss() -> Node {
            tape.softmaxCrossEntropy(
                network.logits(tape.constant(x, [6, 1, 4, 4]), on: tape, .init(isTraining: true)),
                labels: [0, 1, 2, 0, 1, 2])
        }
        for parameter in network.parameters { parameter.gradient.clear() }
        tape.backward(from: loss())
        tape.clear()
        // Along a random direction in each parameter; few of the kinks lie so near.
        for parameter in network.parameters where parameter.isTrained {
            var random = RandomSource(seed: 11, stream: parameter.name)
            let direction = (0..<parameter.count).map { _ in Float(random.uniform(-1, 1)) }
            let before = parameter.array, step: Float = 4e-4
            func moved(_ sign: Float) -> Double {
                parameter.set(zip(before, direction).map { $0 + sign * step * $1 })
                let value = Double(loss().data[0])
                tape.clear()
                return value
            }
            let wanted = (moved(1) - moved(-1)) / Double(2 * step)
            parameter.set(before)
            let found = zip(parameter.gradientArray, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            let size = parameter.gradientArray.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(size > 0, "\(parameter.name)")
            #expect(abs(found - wanted) < 0.02 * size + 1e-4, "\(parameter.name): \(found) \(wanted)")
        }
    }
}
