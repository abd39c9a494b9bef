import Basics
import Quantization

/// A network whose weights are on their grids and whose layers round what they are given: simulated quantization (survey IV-A).
struct QuantizedNetwork {
    let network: Network
    /// By layer; none where activations stay float.
    var inputs: [String: InputQuantizer]

    /// Rounds the weights of a copy of the network, and calibrates the inputs of its layers on samples.
    ///
    /// - Parameter records: what the layers of the float network were given; not looked at where activations stay float.
    init(
        _ network: Network, weights: Recipe?, activations: Recipe?, records: LayerRecords?, context: WorkContext
    ) throws(LabFailure) {
        let copy = network.copy()
        if let weights {
            for layer in copy.weighted {
                layer.weight.set(try WeightQuantizer.reconstruction(layer, weights, context: context))
            }
        }
        try self.init(rounded: copy, activations: activations, records: records, context: context)
    }

    /// - Parameter rounded: a network whose weights are on their grids already.
    init(rounded network: Network, activations: Recipe?, records: LayerRecords?, context: WorkContext)
        throws(LabFailure)
    {
        self.network = network
        inputs = [:]
        guard let activations, let records else { return }
        for layer in network.weighted {
            guard let record = records[layer] else { continue }
            inputs[layer.name] = try InputQuantizer(activations, record, context: context)
        }
    }

    /// Whether ranges of inputs were chosen before, for all layers.
    var hasFixedRanges: Bool {
        !inputs.isEmpty
            && inputs.values.allSatisfy { if case .fixed = $0.ranges { true } else { false } }
    }

    /// The mean over layers of where the ranges of inputs end.
    var meanLimit: Double {
        let limits = inputs.values.compactMap { $0.limit }.sorted()
        return limits.reduce(0, +) / Double(max(1, limits.count))
    }

    /// A way through the network with rounded inputs.
    func pass(on tape: Tape) -> Network.Pass {
        Network.Pass(input: { layer, x in inputs[layer.name]?.apply(x, gradient: .none, on: tape) })
    }
}
