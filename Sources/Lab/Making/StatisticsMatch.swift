/// How far what batch norms are given lies from what they remember of the training data: all that is left of it in a trained network
/// (survey III-G3).
struct StatisticsMatch {
    /// Frozen: gradients go through it to its input.
    let network: Network
    let tape: Tape

    init(_ network: Network, on tape: Tape) {
        self.network = network.copy(isFrozen: true)
        self.tape = tape
    }

    /// Σ over batch norms of the mean squared differences of means and deviations, and the logits.
    func loss(_ x: Node) -> (match: Node, logits: Node) {
        var losses: [(Node, Float)] = []
        var pass = Network.Pass()
        pass.statistics = { norm, x in
            losses.append(
                (
                    tape.statisticsMatching(
                        x, mean: norm.mean.array, variance: norm.variance.array, epsilon: BatchNormLayer.epsilon), 1
                ))
        }
        let logits = network.logits(x, on: tape, pass)
        return (tape.total(losses), logits)
    }

    /// Of each batch norm: the largest difference of a channel's mean from the remembered one, and of its deviation, in units of the
    /// remembered deviation.
    func gaps(_ samples: Samples) -> [(name: String, mean: Double, deviation: Double)] {
        var gaps: [(String, Double, Double)] = []
        tape.withoutGradients {
            var pass = Network.Pass()
            pass.statistics = { norm, x in
                var worst = (mean: 0.0, deviation: 0.0)
                for channel in 0..<x.shape[1] {
                    var values: [Float] = []
                    for sample in 0..<x.samples {
                        let start = sample * x.width + channel * x.area
                        values += (start..<start + x.area).map { x.data[$0] }
                    }
                    let count = Double(values.count), mean = values.reduce(0) { $0 + Double($1) } / count
                    let square = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
                    let known = Double(norm.variance.values[channel] + BatchNormLayer.epsilon).squareRoot()
                    worst.mean = max(worst.mean, abs(mean - Double(norm.mean.values[channel])) / known)
                    worst.deviation = max(worst.deviation, abs(square.squareRoot() - known) / known)
                }
                gaps.append((norm.name, worst.mean, worst.deviation))
            }
            _ = network.logits(tape.constant(samples.inputs, [samples.count] + samples.shape), on: tape, pass)
        }
        return gaps
    }
}
