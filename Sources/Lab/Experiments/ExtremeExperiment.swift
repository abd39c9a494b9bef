import Basics
import Quantization

/// Weights of two and three levels, and inputs of two: from rounding, which fails, to products that count bits (survey IV-E).
struct ExtremeExperiment: Experiment {
    let name = "extreme"
    let usualSeconds = 30
    let summary = "binary and ternary weights, and binary inputs whose products are counts of bits"
    let section = "IV-E"
    let claim =
        "one bit a weight destroys a trained network, but not one that learns with it; with binary inputs too, products become counts of bits"
    let settings: [LabSetting] = [
        .epochs(5, "epochs of training for each method", byModel: ["mlp": "12"]),
        .rate("0.02", "learning rate of training", byModel: ["mlp": "0.01"]),
        LabSetting(
            "methods",
            "methods to try: \(ExtremeMethod.allCases.map { $0.rawValue }.joined(separator: ","))",
            .list(ExtremeMethod.allCases.map { $0.rawValue }),
            ExtremeMethod.allCases.map { $0.rawValue }.joined(separator: ","),
            usual: [ExtremeMethod.allCases.map { $0.rawValue }.joined(separator: ",")]
                + ExtremeMethod.allCases.map { $0.rawValue }),
        LabSetting(
            "gradient", "what replaces the derivative of the sign; xnor is trained with the others too",
            .choice(SignGradient.allCases.map { $0.rawValue }), SignGradient.clipped.rawValue,
            byModel: ["mlp": SignGradient.polynomial.rawValue]),
        LabSetting(
            "ends", "first and last layers: float or extreme; bwn and xnor are trained the other way too",
            .choice(["float", "extreme"]), "float"),
        LabSetting(
            "size", "rows and columns of the products that are timed", .integer(64...4096), "1024",
            usual: ["256", "512", "1024", "2048"]),
    ]

    func finding(_ report: LabReport) -> String? {
        guard let float = report[.float], let rounded = report[.roundedThroughout] else { return nil }
        let learned = [
            report[.binary].map { "\(LabText.percent($0)) with binary weights" },
            report[.ternary].map { "\(LabText.percent($0)) with ternary ones" },
            report[.accuracy(ExtremeMethod.signs.rawValue)].map { "\(LabText.percent($0)) with binary inputs too" },
        ].compactMap { $0 }
        let speed = report[.signSpeed].map {
            "; products of signs take 1/\(LabText.number($0)) of float32's time"
        }
        return
            "float \(LabText.percent(float)), rounded to one bit \(LabText.percent(rounded))"
            + (learned.isEmpty ? "" : "; trained with it \(LabText.list(learned))") + (speed ?? "")
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        var methods = run.settings.list("methods").compactMap { ExtremeMethod(rawValue: $0) }
        let base = try run.trainFloat(until: 0.12)
        if base.network.hasParts, methods.contains(.signs) {
            methods.removeAll { $0 == .signs }
            run.remark("xnor does not apply: its order of layers is of convolutions, found \(base.model.name)")
        }
        run.found(.float, base.accuracy)
        let endsAreExtreme = run.settings["ends"] == "extreme"
        run.found(.rounded, try accuracyOfRounding(base, endsAreExtreme: endsAreExtreme, run))
        run.found(.roundedThroughout, try accuracyOfRounding(base, endsAreExtreme: true, run))
        run.stage("products of signs", until: 0.2)
        try timeProducts(run)
        var table = LabTable(
            "Methods", columns: ["method", "weights", "inputs", "ends", "bits/W", "flips %", "right %"],
            note:
                "bits/W counts all layers, first and last too; flips: weights whose level changed in a step, in the last epoch"
        )
        let trials = trials(of: methods, run)
        for (place, trial) in trials.enumerated() {
            let outcome = try train(
                trial, base, run, until: 0.2 + 0.8 * Double(place + 1) / Double(trials.count))
            run.found(.accuracy(trial.resultName), outcome.accuracy)
            if let measure = [ExtremeMethod.scaledBinary: LabMeasure.binary, .ternary: .ternary][trial.method],
                !trial.isVariant
            {
                run.found(measure, outcome.accuracy)
            }
            table.rows.append([
                .text(trial.name), .text(trial.method.levels), .text(trial.method.hasSignInputs ? "-1, 1" : "float"),
                .text(trial.endsAreExtreme ? "extreme" : "float"), .number(outcome.bits, digits: 3),
                .number(outcome.flips * 100, digits: 2), .number(outcome.accuracy * 100, digits: 3),
            ])
            run.show(table)
        }
        // Where only one of a kind was asked for, it stands for its kind.
        for (measure, other) in [(LabMeasure.binary, ExtremeMethod.binaryConnect), (.ternary, .learnedTernary)] {
            if run.report[measure] == nil, let accuracy = run.report[.accuracy(other.rawValue)] {
                run.found(measure, accuracy)
            }
        }
    }

