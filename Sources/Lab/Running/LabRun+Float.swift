import Quantization
import TensorFiles

/// A float network and the data that it was trained on and is judged by.
struct FloatBase {
    let model: any LabModel
    let network: Network
    let data: Dataset
    let accuracy: Double
}

extension LabRun {
    /// The samples of the run: the model's own, or those that `--data` names.
    func dataset(of model: any LabModel) throws(LabFailure) -> Dataset {
        let path = settings["data"]
        guard path.isEmpty else {
            do throws(FileError) {
                return try DataFile.open(path, most: settings.integer("samples"), seed: settings.seed)
            } catch {
                throw .file(error)
            }
        }
        return try model.dataset(seed: settings.seed) { () throws(LabFailure) in try pass() }
    }

    /// Trains the model of the run in float.
    ///
    /// - Parameters:
    ///   - scale: of the hidden widths.
    ///   - steps: to stop after; nil for all.
    ///   - share: of the run that is done at its end.
    func trainFloat(
        scale: Int = 1, name: String = "float", data known: Dataset? = nil, steps: Int? = nil, until share: Double
    ) throws(LabFailure) -> FloatBase {
        // The name was checked with the settings.
        let model = ModelCatalog.model(settings["model"]) ?? ModelCatalog.all[0]
        let data: Dataset
        if let known {
            data = known
        } else {
            stage("drawing samples", until: 0.01)
            data = try dataset(of: model)
        }
        if let problem = model.problem(with: data.training.shape) {
            throw .file(FileError(path: data.origin, found: problem.found, expected: problem.expected))
        }
        var random = RandomSource(seed: settings.seed, stream: "\(name) \(scale)")
        let network = model.network(
            inputShape: data.training.shape, classes: data.classes, scale: scale, random: &random)
        try checkRecipes(network, data)
        stage("training \(name)", until: share)
        var trainer = Trainer(network, data.training, model.training, on: tape)
        if let steps {
            trainer.mostSteps = steps
            trainer.plan.epochs = max(trainer.plan.epochs, steps / trainer.stepsPerEpoch + 1)
        }
        follow(&trainer, name: name, network: network, data: data)
        try trainer.run(&random)
        let accuracy = try self.accuracy(network, on: data.test)
        return FloatBase(model: model, network: network, data: data, accuracy: accuracy)
    }

    /// Recipes that do not fit the network are refused before anything is trained.
    private func checkRecipes(_ network: Network, _ data: Dataset) throws(LabFailure) {
        if let weights = settings.recipe("weights") {
            guard weights.rangeMode == .own else {
                throw .usage(
                    "--weights: found range:\(weights.rangeMode), expected range:self, as weights have no batches")
            }
            for layer in network.weighted {
                do throws(ShapeMismatch) { _ = try weights.layout(of: layer.tensor) } catch {
                    throw .recipe(weights, layer.weight.name, error)
                }
            }
        }
        guard let activations = settings.recipe("activations") else { return }
        let entries = activations.rangeMode.calibrationEntries
        let count = min(settings.integer("calibration"), data.training.count)
        guard entries <= count else {
            throw .usage(
                "--activations: range:\(activations.rangeMode) calibrates on \(entries) samples, found \(count), expected a larger --calibration"
            )
        }
        let few = try records(of: network, data.training.prefix(max(2, entries)))
        for record in few.records { _ = try InputQuantizer(activations, record, context: context) }
    }

    /// The share of samples that a network gets right.
    func accuracy(_ network: Network, on samples: Samples, _ pass: Network.Pass = .init()) throws(LabFailure) -> Double
    {
        try network.accuracy(on: samples, on: tape, pass) { () throws(LabFailure) in try self.pass() }
    }

    func accuracy(_ quantized: QuantizedNetwork, on samples: Samples) throws(LabFailure) -> Double {
        try accuracy(quantized.network, on: samples, quantized.pass(on: tape))
    }

    /// What the layers of a network are given on samples.
    func records(of network: Network, _ samples: Samples, _ pass: Network.Pass = .init()) throws(LabFailure)
        -> LayerRecords
    {
        try LayerRecords(of: network, samples, on: tape, pass) { () throws(LabFailure) in try self.pass() }
    }

