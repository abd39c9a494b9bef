import Quantization

/// One trained network at fewer and fewer bits: of weights alone, of activations alone (survey III-A).
struct BitsExperiment: Experiment {
    let name = "bits"
    let usualSeconds = 6
    let summary = "fewer and fewer bits of weights or activations alone: far in weights, near in accuracy"
    let section = "III-A"
    let settings: [LabSetting] = [.weights("int8 sym channel:0"), .activations("int8 asym tensor"), .calibration]

    let claim =
        "weights and activations of eight bits cost nothing; accuracy falls off a cliff where few are left"

    func finding(_ report: LabReport) -> String? {
        guard let float = report[.float] else { return nil }
        let parts = [("weights", "w"), ("activations", "a")].compactMap { part, letter -> String? in
            let kept = [8, 6, 5, 4, 3, 2].filter { (report[.accuracy("\(letter)\($0)")] ?? 0) >= float - 0.01 }
            guard let least = kept.min(), let two = report[.accuracy("\(letter)2")] else { return nil }
            return "\(part) keep within a point of float down to \(least) bits and have \(LabText.percent(two)) at 2"
        }
        return parts.isEmpty ? nil : "float \(LabText.percent(float)): " + parts.joined(separator: "; ")
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        for part in ["weights", "activations"] {
            guard let recipe = run.settings.recipe(part), !recipe.format.hasEqualSteps else { continue }
            throw .usage("--\(part): found \(recipe.format.name), expected int2 to int16, whose bits change, or float")
        }
        let base = try run.trainFloat(until: 0.8)
        run.found(.float, base.accuracy)
        let float = base.network.folded()
        let records = try run.records(of: float, base.data.training.prefix(run.settings.integer("calibration")))
        var distances: [LabResult.Part] = []
        for bits in [8, 6, 5, 4, 3, 2] {
            run.stage("\(bits) bits", until: 0.8 + 0.2 * Double(9 - bits) / 7)
            for (part, letter) in [("weights", "w"), ("activations", "a")] {
                guard let recipe = run.settings.recipe(part).flatMap({ try? $0.changed(by: "int\(bits)") }) else {
                    continue
                }
                let rounded = try QuantizedNetwork(
                    float, weights: part == "weights" ? recipe : nil, activations: part == "weights" ? nil : recipe,
                    records: records, context: run.context)
                let accuracy = try run.accuracy(rounded, on: base.data.test)
                run.found(.accuracy("\(letter)\(bits)"), accuracy)
                run.point(part, .bits, x: Double(bits), y: accuracy)
                guard part == "weights" else { continue }
                run.show(rounded, "\(bits) bits", of: base)
                distances.append(
                    LabResult.Part(name: "\(bits) bits", value: rounded.network.distance(from: float)))
            }
        }
        if !distances.isEmpty { run.found(.weightDistance, distances) }
    }
}

extension LabMeasure {
    /// How far rounded weights are from the float ones, at each number of bits.
    static let weightDistance = number("weight_distance")
}
