/// 2-16-16-3: a network whose decisions can be drawn as regions of the plane.
struct PlaneNetwork: LabModel {
    let name = "mlp"
    let summary = "2-16-16-3 on points of the plane, whose regions of decision can be seen"

    func problem(with inputShape: [Int]) -> (found: String, expected: String)? { nil }

    func network(inputShape: [Int], classes: Int, scale: Int, random: inout RandomSource) -> Network {
        let width = 16 * scale, inputs = inputShape.reduce(1, *)
        func dense(_ name: String, _ inputs: Int, _ outputs: Int) -> Layer {
            .weighted(WeightedLayer(name, .dense, shape: [outputs, inputs], hasBias: true, random: &random))
        }
        return Network(
            name: self.name, inputShape: inputShape, classes: classes,
            layers: [
                dense("fc1", inputs, width), .relu, dense("fc2", width, width), .relu, dense("fc3", width, classes),
            ])
    }

    func dataset(seed: UInt64, pass: () throws(LabFailure) -> Void) throws(LabFailure) -> Dataset {
        Spirals.dataset(seed: seed)
    }

    var training: TrainingPlan { TrainingPlan(epochs: 16, batch: 32, rate: 0.01, optimizer: .adam) }
}
