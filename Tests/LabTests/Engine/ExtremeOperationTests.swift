import Testing

@testable import Lab

/// Signs and ternary levels against PyTorch 2.15, whose autograd was given the same stand-ins for derivatives.
struct ExtremeOperationTests {
    private let weights: [Float] = [0.3, -1.2, 0.05, -0.4, 2, -0.1, 0, 0.7]
    private let given: [Float] = [1, -0.5, 0.25, 2, -1.5, 0.75, 0.5, -0.25]

    private func run(_ inputs: [Parameter], _ operation: (Tape, [Node]) -> Node) -> [Float] {
        let tape = Tape(threads: 2)
        let y = operation(tape, inputs.map(tape.leaf)), loss = tape.node([1], needsGradient: true)
        tape.record { [given] in for i in 0..<y.count { y.gradient?[i] += given[i] } }
        tape.backward(from: loss)
        return y.data.array
    }

    private func agree(_ found: [Float], _ wanted: [Float]) -> Bool {
        found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-6 }
    }

    @Test func signs() {
        let slopes: [SignGradient: [Float]] = [
            .clipped: [1, 0, 1, 1, 0, 1, 1, 1], .straight: [1, 1, 1, 1, 1, 1, 1, 1],
            .polynomial: [1.4, 0, 1.9, 1.2, 0, 1.8, 2, 0.6],
        ]
        for gradient in SignGradient.allCases {
            let w = Parameter("w", shape: [2, 4], values: weights)
            #expect(run([w]) { $0.sign($1[0], gradient: gradient) } == [1, -1, 1, -1, 1, -1, 1, 1])
            #expect(agree(w.gradientArray, zip(given, slopes[gradient] ?? []).map(*)))
        }
    }

    @Test func scaledSigns() {
        let wanted: [SignGradient: [Float]] = [
            .clipped: [
                0.42499998, 0.0625, 0.0593750, 1.0374999, -0.5, 1.0250000, -0.1500000, -0.6750000,
            ],
            .straight: [
                0.42499998, -0.18125, 0.0593750, 1.0374999, -1.55, 1.0250000, -0.1500000, -0.6750000,
            ],
            .polynomial: [0.62, 0.0625, 0.1690625, 1.2325, -0.5, 1.445, 0.2, -0.605],
        ]
        for gradient in SignGradient.allCases {
            let w = Parameter("w", shape: [2, 4], values: weights)
            let y = run([w]) { $0.scaledSign($1[0], gradient: gradient) }
            #expect(agree(y, [0.4875, -0.4875, 0.4875, -0.4875, 0.7, -0.7, 0.7, 0.7]))
            #expect(agree(w.gradientArray, wanted[gradient] ?? []), "\(gradient)")
        }
    }

    @Test func learnedTernaryLevels() {
        let w = Parameter("w", shape: [8], values: weights)
        let positive = Parameter("p", shape: [1], values: [1.5]), negative = Parameter("n", shape: [1], values: [0.8])
        let y = run([w, positive, negative]) {
            $0.learnedTernary($1[0], positive: $1[1], negative: $1[2], threshold: 0.05)
        }
        #expect(y == [1.5, -0.8, 0, -0.8, 1.5, 0, 0, 1.5])
        #expect(agree(w.gradientArray, [1.5, -0.4, 0.25, 1.6, -2.25, 0.75, 0.5, -0.375]))
        #expect(positive.gradientArray == [-0.75])
        #expect(negative.gradientArray == [-1.5])
    }

    /// Inputs of two levels want the batch norm before the sign, and no ReLU.
    @Test func layersAreReorderedForSigns() {
        var random = RandomSource(seed: 1)
        let network = Glyphnet().network(inputShape: [1, 16, 16], classes: 10, scale: 1, random: &random)
        func names(_ layers: [Layer]) -> [String] {
            layers.flatMap { layer -> [String] in
                switch layer {
                case .weighted(let layer): [layer.name]
                case .batchNorm(let norm): [norm.name]
                case .residual(let branch): ["("] + names(branch) + [")"]
                case .maxPool: ["pool"]
                default: ["other"]
                }
            }
        }
        #expect(
            names(network.orderedForSigns().layers) == [
                "conv1", "pool", "bn1", "conv2", "pool", "bn2", "(", "conv3", "bn3", ")", "fc",
            ])
        let plane = PlaneNetwork().network(inputShape: [2], classes: 3, scale: 1, random: &random)
        #expect(names(plane.orderedForSigns().layers) == ["fc1", "fc1.norm", "fc2", "fc2.norm", "fc3"])
    }
}