    /// Lets a training be paused, stopped and watched: its loss now and then, its accuracy on test samples after every epoch.
    ///
    /// - Parameter test: the way through the network that accuracy is measured on.
    func follow(
        _ trainer: inout Trainer, name: String, network: Network, data: Dataset,
        test: @escaping () -> Network.Pass = { Network.Pass() },
        weights: @escaping (WeightedLayer) -> [Float]? = { _ in nil }
    ) {
        let stride = max(1, trainer.plan.epochs * trainer.stepsPerEpoch / 120)
        let perEpoch = Double(trainer.stepsPerEpoch), epochs = Double(trainer.plan.epochs)
        var sum = 0.0, count = 0
        trainer.beforeStep = { () throws(LabFailure) in try self.pass() }
        trainer.onStep = { step, steps, loss in
            sum += loss
            count += 1
            self.advance(Double(step + 1) / Double(steps))
            guard (step + 1) % stride == 0 else { return }
            self.point(name, .loss, x: Double(step + 1) / perEpoch, y: sum / Double(count))
            (sum, count) = (0, 0)
            self.show(network, weights)
        }
        // Of many short epochs some are enough.
        let every = max(1, Int(epochs) / 20)
        trainer.onEpoch = { epoch throws(LabFailure) in
            guard (epoch + 1) % every == 0 || epoch + 1 == Int(epochs) else { return }
            let accuracy = try network.accuracy(on: data.test, on: self.tape, test()) { () throws(LabFailure) in
                try self.pass()
            }
            self.point(name, .accuracy, x: Double(epoch + 1), y: accuracy)
            self.showRegions(of: network, name, data, test())
        }
    }

    /// Shows a network before and after rounding.
    ///
    /// - Parameter name: the rounded one's.
    func show(_ quantized: QuantizedNetwork, _ name: String, of float: FloatBase) {
        let before = float.network.folded()
        show(before) { quantized.network.layer($0.name)?.weight.array }
        showRegions(of: quantized.network, name, float.data, quantized.pass(on: tape))
    }

    /// Shows weights as they are learnt, and as they are computed with.
    private func show(_ network: Network, _ weights: (WeightedLayer) -> [Float]?) {
        show(
            network.weighted.map { layer in
                LayerPicture(
                    name: layer.name,
                    latent: UnsafeBufferPointer(start: layer.weight.values.base, count: layer.weight.count),
                    quantized: weights(layer) ?? layer.weight.array)
            })
    }

    /// Draws where a network decides for which class, where its inputs are points of the plane, and which test samples it is right about.
    func showRegions(of network: Network, _ name: String, _ data: Dataset, _ pass: Network.Pass) {
        guard network.inputShape == [2] else { return }
        let side = DecisionRegions.side
        let extent = Double(data.test.inputs.reduce(0) { max($0, abs($1)) }) * 1.05
        var points: [Float] = []
        for row in 0..<side {
            for column in 0..<side {
                let place = { (index: Int) in Float(extent * (2 * (Double(index) + 0.5) / Double(side) - 1)) }
                points += [place(column), place(side - 1 - row)]
            }
        }
        let shown = data.test.prefix(DecisionRegions.sampleCount), grid = side * side
        let all = Samples(
            shape: [2], inputs: points + shown.inputs, labels: [Int](repeating: 0, count: grid) + shown.labels)
        guard let logits = try? network.logits(of: all, on: tape, pass) else { return }
        let classes = (0..<all.count).map { place in
            let row = logits[place * network.classes..<(place + 1) * network.classes]
            return row.indices.max { row[$0] < row[$1] }.map { $0 - row.startIndex } ?? 0
        }
        let samples = (0..<shown.count).map { place in
            DecisionRegions.Sample(
                x: shown.inputs[2 * place], y: shown.inputs[2 * place + 1],
                isRight: classes[grid + place] == shown.labels[place])
        }
        show(
            DecisionRegions(
                name: name, extent: extent, columns: side, rows: side,
                classes: classes[..<grid].map { UInt8(clamping: $0) }, samples: samples))
    }
}
