/// A step of a network.
indirect enum Layer: @unchecked Sendable {
    case weighted(WeightedLayer)
    case batchNorm(BatchNormLayer)
    case relu
    case maxPool
    case meanPool
    /// Channels again, some more than once; of a dense layer's input single numbers.
    case pick([Int], single: Bool)
    /// x + what these layers make of x.
    case residual([Layer])
    /// What few networks have: a type in a file of its own.
    case part(any NetworkPart)
}

/// A layer that multiplies: what quantization is about.
final class WeightedLayer: @unchecked Sendable {
    enum Kind: Equatable, Sendable {
        /// Weights [outputs, inputs].
        case dense
        /// Weights [outputs, channels, side, side].
        case convolution(padding: Int)
    }

    let name: String
    let kind: Kind
    let weight: Parameter
    let bias: Parameter?

    init(_ name: String, _ kind: Kind, weight: Parameter, bias: Parameter?) {
        self.name = name
        self.kind = kind
        self.weight = weight
        self.bias = bias
    }

    /// Weights drawn from a normal distribution of variance 2/inputs (He et al. 2015), no bias where a batch norm follows.
    convenience init(
        _ name: String, _ kind: Kind, shape: [Int], hasBias: Bool, random: inout RandomSource
    ) {
        let inputs = shape.dropFirst().reduce(1, *), deviation = (2 / Double(inputs)).squareRoot()
        let values = (0..<shape.reduce(1, *)).map { _ in Float(deviation * random.gaussian()) }
        self.init(
            name, kind, weight: Parameter("\(name).weight", shape: shape, values: values),
            bias: hasBias ? Parameter("\(name).bias", shape: [shape[0]]) : nil)
    }

    /// Outputs, or output channels.
    var outputs: Int { weight.shape[0] }
    /// Inputs, or input channels.
    var inputs: Int { weight.shape[1] }
    /// Numbers of a row of weights: the inputs of one output.
    var rowLength: Int { weight.count / outputs }
    /// Weights of one input: 1, or the kernel's.
    var kernelArea: Int { rowLength / inputs }

    func apply(_ x: Node, weight: Node, on tape: Tape) -> Node {
        switch kind {
        case .dense: tape.dense(x, weight: weight, bias: bias.map(tape.leaf))
        case .convolution(let padding):
            tape.convolution(x, weight: weight, bias: bias.map(tape.leaf), padding: padding)
        }
    }

    func copy(isFrozen: Bool = false) -> WeightedLayer {
        WeightedLayer(name, kind, weight: weight.copy(isFrozen: isFrozen), bias: bias?.copy(isFrozen: isFrozen))
    }
}

/// The parameters of a batch norm, named as PyTorch names them.
final class BatchNormLayer: @unchecked Sendable {
    let name: String
    let gamma: Parameter
    let beta: Parameter
    let mean: Parameter
    let variance: Parameter
    static let epsilon: Float = 1e-5
    static let momentum: Float = 0.1

    init(_ name: String, gamma: Parameter, beta: Parameter, mean: Parameter, variance: Parameter) {
        (self.name, self.gamma, self.beta, self.mean, self.variance) = (name, gamma, beta, mean, variance)
    }

    convenience init(_ name: String, channels: Int) {
        self.init(
            name, gamma: Parameter("\(name).weight", shape: [channels], repeating: 1),
            beta: Parameter("\(name).bias", shape: [channels]),
            mean: Parameter("\(name).running_mean", shape: [channels], isTrained: false),
            variance: Parameter("\(name).running_var", shape: [channels], isTrained: false, repeating: 1))
    }

    func apply(_ x: Node, isTraining: Bool, on tape: Tape) -> Node {
        tape.batchNorm(
            x, gamma: tape.leaf(gamma), beta: tape.leaf(beta),
            running: .init(mean: mean, variance: variance, momentum: Self.momentum), epsilon: Self.epsilon,
            isTraining: isTraining)
    }

    func copy(isFrozen: Bool = false) -> BatchNormLayer {
        BatchNormLayer(
            name, gamma: gamma.copy(isFrozen: isFrozen), beta: beta.copy(isFrozen: isFrozen), mean: mean.copy(),
            variance: variance.copy())
    }
}

extension [Layer] {
    /// The same with parameters of their own.
    ///
    /// - Parameter isFrozen: gradients go through them to what was before, but not into them.
    func copies(isFrozen: Bool = false) -> [Layer] {
        map { layer in
            switch layer {
            case .weighted(let layer): .weighted(layer.copy(isFrozen: isFrozen))
            case .batchNorm(let layer): .batchNorm(layer.copy(isFrozen: isFrozen))
            case .residual(let layers): .residual(layers.copies(isFrozen: isFrozen))
            case .part(let part): .part(part.copy(isFrozen: isFrozen))
            case .relu, .maxPool, .meanPool, .pick: layer
            }
        }
    }

    /// All layers that multiply, from the input on.
    var weighted: [WeightedLayer] {
        flatMap { layer -> [WeightedLayer] in
            switch layer {
            case .weighted(let layer): [layer]
            case .residual(let layers): layers.weighted
            case .part(let part): part.weighted
            case .batchNorm, .relu, .maxPool, .meanPool, .pick: []
            }
        }
    }

    var parameters: [Parameter] {
        flatMap { layer -> [Parameter] in
            switch layer {
            case .weighted(let layer): [layer.weight] + (layer.bias.map { [$0] } ?? [])
            case .batchNorm(let layer): [layer.gamma, layer.beta, layer.mean, layer.variance]
            case .residual(let layers): layers.parameters
            case .part(let part): part.parameters
            case .relu, .maxPool, .meanPool, .pick: []
            }
        }
    }

    var hasBatchNorms: Bool {
        contains { layer in
            switch layer {
            case .batchNorm: true
            case .residual(let branch): branch.hasBatchNorms
            case .weighted, .relu, .maxPool, .meanPool, .pick, .part: false
            }
        }
    }

    var hasParts: Bool {
        contains { layer in
            switch layer {
            case .part: true
            case .residual(let branch): branch.hasParts
            case .weighted, .batchNorm, .relu, .maxPool, .meanPool, .pick: false
            }
        }
    }
}
