import Testing

@testable import Lab

struct TrainerTests {
    init() throws { try MatrixProduct.prepare() }

    /// Two steps of each optimizer by hand.
    @Test func optimizers() {
        func after(_ kind: OptimizerKind, decay: Float = 0) -> Float {
            let parameter = Parameter("w", shape: [1], repeating: 1)
            let optimizer = Optimizer(kind)
            optimizer.add([parameter], decay: decay)
            for gradient: Float in [0.5, -0.25] {
                parameter.gradient[0] = gradient
                optimizer.update(rate: 0.1)
            }
            return parameter.values[0]
        }
        #expect(abs(after(.descent) - (1 - 0.1 * 0.5 + 0.1 * 0.25)) < 1e-6)
        // v: 0.5, then 0.9·0.5 - 0.25 = 0.2.
        #expect(abs(after(.momentum) - (1 - 0.05 - 0.02)) < 1e-6)
        #expect(abs(after(.descent, decay: 0.2) - (0.93 - 0.1 * (-0.25 + 0.2 * 0.93))) < 1e-6)
        // Adam: m̂ = g and √v̂ = |g| at first, a step of 0.1; then m̂ = 0.02/0.19, v̂ = (0.00025·0.999 + 0.0000625)/0.001999.
        let second = 0.1 * (0.02 / 0.19) / ((0.00024975 + 0.0000625) / 0.001999).squareRoot()
        #expect(abs(Double(after(.adam)) - (0.9 - second)) < 1e-5)
    }

    @Test func schedule() {
        let plan = TrainingPlan(epochs: 1, rate: 0.2)
        #expect(plan.rate(at: 0, of: 100) < 0.05)
        #expect(abs(plan.rate(at: 5, of: 100) - 0.2) < 1e-6)
        #expect(plan.rate(at: 99, of: 100) < 0.001)
        #expect(TrainingPlan(epochs: 1, rate: 0.2, schedule: .constant).rate(at: 50, of: 100) == 0.2)
    }

    /// The same seed gives the same bits on any number of threads.
    @Test func threadsDoNotMatter() throws {
        func trained(_ threads: Int) throws -> [[Float]] {
            let data = try Glyphs.dataset(seed: 5, training: 300, test: 10)
            var random = RandomSource(seed: 5)
            let network = Glyphnet().network(inputShape: [1, 16, 16], classes: 10, scale: 1, random: &random)
            let trainer = Trainer(
                network, data.training, TrainingPlan(epochs: 2, rate: 0.05), on: Tape(threads: threads))
            try trainer.run(&random)
            return network.parameters.map { $0.array }
        }
        let single = try trained(1)
        #expect(try trained(2) == single)
        #expect(try trained(5) == single)
    }

    @Test func planeIsLearnt() throws {
        let model = PlaneNetwork(), data = try model.dataset(seed: 1) {}
        var random = RandomSource(seed: 1)
        let network = model.network(inputShape: [2], classes: 3, scale: 1, random: &random)
        let tape = Tape(threads: 2)
        try Trainer(network, data.training, model.training, on: tape).run(&random)
        #expect(try network.accuracy(on: data.test, on: tape) > 0.97)
    }
}
