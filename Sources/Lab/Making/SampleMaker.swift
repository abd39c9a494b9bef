/// Makes samples for a network that has none, by moving noise until batch norms see what they remember (ZeroQ, Cai et al. 2020).
struct SampleMaker {
    let match: StatisticsMatch
    /// Samples that are moved together, whose statistics are matched.
    let batch: Int
    let steps: Int
    let rate: Float
    /// What values of samples are known to lie in, as pixels do.
    let range: ClosedRange<Float>

    /// Gaussian noise of mean 0 and deviation 1.
    static func noise(_ count: Int, shape: [Int], _ random: inout RandomSource) -> Samples {
        let width = shape.reduce(1, *)
        return Samples(
            shape: shape, inputs: (0..<count * width).map { _ in Float(random.gaussian()) },
            labels: [Int](repeating: 0, count: count))
    }

    /// Noise that is uniform over what values are known to lie in.
    static func uniform(_ count: Int, shape: [Int], _ range: ClosedRange<Float>, _ random: inout RandomSource)
        -> Samples
    {
        let (low, high) = (Double(range.lowerBound), Double(range.upperBound)), width = shape.reduce(1, *)
        return Samples(
            shape: shape, inputs: (0..<count * width).map { _ in Float(random.uniform(low, high)) },
            labels: [Int](repeating: 0, count: count))
    }

    /// - Parameters:
    ///   - start: noise.
    ///   - onStep: called after every step of a batch with the samples as they are and the loss.
    func moved(
        _ start: Samples,
        onStep: (_ batch: Int, _ step: Int, _ samples: Parameter, _ loss: Double) throws(LabFailure) -> Void
    ) throws(LabFailure) -> Samples {
        var made = Samples(shape: start.shape, inputs: [], labels: [])
        let tape = match.tape
        for (place, first) in stride(from: 0, to: start.count, by: batch).enumerated() {
            let some = start.picked(first..<min(start.count, first + batch))
            let images = Parameter("samples", shape: [some.count] + some.shape, values: some.inputs)
            let optimizer = Optimizer(.adam)
            optimizer.add([images])
            let plan = TrainingPlan(epochs: 1, rate: rate)
            for step in 0..<steps {
                optimizer.clearGradients()
                let loss = match.loss(tape.leaf(images)).match
                tape.backward(from: loss)
                let value = Double(loss.data[0])
                tape.clear()
                optimizer.update(rate: plan.rate(at: step, of: steps))
                for i in 0..<images.count {
                    images.values[i] = max(range.lowerBound, min(range.upperBound, images.values[i]))
                }
                try onStep(place, step, images, value)
            }
            made.inputs += images.array
            made.labels += some.labels
        }
        return made
    }
}
