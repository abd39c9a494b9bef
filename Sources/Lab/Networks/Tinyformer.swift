/// A transformer of one block on patches of small images.
struct Tinyformer: LabModel {
    let name = "tinyformer"
    let summary = "a transformer with one block of attention on 4×4 patches of drawn glyphs"

    private static let side = 4, features = 32, heads = 2

    func problem(with inputShape: [Int]) -> (found: String, expected: String)? {
        inputShape.count == 3 && inputShape[1] >= Self.side && inputShape[2] >= Self.side
            ? nil : ("samples of shape \(inputShape)", "images of 4×4 pixels or more, or --model mlp")
    }

    func network(inputShape: [Int], classes: Int, scale: Int, random: inout RandomSource) -> Network {
        let side = Self.side, width = Self.features * scale
        let tokens = (inputShape[1] / side) * (inputShape[2] / side), patch = inputShape[0] * side * side
        func dense(_ name: String, _ inputs: Int, _ outputs: Int, gain: Float = 1) -> WeightedLayer {
            let layer = WeightedLayer(name, .dense, shape: [outputs, inputs], hasBias: true, random: &random)
            // Of variance 1/inputs where no ReLU halves it.
            layer.weight.set(layer.weight.array.map { $0 * gain })
            return layer
        }
        let linear = Float(0.5).squareRoot()
        let position = Parameter(
            "position", shape: [tokens, width], values: (0..<tokens * width).map { _ in Float(0.1 * random.gaussian()) }
        )
        let attention = SelfAttention(
            heads: Self.heads, query: dense("query", width, width, gain: linear),
            key: dense("key", width, width, gain: linear), value: dense("value", width, width, gain: linear),
            output: dense("out", width, width, gain: linear))
        return Network(
            name: name, inputShape: inputShape, classes: classes,
            layers: [
                .part(Patches(side: side)), .weighted(dense("embed", patch, width)), .part(Position(table: position)),
                .residual([.part(LayerNormPart("norm1", features: width)), .part(attention)]),
                .residual([
                    .part(LayerNormPart("norm2", features: width)), .weighted(dense("up", width, 2 * width)),
                    .part(GELUPart()), .weighted(dense("down", 2 * width, width, gain: linear)),
                ]),
                .part(LayerNormPart("norm3", features: width)), .part(Reshape(shape: [tokens * width])),
                .weighted(dense("head", tokens * width, classes, gain: linear)),
            ])
    }

    func dataset(seed: UInt64, pass: () throws(LabFailure) -> Void) throws(LabFailure) -> Dataset {
        try Glyphs.dataset(seed: seed, pass: pass)
    }

    var training: TrainingPlan { TrainingPlan(epochs: 12, rate: 0.004, optimizer: .adam) }
}
