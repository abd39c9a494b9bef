/// An image as a row of patches.
struct Patches: FixedPart {
    let side: Int

    func apply(_ x: Node, on tape: Tape) -> Node { tape.patches(x, side: side) }
}

/// What tells tokens apart: learnt numbers that are added to each.
struct Position: NetworkPart {
    /// [tokens, features].
    let table: Parameter

    var weighted: [WeightedLayer] { [] }
    var parameters: [Parameter] { [table] }
    func copy(isFrozen: Bool) -> any NetworkPart { Position(table: table.copy(isFrozen: isFrozen)) }
    func apply(_ x: Node, _ pass: Network.Pass, on tape: Tape) -> Node { tape.addToEach(x, tape.leaf(table)) }
}

/// Rows brought to mean 0 and deviation 1, then scaled and shifted.
struct LayerNormPart: NetworkPart {
    let name: String
    let gamma: Parameter
    let beta: Parameter
    static let epsilon: Float = 1e-5

    init(_ name: String, gamma: Parameter, beta: Parameter) { (self.name, self.gamma, self.beta) = (name, gamma, beta) }

    init(_ name: String, features: Int) {
        self.init(
            name, gamma: Parameter("\(name).weight", shape: [features], repeating: 1),
            beta: Parameter("\(name).bias", shape: [features]))
    }

    var weighted: [WeightedLayer] { [] }
    var parameters: [Parameter] { [gamma, beta] }

    func copy(isFrozen: Bool) -> any NetworkPart {
        LayerNormPart(name, gamma: gamma.copy(isFrozen: isFrozen), beta: beta.copy(isFrozen: isFrozen))
    }

    func apply(_ x: Node, _ pass: Network.Pass, on tape: Tape) -> Node {
        tape.layerNorm(x, gamma: tape.leaf(gamma), beta: tape.leaf(beta), epsilon: Self.epsilon)
    }
}

/// x·Φ(x), a smooth ReLU.
struct GELUPart: FixedPart {
    func apply(_ x: Node, on tape: Tape) -> Node { tape.gelu(x) }
}

/// Every token takes from all tokens what its query finds in their keys.
struct SelfAttention: NetworkPart {
    let heads: Int
    let query: WeightedLayer
    let key: WeightedLayer
    let value: WeightedLayer
    let output: WeightedLayer

    var weighted: [WeightedLayer] { [query, key, value, output] }
    var parameters: [Parameter] { weighted.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) } }

    func copy(isFrozen: Bool) -> any NetworkPart {
        func copy(_ layer: WeightedLayer) -> WeightedLayer { layer.copy(isFrozen: isFrozen) }
        return SelfAttention(
            heads: heads, query: copy(query), key: copy(key), value: copy(value), output: copy(output))
    }

    func apply(_ x: Node, _ pass: Network.Pass, on tape: Tape) -> Node {
        let (q, k, v) = (pass.apply(query, x, on: tape), pass.apply(key, x, on: tape), pass.apply(value, x, on: tape))
        return pass.apply(output, tape.attention(query: q, key: k, value: v, heads: heads), on: tape)
    }
}
