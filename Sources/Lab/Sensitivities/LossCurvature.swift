import Quantization

/// How the loss bends around trained weights: what second-order sensitivities are made of.
struct LossCurvature {
    let network: Network
    let samples: Samples
    let run: LabRun
    /// The largest and the least number of random directions.
    static let draws = 12...100
    /// The relative change of the mean that more directions are drawn until.
    static let tolerance = 0.02

    /// The mean of Hutchinson's estimates vᵀHv of the trace of the loss's Hessian with respect to a layer's weights.
    ///
    /// v has entries ±1; Hv = (g(w + εv) - g(w - εv))/2ε for the gradient g, ε a hundredth of the weights' mean square root. Twelve
    /// draws to a hundred, until the mean's standard error is 2 % of it (PyHessian, Yao et al. 2020, stops by the mean's change).
    func trace(_ layer: WeightedLayer) throws(LabFailure) -> Double {
        let weights = layer.weight.array
        let meanSquare = weights.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, weights.count))
        let epsilon = Float(max(meanSquare.squareRoot() * 0.01, 1e-6))
        var random = RandomSource(seed: run.settings.seed, stream: "trace \(layer.name)")
        var estimates: [Double] = []
        defer { layer.weight.set(weights) }
        for _ in 0..<Self.draws.upperBound {
            let direction = weights.map { _ in random.uniform() < 0.5 ? Float(-1) : 1 }
            func gradient(_ step: Float) throws(LabFailure) -> [Float] {
                layer.weight.set(zip(weights, direction).map { $0 + step * $1 })
                try computeGradients(samples)
                return layer.weight.gradientArray
            }
            let (up, down) = (try gradient(epsilon), try gradient(-epsilon))
            var estimate = 0.0
            for (i, sign) in direction.enumerated() { estimate += Double(sign) * (Double(up[i]) - Double(down[i])) }
            estimates.append(estimate / (2 * Double(epsilon)))
            guard estimates.count >= Self.draws.lowerBound else { continue }
            let count = Double(estimates.count), mean = estimates.reduce(0, +) / count
            let variance = estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
            if (variance / count).squareRoot() <= Self.tolerance * abs(mean) { break }
        }
        return estimates.reduce(0, +) / Double(estimates.count)
    }

    /// The diagonal of the empirical Fisher information of every layer's weights: the mean over samples of the squared gradient.
    func fisher() throws(LabFailure) -> [[Double]] {
        let layers = network.weighted
        var sums = layers.map { [Double](repeating: 0, count: $0.weight.count) }
        for sample in 0..<samples.count {
            try computeGradients(samples.picked([sample]))
            for (place, layer) in layers.enumerated() {
                let gradient = layer.weight.gradient
                for i in 0..<gradient.count { sums[place][i] += Double(gradient[i]) * Double(gradient[i]) }
            }
        }
        return sums.map { $0.map { $0 / Double(max(1, samples.count)) } }
    }

    /// Of the mean loss of samples, with respect to all parameters.
    private func computeGradients(_ samples: Samples) throws(LabFailure) {
        try run.pass()
        let tape = run.tape
        for parameter in network.parameters { parameter.gradient.clear() }
        let x = tape.constant(samples.inputs, [samples.count] + samples.shape)
        tape.backward(from: tape.softmaxCrossEntropy(network.logits(x, on: tape), labels: samples.labels))
        tape.clear()
    }
}
