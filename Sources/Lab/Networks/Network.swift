/// Layers one after the other, from inputs to logits.
struct Network: Sendable {
    /// As `--model` names it.
    let name: String
    /// Of one sample: [features], or [channels, height, width].
    let inputShape: [Int]
    let classes: Int
    var layers: [Layer]

    /// What happens on the way through, besides computing.
    struct Pass {
        /// Batch norms look at the batch, and change what they know of all batches.
        var isTraining = false
        /// What replaces a layer's weights.
        var weight: (WeightedLayer) -> Node?
        /// What replaces a layer's input.
        var input: (WeightedLayer, Node) -> Node?
        /// What replaces a layer's product, of its input.
        var product: (WeightedLayer, Node) -> Node? = { _, _ in nil }
        /// Called with what each batch norm is given.
        var statistics: (BatchNormLayer, Node) -> Void = { _, _ in }
        /// Called with the output of each layer that multiplies.
        var output: (WeightedLayer, Node) -> Void

        init(
            isTraining: Bool = false, weight: @escaping (WeightedLayer) -> Node? = { _ in nil },
            input: @escaping (WeightedLayer, Node) -> Node? = { _, _ in nil },
            output: @escaping (WeightedLayer, Node) -> Void = { _, _ in }
        ) {
            (self.isTraining, self.weight, self.input, self.output) = (isTraining, weight, input, output)
        }
    }

    var parameters: [Parameter] { layers.parameters }
    var weighted: [WeightedLayer] { layers.weighted }

    func layer(_ name: String) -> WeightedLayer? { weighted.first { $0.name == name } }

    /// The same with parameters of its own.
    ///
    /// - Parameter isFrozen: gradients go through it to its input, but not into its parameters.
    func copy(isFrozen: Bool = false) -> Network {
        Network(name: name, inputShape: inputShape, classes: classes, layers: layers.copies(isFrozen: isFrozen))
    }

    /// Whether it has steps that few networks have, of which nothing is known in general.
    var hasParts: Bool { layers.hasParts }

    /// Whether it remembers statistics of its training data.
    var hasBatchNorms: Bool { layers.hasBatchNorms }

    /// ‖Ŵ - W‖/‖W‖ over all weights, where the other network has the same layers.
    func distance(from other: Network) -> Double {
        var error = 0.0, norm = 0.0
        for (mine, theirs) in zip(weighted, other.weighted) {
            for i in 0..<min(mine.weight.count, theirs.weight.count) {
                let difference = Double(mine.weight.values[i]) - Double(theirs.weight.values[i])
                error += difference * difference
                norm += Double(theirs.weight.values[i]) * Double(theirs.weight.values[i])
            }
        }
        return norm > 0 ? (error / norm).squareRoot() : 0
    }

    /// Logits [samples, classes] of inputs [samples, …].
    func logits(_ x: Node, on tape: Tape, _ pass: Pass = Pass()) -> Node { Self.run(layers, x, tape, pass) }

    private static func run(_ layers: [Layer], _ x: Node, _ tape: Tape, _ pass: Pass) -> Node {
        var x = x
        for layer in layers {
            switch layer {
            case .weighted(let layer): x = pass.apply(layer, x, on: tape)
            case .batchNorm(let norm):
                pass.statistics(norm, x)
                x = norm.apply(x, isTraining: pass.isTraining, on: tape)
            case .part(let part): x = part.apply(x, pass, on: tape)
            case .relu: x = tape.relu(x)
            case .maxPool: x = tape.maxPool(x)
            case .meanPool: x = tape.meanPool(x)
            case .pick(let places, let single) where single && x.shape.count == 3:
                // The same numbers of every token.
                let (tokens, features) = (x.shape[1], x.shape[2])
                x = tape.pick(
                    x, (0..<tokens).flatMap { token in places.map { token * features + $0 } }, width: 1,
                    shape: [tokens, places.count])
            case .pick(let places, let single):
                x = tape.pick(
                    x, places, width: single ? 1 : x.area,
                    shape: single ? [places.count] : [places.count] + x.shape.dropFirst(2))
            case .residual(let branch): x = tape.add(x, run(branch, x, tape, pass))
            }
        }
        return x
    }
}

extension Network.Pass {
    /// A layer with what this pass replaces of it.
    func apply(_ layer: WeightedLayer, _ x: Node, on tape: Tape) -> Node {
        let given = input(layer, x) ?? x
        let y =
            product(layer, given)
            ?? layer.apply(given, weight: weight(layer) ?? tape.leaf(layer.weight), on: tape)
        output(layer, y)
        return y
    }
}
