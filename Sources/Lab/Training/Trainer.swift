import Quantization

/// Trains a network by batches in an order that follows from the seed.
struct Trainer {
    let network: Network
    let data: Samples
    var plan: TrainingPlan
    let tape: Tape
    /// Called before each step: where a run pauses and stops.
    var beforeStep: () throws(LabFailure) -> Void = {}
    /// Learnt besides the network's parameters, such as steps of quantizers.
    var others: [(parameters: [Parameter], decay: Float)] = []
    /// Of the network's parameters, those that learn; nil for all.
    var trained: [Parameter]?
    /// Stop after so many steps.
    var mostSteps = Int.max
    /// What is quantized on the way.
    var pass: (_ step: Int) -> Network.Pass = { _ in Network.Pass(isTraining: true) }
    /// The loss of a batch, by indices of its samples.
    var loss: (_ logits: Node, _ labels: [Int], _ places: [Int]) -> Node
    /// Called after the parameters have moved.
    var afterUpdate: (_ step: Int, _ rate: Float) -> Void = { _, _ in }
    /// Called after every step with its loss.
    var onStep: (_ step: Int, _ steps: Int, _ loss: Double) -> Void = { _, _, _ in }
    var onEpoch: (_ epoch: Int) throws(LabFailure) -> Void = { _ in }

    init(_ network: Network, _ data: Samples, _ plan: TrainingPlan, on tape: Tape) {
        (self.network, self.data, self.plan, self.tape) = (network, data, plan, tape)
        loss = { logits, labels, _ in tape.softmaxCrossEntropy(logits, labels: labels) }
    }

    /// A step of a quantizer moves by at most this part of itself at once: a gradient that sums over very many values would otherwise
    /// throw it far beyond them, where no gradient brings it back.
    static let mostRelativeStep: Float = 0.02

    var stepsPerEpoch: Int { max(1, data.count / plan.batch) }

    func run(_ random: inout RandomSource) throws(LabFailure) {
        let optimizer = Optimizer(plan.optimizer)
        for parameter in trained ?? network.parameters {
            optimizer.add([parameter], decay: parameter.shape.count > 1 ? plan.decay : 0)
        }
        // Adam would undo the factors that gradients of steps and limits come with.
        let quantizers = Optimizer(.momentum, mostRelativeStep: Self.mostRelativeStep)
        for other in others { quantizers.add(other.parameters, decay: other.decay) }
        let steps = plan.epochs * stepsPerEpoch
        for epoch in 0..<plan.epochs {
            let order = random.permutation(data.count)
            for batch in 0..<stepsPerEpoch {
                try beforeStep()
                let step = epoch * stepsPerEpoch + batch
                guard step < mostSteps else { return }
                let places = Array(order[batch * plan.batch..<min(data.count, (batch + 1) * plan.batch)])
                let samples = data.picked(places)
                optimizer.clearGradients()
                quantizers.clearGradients()
                let x = tape.constant(samples.inputs, [samples.count] + samples.shape)
                let loss = loss(network.logits(x, on: tape, pass(step)), samples.labels, places)
                tape.backward(from: loss)
                let value = Double(loss.data[0])
                tape.clear()
                guard value.isFinite else {
                    throw .usage(
                        "the loss at step \(step + 1): found no finite number, expected one: a smaller --rate, or smaller values of --data"
                    )
                }
                let rate = plan.rate(at: step, of: steps)
                optimizer.update(rate: rate)
                quantizers.update(rate: rate)
                afterUpdate(step, rate)
                onStep(step, steps, value)
            }
            try onEpoch(epoch)
        }
    }
}

extension Network {
    /// What the network makes of samples, by batches: logits, class by class.
    func logits(
        of samples: Samples, on tape: Tape, _ pass: Pass = Pass(), beforeBatch: () throws(LabFailure) -> Void = {}
    ) throws(LabFailure) -> [Float] {
        var result: [Float] = []
        for start in stride(from: 0, to: samples.count, by: Self.batch) {
            try beforeBatch()
            let some = samples.picked(start..<min(samples.count, start + Self.batch))
            result += tape.withoutGradients {
                logits(tape.constant(some.inputs, [some.count] + some.shape), on: tape, pass).data.array
            }
        }
        return result
    }

    /// Samples that are looked at together outside of training.
    static let batch = 128

    /// The share of samples whose largest logit is their class's, the first of equal ones.
    func accuracy(
        on samples: Samples, on tape: Tape, _ pass: Pass = Pass(), beforeBatch: () throws(LabFailure) -> Void = {}
    ) throws(LabFailure) -> Double {
        samples.accuracy(of: try logits(of: samples, on: tape, pass, beforeBatch: beforeBatch), classes: classes)
    }
}

extension Samples {
    /// The share of samples whose largest logit is their class's, the first of equal ones.
    func accuracy(of logits: [some Comparable], classes: Int) -> Double {
        var hits = 0
        for (sample, label) in labels.enumerated() {
            let row = logits[sample * classes..<(sample + 1) * classes]
            if let best = row.max(), row.firstIndex(of: best) == row.startIndex + label { hits += 1 }
        }
        return count > 0 ? Double(hits) / Double(count) : 0
    }
}
