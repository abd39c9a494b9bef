import Quantization

/// One network whose weights share ranges by tensor, by channel and by group (survey III-E).
struct GranularityExperiment: Experiment {
    let name = "granularity"
    let usualSeconds = 7
    let summary =
        "ranges by tensor, by channel and by group of weights: what a finer range is worth, and which layers decide it"
    let section = "III-E"
    let claim =
        "at few bits one range for a whole tensor wastes its levels on the widest channel; a range a channel mends most of it at nearly no bits"
    let settings: [LabSetting] = [
        .weights("int3 sym tensor"), .spread(4),
    ]

    /// From the coarsest on.
    private static let choices = ["tensor", "channel:0", "group:64", "group:32", "group:16"]

    func finding(_ report: LabReport) -> String? {
        guard let float = report[.float], let tensor = report[.of("tensor")], let channel = report[.of("channel:0")],
            let group = report[.of("group:16")], let bits = report[.bits("channel:0")],
            let tensorBits = report[.bits("tensor")], let groupBits = report[.bits("group:16")]
        else { return nil }
        func extra(_ bits: Double) -> String { LabText.number(bits - tensorBits) + " bits a weight more" }
        return
            "float \(LabText.percent(float)); a range a tensor \(LabText.percent(tensor)), a channel \(LabText.percent(channel)) for \(extra(bits)), sixteen weights \(LabText.percent(group)) for \(extra(groupBits))"
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        guard let recipe = run.settings.recipe("weights"), recipe.format.hasEqualSteps else {
            throw .usage(
                "--weights: found \(run.settings["weights"]), expected equal steps, int2 to int16")
        }
        let base = try run.trainFloat(until: 0.7)
        run.found(.float, base.accuracy)
        let float = base.network.folded().withWiderChannels(
            run.settings.number("spread"), share: 0.25, seed: run.settings.seed)
        var sensitivities: [(name: String, parts: [LabResult.Part])] = []
        for (place, choice) in Self.choices.enumerated() {
            run.stage(choice, until: 0.7 + 0.3 * Double(place + 1) / Double(Self.choices.count))
            guard let own = try? recipe.changed(by: choice) else { continue }
            let rounded = try QuantizedNetwork(
                float, weights: own, activations: nil, records: nil, context: run.context)
            run.found(.of(choice), try run.accuracy(rounded, on: base.data.test))
            run.found(.bits(choice), try bits(float, own))
            run.show(rounded, choice, of: base)
            sensitivities.append(
                (choice, try run.sensitivity(of: float, own, on: base.data.training.prefix(256))))
            run.show(table(float, sensitivities))
            if let bits = run.report[.bits(choice)], let accuracy = run.report[.of(choice)] {
                run.point("weights", .bits, x: bits, y: accuracy)
            }
        }
    }

    /// Bits a weight over all layers, scales included.
    private func bits(_ network: Network, _ recipe: Recipe) throws(LabFailure) -> Double {
        var bits = 0.0, count = 0
        for layer in network.weighted {
            do throws(ShapeMismatch) {
                bits += try recipe.storedSize(of: layer.tensor).bits
            } catch { throw .recipe(recipe, layer.weight.name, error) }
            count += layer.weight.count
        }
        return bits / Double(max(1, count))
    }

    private func table(_ network: Network, _ sensitivities: [(name: String, parts: [LabResult.Part])]) -> LabTable {
        LabTable(
            "KL where one layer is rounded",
            columns: ["layer", "spread"] + sensitivities.map { $0.name },
            rows: network.weighted.enumerated().map { place, layer in
                let widths = (0..<layer.outputs).map { output -> Float in
                    (0..<layer.rowLength).reduce(0) { max($0, abs(layer.weight.values[output * layer.rowLength + $1])) }
                }
                let narrow = widths.filter { $0 > 0 }.min() ?? 1
                return [.text(layer.name), .number(Double((widths.max() ?? 0) / narrow), digits: 3)]
                    + sensitivities.map { .number($0.parts[place].value, digits: 2) }
            },
            note:
                "How far the outputs move where one layer alone is rounded; spread is its widest channel by its narrowest: layers whose channels differ most gain most from a range a channel"
        )
    }
}

extension LabMeasure {
    fileprivate static func of(_ granularity: String) -> LabMeasure {
        accuracy(granularity.replacing("channel:0", with: "channel").replacing(":", with: "_"))
    }

    fileprivate static func bits(_ granularity: String) -> LabMeasure {
        number("\(granularity.replacing("channel:0", with: "channel").replacing(":", with: "_"))_bits")
    }
}
