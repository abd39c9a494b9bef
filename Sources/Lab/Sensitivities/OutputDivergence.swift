import Platform
import Quantization

/// How much a network suffers from the rounding of one layer alone.
enum OutputDivergence {
    /// Ω_i = mean KL(f(x) ‖ f with layer i rounded (x)), in nats (ZeroQ's, Cai et al. 2020); not a number where an output is none.
    static func mean(_ float: [Float], _ rounded: [Float], classes: Int) -> Double {
        var sum = 0.0
        let samples = float.count / classes
        for sample in 0..<samples {
            let range = sample * classes..<(sample + 1) * classes
            guard float[range].allSatisfy({ $0.isFinite }), rounded[range].allSatisfy({ $0.isFinite }) else {
                return .nan
            }
            for (p, q) in zip(softmax(float[range]), softmax(rounded[range])) where p > 0 {
                sum += p * log(p / max(q, 1e-300))
            }
        }
        return sum / Double(max(1, samples))
    }
}

extension LabRun {
    /// The sensitivity of every layer's weights under a recipe, on samples.
    func sensitivity(of network: Network, _ recipe: Recipe, on samples: Samples) throws(LabFailure)
        -> [LabResult.Part]
    {
        func logits(_ network: Network) throws(LabFailure) -> [Float] {
            try network.logits(of: samples, on: tape) { () throws(LabFailure) in try self.pass() }
        }
        let float = try logits(network)
        var result: [LabResult.Part] = []
        for layer in network.weighted {
            let copy = network.copy()
            copy.layer(layer.name)?.weight.set(
                try WeightQuantizer.reconstruction(layer, recipe, context: context))
            result.append(
                LabResult.Part(
                    name: layer.name,
                    value: OutputDivergence.mean(float, try logits(copy), classes: network.classes)))
        }
        return result
    }
}
