/// A network that makes samples of a class from noise, trained on what a classifier remembers (GDFQ, Xu et al. 2020).
struct SampleGenerator {
    /// Of [noise and classes] to samples.
    let network: Network
    let shape: [Int]
    let classes: Int

    /// Numbers of noise that a sample is made from.
    static let noise = 32
    /// The batch norms' loss beside the cross-entropy. With 1 the generator makes what the classifier is sure of, all of a class alike, and a
    /// network that is retrained on that knows little else.
    static let matchWeight: Float = 10

    /// nil for samples that it cannot make: it doubles images twice.
    init?(shape: [Int], classes: Int, range: ClosedRange<Float>, random: inout RandomSource) {
        guard shape.count == 3, shape[1] % 4 == 0, shape[2] % 4 == 0 else { return nil }
        let wide = 32, narrow = 16, small = [wide, shape[1] / 4, shape[2] / 4]
        func convolution(_ name: String, _ inputs: Int, _ outputs: Int, hasBias: Bool) -> Layer {
            .weighted(
                WeightedLayer(
                    name, .convolution(padding: 1), shape: [outputs, inputs, 3, 3], hasBias: hasBias, random: &random))
        }
        let inputs = Self.noise + classes
        network = Network(
            name: "generator", inputShape: [inputs], classes: classes,
            layers: [
                .weighted(
                    WeightedLayer(
                        "g1", .dense, shape: [small.reduce(1, *), inputs], hasBias: false, random: &random)),
                .part(Reshape(shape: small)), .batchNorm(BatchNormLayer("gn1", channels: wide)), .relu,
                .part(Upsampling()), convolution("g2", wide, narrow, hasBias: false),
                .batchNorm(BatchNormLayer("gn2", channels: narrow)), .relu,
                .part(Upsampling()), convolution("g3", narrow, shape[0], hasBias: true), .part(Sigmoid(range: range)),
            ])
        self.shape = shape
        self.classes = classes
    }

    /// Noise with the class beside it, one place for each; classes take turns.
    func seeds(_ count: Int, _ random: inout RandomSource) -> Samples {
        var seeds = Samples(shape: network.inputShape, inputs: [], labels: [])
        for sample in 0..<count {
            let label = sample % classes
            seeds.inputs += (0..<Self.noise).map { _ in Float(random.gaussian()) }
            seeds.inputs += (0..<classes).map { $0 == label ? 1 : 0 }
            seeds.labels.append(label)
        }
        return seeds
    }

    /// Trains it: the classifier is to see the class in what is made, and its batch norms what they remember.
    ///
    /// - Parameters:
    ///   - prepare: sets what is called between steps.
    func train(
        for match: StatisticsMatch, steps: Int, seeds: Samples, random: inout RandomSource,
        prepare: (inout Trainer) -> Void
    ) throws(LabFailure) {
        let tape = match.tape
        var trainer = Trainer(
            network, seeds,
            TrainingPlan(epochs: 1, rate: 0.003, optimizer: .adam, decay: 0), on: tape)
        trainer.plan.epochs = max(1, (steps + trainer.stepsPerEpoch - 1) / trainer.stepsPerEpoch)
        trainer.mostSteps = steps
        trainer.loss = { images, labels, _ in
            let (gap, logits) = match.loss(images)
            return tape.total([(tape.softmaxCrossEntropy(logits, labels: labels), 1), (gap, Self.matchWeight)])
        }
        prepare(&trainer)
        try trainer.run(&random)
    }

    /// What it makes of seeds.
    func samples(of seeds: Samples, on tape: Tape, beforeBatch: () throws(LabFailure) -> Void = {})
        throws(LabFailure) -> Samples
    {
        Samples(
            shape: shape, inputs: try network.logits(of: seeds, on: tape, beforeBatch: beforeBatch),
            labels: seeds.labels)
    }
}
