/// The numbers of a sample in another shape.
struct Reshape: FixedPart {
    let shape: [Int]

    func apply(_ x: Node, on tape: Tape) -> Node { tape.reshape(x, to: shape) }
}

/// Every pixel twice in both directions.
struct Upsampling: FixedPart {
    func apply(_ x: Node, on tape: Tape) -> Node { tape.upsample(x) }
}

/// low + (high - low)/(1 + exp(-x)): pixels of a range.
struct Sigmoid: FixedPart {
    let range: ClosedRange<Float>

    func apply(_ x: Node, on tape: Tape) -> Node { tape.sigmoid(x, range: range) }
}