    // MARK: Rounding after training

    /// The layers that a run is about: all, or those between the first and the last.
    private func extremeLayers(_ network: Network, endsAreExtreme: Bool) -> [WeightedLayer] {
        let all = network.weighted
        return endsAreExtreme || all.count < 3 ? all : Array(all.dropFirst().dropLast())
    }

    private func accuracyOfRounding(_ base: FloatBase, endsAreExtreme: Bool, _ run: LabRun) throws(LabFailure)
        -> Double
    {
        let copy = base.network.copy()
        for layer in extremeLayers(copy, endsAreExtreme: endsAreExtreme) {
            layer.weight.set(
                try WeightQuantizer.reconstruction(layer, ExtremeMethod.binaryRecipe, context: run.context))
        }
        return try run.accuracy(copy, on: base.data.test)
    }

    // MARK: Training

    private struct Trial {
        let method: ExtremeMethod
        let gradient: SignGradient
        let endsAreExtreme: Bool
        /// What differs from the settings.
        var variant = ""

        var isVariant: Bool { !variant.isEmpty }
        var name: String { isVariant ? "\(method.rawValue) \(variant)" : method.rawValue }
        var resultName: String { name.replacing(" ", with: "_") }
    }

    private struct Outcome {
        let accuracy: Double
        let flips: Double
        /// A weight, over all layers.
        let bits: Double
    }

    /// Every method as the settings have it, then what these leave out of binary ones.
    private func trials(of methods: [ExtremeMethod], _ run: LabRun) -> [Trial] {
        let gradient = SignGradient(rawValue: run.settings["gradient"]) ?? .clipped
        let endsAreExtreme = run.settings["ends"] == "extreme"
        var trials = methods.map { Trial(method: $0, gradient: gradient, endsAreExtreme: endsAreExtreme) }
        if methods.contains(.signs) {
            trials += SignGradient.allCases.filter { $0 != gradient }.map {
                Trial(method: .signs, gradient: $0, endsAreExtreme: endsAreExtreme, variant: $0.rawValue)
            }
        }
        trials += [ExtremeMethod.scaledBinary, .signs].filter(methods.contains).map {
            Trial(
                method: $0, gradient: gradient, endsAreExtreme: !endsAreExtreme,
                variant: endsAreExtreme ? "float ends" : "all layers")
        }
        return trials
    }

