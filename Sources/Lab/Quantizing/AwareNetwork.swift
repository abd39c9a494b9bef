import Basics
import Quantization

/// A network that learns while its weights and inputs are rounded in every pass (survey III-G1, Fig. 4 and 5).
///
/// Its own weights stay float: the rounded ones are computed with, their gradients move the float ones, which are rounded again.
final class AwareNetwork {
    let network: Network
    let rule: GradientRule
    private let weights: Recipe?
    private let tape: Tape
    private var layers: [String: AwareLayer] = [:]
    /// Set once weights stay on their grid for good.
    private var isSettled = false

    /// - Parameters:
    ///   - network: in float; it is not changed.
    ///   - records: what its layers are given, for first ranges.
    init(
        _ network: Network, rule: GradientRule, weights: Recipe?, activations: Recipe?, records: LayerRecords,
        on tape: Tape, context: WorkContext
    ) throws(LabFailure) {
        self.network = network.copy()
        self.rule = rule
        self.weights = weights
        self.tape = tape
        for layer in self.network.weighted {
            layers[layer.name] = try AwareLayer(
                layer, rule: rule, weights: weights, activations: activations, record: records[layer],
                context: context)
        }
    }

    /// A network whose layers are rounded in ways of their own, those that are not named staying float.
    ///
    /// - Parameter network: learns itself, not a copy.
    init(_ network: Network, layers: [AwareLayer], on tape: Tape) {
        self.network = network
        rule = .straightThrough
        weights = nil
        self.tape = tape
        self.layers = Dictionary(uniqueKeysWithValues: layers.map { ($0.name, $0) })
    }

    /// The way through the network with everything rounded as the rule has it.
    func pass(isTraining: Bool) -> Network.Pass {
        // The proximal rule computes with float weights, which it draws to the grid; accuracy is measured with weights on the grid, where they end.
        let rounds = rule != .proximal || !isTraining && !isSettled
        // With the honest derivative nothing before the last layer learns anything: statistics would be all that moves.
        return Network.Pass(
            isTraining: isTraining && rule != .honest,
            weight: { [self] layer in rounds ? layers[layer.name]?.weight(layer, on: tape) : nil },
            input: { [self] layer, x in layers[layer.name]?.input(x, on: tape) })
    }

    /// What is learnt besides the network's own parameters.
    var learned: [(parameters: [Parameter], decay: Float)] {
        // Of PACT's limits the paper has a penalty, without which nothing draws them in.
        [(layers.values.sorted { $0.name < $1.name }.flatMap { $0.parameters }, rule == .learnedClip ? 1e-3 : 0)]
    }

    /// The network's parameters that learn; nil for all. With the honest derivative all that is rounded is to stay unchanged.
    var trained: [Parameter]? { rule == .honest ? network.weighted.map { $0.weight } : nil }

    /// Call after every step.
    ///
    /// - Parameters:
    ///   - share: of the training that is done.
    ///   - rate: the learning rate as a part of the largest.
    func settle(_ share: Double, rate: Double) {
        for layer in layers.values { layer.keepPositive() }
        for layer in network.weighted { layers[layer.name]?.keepWithinOne(layer) }
        guard rule == .proximal, let weights else { return }
        for layer in network.weighted {
            if !isSettled { layers[layer.name]?.fixTargets(layer, weights) }
            layers[layer.name]?.draw(layer, share, rate: rate)
        }
        // In the last fifth weights are on the grid, and the others learn to live with it.
        isSettled = share >= AwareLayer.drawing
    }

    /// Whether what a layer is given is rounded to ±1.
    func hasSignInput(_ layer: WeightedLayer) -> Bool { layers[layer.name]?.hasSignInput ?? false }

    /// The weights that are computed with.
    func rounded(_ layer: WeightedLayer) -> [Float] {
        tape.withoutGradients { layers[layer.name]?.weight(layer, on: tape)?.data.array } ?? layer.weight.array
    }

    /// Where the range of each layer's input ends, for curves.
    var limits: [(name: String, value: Double)] {
        network.weighted.compactMap { layer in
            layers[layer.name].flatMap { known in known.limit.map { (layer.name, $0) } }
        }
    }
}
