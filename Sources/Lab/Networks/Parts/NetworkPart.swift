/// A step that few networks have, or one that is made of several layers.
protocol NetworkPart: Sendable {
    /// Its layers that multiply, from the input on.
    var weighted: [WeightedLayer] { get }
    var parameters: [Parameter] { get }
    /// The same with parameters of its own.
    func copy(isFrozen: Bool) -> any NetworkPart
    func apply(_ x: Node, _ pass: Network.Pass, on tape: Tape) -> Node
}

/// A step without parameters.
protocol FixedPart: NetworkPart {
    func apply(_ x: Node, on tape: Tape) -> Node
}

extension FixedPart {
    var weighted: [WeightedLayer] { [] }
    var parameters: [Parameter] { [] }
    func copy(isFrozen: Bool) -> any NetworkPart { self }
    func apply(_ x: Node, _ pass: Network.Pass, on tape: Tape) -> Node { apply(x, on: tape) }
}