    private func train(_ trial: Trial, _ base: FloatBase, _ run: LabRun, until share: Double) throws(LabFailure)
        -> Outcome
    {
        run.stage("training \(trial.name)", until: share)
        let network = trial.method.hasSignInputs ? base.network.orderedForSigns() : base.network.copy()
        let layers = extremeLayers(network, endsAreExtreme: trial.endsAreExtreme)
        var aware: [AwareLayer] = []
        for layer in layers {
            // Samples are no signs: what they go into has binary weights alone.
            let isFirst = layer.name == network.weighted.first?.name
            let method = isFirst && trial.method.hasSignInputs ? ExtremeMethod.scaledBinary : trial.method
            aware.append(try AwareLayer(layer, method, gradient: trial.gradient, context: run.context))
        }
        let learner = AwareNetwork(network, layers: aware, on: run.tape)
        let plan = base.retrainingPlan(run.settings)
        let flips = SignFlips(), lastEpoch = SignFlips()
        let simulated = try run.train(
            learner, name: trial.name, base, on: base.data.training, plan,
            afterUpdate: { step, epoch, isShown in
                let rounded = layers.map { learner.rounded($0) }
                flips.look(rounded)
                if epoch >= Double(plan.epochs - 1) { lastEpoch.look(rounded) }
                // Nothing was there before the first step to differ from.
                if isShown, step > 0 { run.point(trial.name, .flips, x: epoch, y: flips.takeMean()) }
            })
        var accuracy = simulated
        if trial.method.hasSignInputs {
            accuracy = try run.accuracy(network, on: base.data.test, countingBits(learner, layers, run))
            if !trial.isVariant {
                run.remark(
                    "xnor is judged by products that count bits: \(LabText.percent(accuracy)), and \(LabText.percent(simulated)) simulated in float"
                )
            }
        }
        return Outcome(
            accuracy: accuracy, flips: lastEpoch.takeMean(), bits: try bits(network, layers, trial.method))
    }

    /// The way through the network on which products of signs count bits.
    private func countingBits(_ learner: AwareNetwork, _ layers: [WeightedLayer], _ run: LabRun) -> Network.Pass {
        // Looked up before: what is computed within a pass is gone with it.
        let rounded = layers.filter { learner.hasSignInput($0) }.map { ($0.name, learner.rounded($0)) }
        let weights = Dictionary(uniqueKeysWithValues: rounded)
        var known: [String: SignLayer] = [:], pass = learner.pass(isTraining: false)
        pass.product = { layer, input in
            guard let weights = weights[layer.name] else { return nil }
            let counting =
                known[layer.name] ?? SignLayer(layer, weights: weights, inputShape: Array(input.shape.dropFirst()))
            known[layer.name] = counting
            return counting.apply(input, on: run.tape)
        }
        return pass
    }

    private func bits(_ network: Network, _ extreme: [WeightedLayer], _ method: ExtremeMethod) throws(LabFailure)
        -> Double
    {
        var bits = 0.0, count = 0
        for layer in network.weighted {
            count += layer.weight.count
            guard extreme.contains(where: { $0.name == layer.name }) else {
                bits += 32 * Double(layer.weight.count)
                continue
            }
            let recipe = method.storedAs
            do throws(ShapeMismatch) { bits += try recipe.storedSize(of: layer.tensor).bits } catch {
                throw .recipe(recipe, layer.weight.name, error)
            }
        }
        return bits / Double(max(1, count))
    }

    // MARK: Speed

    private func timeProducts(_ run: LabRun) throws(LabFailure) {
        let largest = run.settings.integer("size")
        var table = LabTable(
            "Products", columns: ["n", "float32 ms", "signs ms", "times", "packed ms"],
            note:
                "n×n×n on one thread, float32 by OpenBLAS, signs by \(SignProduct.Kernel.best.name); packed: with the left side packed into bits first, as inputs are"
        )
        for size in [largest / 4, largest / 2, largest] {
            let timing = try ProductTiming(size: size, seed: run.settings.seed) { () throws(LabFailure) in
                try run.pass()
            }
            table.rows.append([
                .integer(size), .number(timing.float * 1e3, digits: 3), .number(timing.signs * 1e3, digits: 3),
                .number(timing.speed, digits: 3), .number(timing.packed * 1e3, digits: 3),
            ])
            run.show(table)
            if size == largest { run.found(.signSpeed, timing.speed) }
        }
    }
}

extension LabMeasure {
    /// Of binary weights with scales, and of ternary ones.
    fileprivate static let binary = accuracy("binary"), ternary = accuracy("ternary")
    /// Every layer's weights rounded to one bit after training.
    fileprivate static let roundedThroughout = accuracy("ptq_all_layers")
    /// How many times faster a product of signs is than one of float32.
    fileprivate static let signSpeed = speed("xnor_speedup")
}
