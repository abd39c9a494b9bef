import Quantization

/// Training with weights that are stored on a grid: what becomes of updates smaller than half a step (survey III-H).
struct StochasticExperiment: Experiment {
    let name = "stochastic"
    let usualSeconds = 11
    let summary =
        "weights stored on a grid while they learn: nearest loses small updates, stochastic rounding keeps their mean"
    let section = "III-H"
    let settings: [LabSetting] = [
        .weights("int8 sym channel:0"),
        .epochs(4, "epochs of training on the grid", byModel: ["mlp": "30"]),
        LabSetting(
            "rate", "learning rate on the grid, constant", .number(0...10), "0.003",
            byModel: ["mlp": "0.01"],
            usual: ["0.0003", "0.001", "0.003", "0.01", "0.03"]),
        LabSetting(
            "start", "steps of float training before", .integer(1...100_000), "30", byModel: ["mlp": "3"],
            usual: ["10", "30", "100", "300"]),
        LabSetting(
            "noise", "QuantNoise: the part of the weights that is rounded in each pass", .number(0...1), "0.5",
            usual: ["0.1", "0.25", "0.5", "0.75", "1"]),
    ]

    /// How weights are stored after an update.
    private enum Storage: CaseIterable {
        case float, nearest, stochastic, noise

        var name: String {
            switch self {
            case .float: "float"
            case .nearest: "nearest"
            case .stochastic: "stochastic"
            case .noise: "quant_noise"
            }
        }
    }

    let claim =
        "rounded to nearest after every step, weights lose updates below half a step; rounded by chance they keep their mean"

    func finding(_ report: LabReport) -> String? {
        guard let lost = report[.lostUpdates], let start = report[.accuracy("start")],
            let float = report[.accuracy("float")], let nearest = report[.accuracy("nearest")],
            let stochastic = report[.accuracy("stochastic")]
        else { return nil }
        return
            "\(LabText.percent(lost)) of the updates are below half a step: from \(LabText.percent(start)) rounding to nearest comes to \(LabText.percent(nearest)), stochastic rounding to \(LabText.percent(stochastic)), float to \(LabText.percent(float))"
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        guard let recipe = run.settings.recipe("weights"), recipe.format.hasEqualSteps else {
            throw .usage("--weights: found \(run.settings["weights"]), expected equal steps, int2 to int16")
        }
        // A beginner: float training goes on from here, and on the grid.
        let base = try run.trainFloat(name: "start", steps: run.settings.integer("start"), until: 0.1)
        run.found(.accuracy("start"), base.accuracy)
        let all = Storage.allCases
        for (place, storage) in all.enumerated() {
            run.stage("training \(storage.name)", until: 0.1 + 0.9 * Double(place + 1) / Double(all.count))
            let (accuracy, lost) = try train(base, recipe, storage, run)
            run.found(.accuracy(storage.name), accuracy)
            if storage == .nearest { run.found(.lostUpdates, lost) }
        }
    }

    /// - Returns: the accuracy, weights on the grid, and the part of the updates that were smaller than half a step.
    private func train(
        _ base: FloatBase, _ recipe: Recipe, _ storage: Storage, _ run: LabRun
    ) throws(LabFailure) -> (accuracy: Double, lost: Double) {
        let network = base.network.copy()
        var grids: [GridStorage] = []
        for layer in network.weighted {
            guard let grid = try GridStorage(layer, recipe) else { continue }
            if storage == .nearest || storage == .stochastic { grid.store(layer, .even) }
            grids.append(grid)
        }
        // Other parameters stay as they are: what is seen is what weights learn.
        let plan = TrainingPlan(
            epochs: run.settings.integer("epochs"), batch: base.model.training.batch,
            rate: Float(run.settings.number("rate")), optimizer: .descent, schedule: .constant, decay: 0)
        var trainer = Trainer(network, base.data.training, plan, on: run.tape)
        trainer.trained = network.weighted.map { $0.weight }
        let rounded: (WeightedLayer) -> [Float]? = { layer in
            storage == .float ? nil : grids.first { $0.name == layer.name }?.values(layer, .even)
        }
        let judged = Network.Pass(weight: { layer in
            rounded(layer).map { run.tape.constant($0, layer.weight.shape) }
        })
        run.follow(&trainer, name: storage.name, network: network, data: base.data, test: { judged }, weights: rounded)
        let seed = run.settings.seed
        if storage == .noise {
            let share = Float(run.settings.number("noise"))
            trainer.pass = { step in
                Network.Pass(
                    isTraining: true,
                    weight: { layer in
                        guard let grid = grids.first(where: { $0.name == layer.name }) else { return nil }
                        return grid.noisy(layer, share, seed: seed, step: step, on: run.tape)
                    })
            }
        }
        var lost = 0, moved = 0
        trainer.afterUpdate = { step, rate in
            for (layer, grid) in zip(network.weighted, grids) {
                switch storage {
                case .float, .noise: break
                case .nearest:
                    for i in 0..<layer.weight.count where layer.weight.gradient[i] != 0 {
                        moved += 1
                        if abs(rate * layer.weight.gradient[i]) < grid.step(i) / 2 { lost += 1 }
                    }
                    grid.store(layer, .even)
                case .stochastic: grid.store(layer, .stochastic(seed: grid.draw(seed, step)))
                }
            }
        }
        var random = RandomSource(seed: seed, stream: "stochastic")
        try trainer.run(&random)
        return (try run.accuracy(network, on: base.data.test, judged), moved > 0 ? Double(lost) / Double(moved) : 0)
    }
}

extension LabMeasure {
    /// The part of the updates that nearest rounding loses, smaller than half a step.
    static let lostUpdates = number("updates_below_half_a_step")
}

/// The grid that a layer's weights are stored on, chosen once.
private struct GridStorage {
    let name: String
    private let quantizers: [Quantizer]
    private let layout: RangeLayout

    init?(_ layer: WeightedLayer, _ recipe: Recipe) throws(LabFailure) {
        guard let (ranges, layout) = try WeightQuantizer.ranges(layer, recipe) else { return nil }
        name = layer.name
        quantizers = ranges.quantizers
        self.layout = layout
    }

    func step(_ element: Int) -> Float { quantizers[layout.range(ofElement: element)].scale }

    /// The weights as they are stored.
    func values(_ layer: WeightedLayer, _ rounding: Rounding) -> [Float] {
        (0..<layer.weight.count).map { element in
            let quantizer = quantizers[layout.range(ofElement: element)]
            return quantizer.reconstruction(
                of: quantizer.code(of: layer.weight.values[element], rounding: rounding, index: element))
        }
    }

    func store(_ layer: WeightedLayer, _ rounding: Rounding) { layer.weight.set(values(layer, rounding)) }

    /// A seed for this layer and step alone.
    func draw(_ seed: UInt64, _ step: Int) -> UInt64 {
        var random = RandomSource(seed: seed, stream: "\(name) \(step)")
        return random.next() >> 1
    }

    /// QuantNoise (Fan et al. 2020): a part of the weights is rounded in a pass, by chance; the others have their exact gradient.
    func noisy(_ layer: WeightedLayer, _ share: Float, seed: UInt64, step: Int, on tape: Tape) -> Node {
        var random = RandomSource(seed: draw(seed, step))
        let rounded = values(layer, .even)
        let mixed = rounded.indices.map { random.uniform() < Double(share) ? rounded[$0] : layer.weight.values[$0] }
        return tape.rounding(tape.leaf(layer.weight), gradient: .straight, limits: nil, known: mixed)
    }
}
