/// A convolutional network with batch norm and a residual branch for small images.
struct Glyphnet: LabModel {
    let name = "glyphnet"
    let summary = "a convolutional network with batch norm on drawn glyphs"

    func problem(with inputShape: [Int]) -> (found: String, expected: String)? {
        inputShape.count == 3 && inputShape[1] >= 4 && inputShape[2] >= 4
            ? nil : ("samples of shape \(inputShape)", "images of 4×4 pixels or more, or --model mlp")
    }

    func network(inputShape: [Int], classes: Int, scale: Int, random: inout RandomSource) -> Network {
        let narrow = 8 * scale, wide = 16 * scale
        func convolution(_ name: String, _ inputs: Int, _ outputs: Int) -> Layer {
            .weighted(
                WeightedLayer(
                    name, .convolution(padding: 1), shape: [outputs, inputs, 3, 3], hasBias: false, random: &random))
        }
        return Network(
            name: self.name, inputShape: inputShape, classes: classes,
            layers: [
                convolution("conv1", inputShape[0], narrow), .batchNorm(BatchNormLayer("bn1", channels: narrow)),
                .relu, .maxPool,
                convolution("conv2", narrow, wide), .batchNorm(BatchNormLayer("bn2", channels: wide)), .relu, .maxPool,
                .residual([convolution("conv3", wide, wide), .batchNorm(BatchNormLayer("bn3", channels: wide))]),
                .relu,
                .weighted(
                    WeightedLayer(
                        "fc", .dense,
                        shape: [classes, wide * (inputShape[1] / 4) * (inputShape[2] / 4)], hasBias: true,
                        random: &random)),
            ])
    }

    func dataset(seed: UInt64, pass: () throws(LabFailure) -> Void) throws(LabFailure) -> Dataset {
        try Glyphs.dataset(seed: seed, pass: pass)
    }

    var training: TrainingPlan { TrainingPlan(epochs: 8, rate: 0.05) }
}
