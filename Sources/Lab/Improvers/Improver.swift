import Quantization

/// What a post-training method works on.
struct PostTrainingProblem {
    /// In float, its batch norms folded; not to be changed.
    let network: Network
    let weights: Recipe?
    let activations: Recipe?
    /// Calibration samples.
    let samples: Samples
    let run: LabRun

    /// What the layers of a network are given on the calibration samples.
    func records(of network: Network, _ pass: Network.Pass = .init()) throws(LabFailure) -> LayerRecords {
        try run.records(of: network, samples, pass)
    }

    /// Plain rounding: weights by their recipe, inputs calibrated on the float network.
    func rounded(_ network: Network) throws(LabFailure) -> QuantizedNetwork {
        try QuantizedNetwork(
            network, weights: weights, activations: activations, records: try records(of: network),
            context: run.context)
    }

    /// A network whose weights a method rounds itself, layer by layer from the input on, each knowing what the rounded ones before it
    /// make of the samples.
    ///
    /// - Parameter round: new weights of a layer, from the rows it was given in float and is given now.
    func roundedInOrder(
        _ round: (WeightedLayer, _ float: [Float], _ now: [Float]) throws(LabFailure) -> [Float]?
    ) throws(LabFailure) -> QuantizedNetwork {
        let before = try records(of: network)
        let quantized = try QuantizedNetwork(
            rounded: network.copy(), activations: activations, records: before, context: run.context)
        for layer in quantized.network.weighted {
            let now = try records(of: quantized.network, quantized.pass(on: run.tape))
            guard let float = before[layer], let given = now[layer] else { continue }
            if let rounded = try round(layer, layer.rows(of: float), layer.rows(of: given)) {
                layer.weight.set(rounded)
            } else if let weights {
                layer.weight.set(
                    try WeightQuantizer.reconstruction(layer, weights, context: run.context))
            }
        }
        return quantized
    }
}

/// A way to lose less in post-training quantization than rounding to nearest does (survey III-G2).
///
/// A new one is a file with such a type and a line in `ImproverCatalog`.
protocol Improver: Sendable {
    /// As in names of results.
    var name: String { get }
    /// In a line, with its source.
    var summary: String { get }
    /// What has to be so for it to help, in a short line.
    var condition: String { get }
    /// Why it has nothing to work on under these recipes, in a short line; nil where it has.
    func obstacle(_ weights: Recipe?, _ activations: Recipe?) -> String?
    /// Why a network gives it nothing to work on, in a short line; nil where it does.
    func obstacle(in network: Network) -> String?
    /// Whether it is made for channels that are much larger than others.
    var mendsOutlierChannels: Bool { get }
    func improve(_ problem: PostTrainingProblem) throws(LabFailure) -> QuantizedNetwork
}

extension Improver {
    var mendsOutlierChannels: Bool { false }

    func obstacle(_ weights: Recipe?, _ activations: Recipe?) -> String? {
        weights == nil && activations == nil ? "nothing is rounded" : nil
    }

    func obstacle(in network: Network) -> String? { nil }

    /// Of a method that scales channels.
    static func obstacleOfScaling(_ network: Network) -> String? {
        network.streams.isEmpty ? "no channel of \(network.name) can be scaled between two layers" : nil
    }

    /// Of a method that rounds weights itself.
    static func obstacle(_ weights: Recipe?, isPossible: (Recipe) -> Bool, needs: String) -> String? {
        guard let weights else { return "weights stay float" }
        return isPossible(weights) ? nil : "it needs \(needs), found \(weights.format.name)"
    }
}

enum ImproverCatalog {
    static let all: [any Improver] = [
        BiasCorrection(), WeightCorrection(), CrossLayerEqualization(), OutlierChannelSplitting(), AdaptiveRounding(),
        SecondOrderRounding(),
        ActivationSmoothing(),
    ]
}
