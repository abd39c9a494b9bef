import Testing

@testable import Lab

/// Samples that are made from what batch norms remember.
struct SampleMakingTests {
    init() throws { try MatrixProduct.prepare() }

    /// Noise that was moved is seen by the batch norms as what they remember, and stays within the range of pixels.
    @Test func movedNoiseMatches() throws {
        var random = RandomSource(seed: 2)
        let data = try Glyphs.dataset(seed: 2, training: 640, test: 10)
        let network = Glyphnet().network(inputShape: [1, 16, 16], classes: 10, scale: 1, random: &random)
        let tape = Tape(threads: 2)
        var plan = Glyphnet().training
        plan.epochs = 2
        try Trainer(network, data.training, plan, on: tape).run(&random)
        let before = network.parameters.map { $0.array }
        let match = StatisticsMatch(network, on: tape)
        let noise = SampleMaker.noise(32, shape: [1, 16, 16], &random)
        var losses: [Double] = []
        let made = try SampleMaker(match: match, batch: 32, steps: 60, rate: 0.1, range: 0...1).moved(noise) {
            _, _, _, loss in losses.append(loss)
        }
        #expect(made.count == 32 && made.inputs.allSatisfy { (0...1).contains($0) })
        #expect(losses.count == 60 && losses[59] < losses[0] / 100)
        func worst(_ samples: Samples) -> Double { match.gaps(samples).reduce(0) { max($0, $1.mean, $1.deviation) } }
        #expect(worst(made) < worst(noise) / 4, "\(worst(made)) and \(worst(noise))")
        // The network that they are made for stays as it was.
        #expect(network.parameters.map { $0.array } == before)
    }

    /// Level 2 makes images whose sides are multiples of four, of all classes.
    @Test func generatorsMakeImages() throws {
        var random = RandomSource(seed: 6)
        #expect(SampleGenerator(shape: [1, 10, 8], classes: 3, range: 0...1, random: &random) == nil)
        #expect(SampleGenerator(shape: [2], classes: 3, range: 0...1, random: &random) == nil)
        let generator = try #require(
            SampleGenerator(shape: [2, 8, 12], classes: 3, range: -2...3, random: &random))
        let seeds = generator.seeds(7, &random)
        #expect(seeds.labels == [0, 1, 2, 0, 1, 2, 0])
        let made = try generator.samples(of: seeds, on: Tape(threads: 1))
        #expect(made.shape == [2, 8, 12] && made.inputs.count == 7 * 2 * 96)
        #expect(made.inputs.allSatisfy { (-2...3).contains($0) } && Set(made.inputs).count > 100)
    }

    @Test func networksWithoutMemoryAreRefused() throws {
        let experiment = ZeroShotExperiment()
        let settings = try LabSettings(experiment, [("model", "mlp")])
        let report = LabRun(experiment.name, settings).perform(experiment)
        guard case .failed(let message) = report.state else {
            Issue.record("\(report.state)")
            return
        }
        #expect(message.contains("batch norm") && message.contains("--model glyphnet"))
    }

    @Test func picturesAreMeansOfChannels() throws {
        let values: [Float] = [0, 1, 2, 3, 4, 5, 6, 7]
        let pictures = try #require(
            values.withUnsafeBufferPointer {
                LabPictures("x", $0.baseAddress!, count: 1, shape: [2, 1, 4], range: 0...8)
            })
        #expect(pictures.images == [[0.25, 0.375, 0.5, 0.625]])
        #expect(
            values.withUnsafeBufferPointer { LabPictures("x", $0.baseAddress!, count: 4, shape: [2], range: 0...8) }
                == nil)
    }
}
