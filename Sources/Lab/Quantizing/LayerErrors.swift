import Quantization

/// What rounding does to every layer of a network.
struct LayerErrors {
    struct Entry {
        let layer: String
        let weights: Int
        /// SQNR of the rounded weights, of the rounded input and of the layer's output in the rounded network, in dB; nil where nothing
        /// is rounded, or nothing is lost.
        let ofWeights: Double?
        let ofInput: Double?
        let ofOutput: Double?
    }

    let entries: [Entry]

    /// - Parameters:
    ///   - float: the network before rounding, with the same layers.
    ///   - samples: to run through both.
    init(_ quantized: QuantizedNetwork, of float: Network, on samples: Samples, _ run: LabRun) throws(LabFailure) {
        let (before, given) = try Self.outputs(of: float, samples, .init(), run)
        let (after, _) = try Self.outputs(of: quantized.network, samples, quantized.pass(on: run.tape), run)
        entries = float.weighted.map { layer in
            let rounded = quantized.network.layer(layer.name)
            let input = given.first { $0.layer == layer.name }
            return Entry(
                layer: layer.name, weights: layer.weight.count,
                ofWeights: rounded.flatMap { Self.sqnr(layer.weight.array, $0.weight.array) },
                ofInput: input.flatMap { record in
                    guard let quantizer = quantized.inputs[layer.name] else { return nil }
                    return run.tape.withoutGradients {
                        let x = run.tape.constant(record.values, record.shape)
                        return Self.sqnr(record.values, quantizer.apply(x, gradient: .none, on: run.tape).data.array)
                    }
                },
                ofOutput: before.first { $0.layer == layer.name }.flatMap { float in
                    after.first { $0.layer == layer.name }.flatMap { Self.sqnr(float.values, $0.values) }
                })
        }
    }

    private static func outputs(
        of network: Network, _ samples: Samples, _ pass: Network.Pass, _ run: LabRun
    ) throws(LabFailure) -> (outputs: [LayerRecords.Record], inputs: [LayerRecords.Record]) {
        let recorder = LayerRecorder()
        var recording = pass
        recording.output = { recorder.add($0, $1) }
        let inputs = try run.records(of: network, samples, recording)
        return (recorder.records, inputs.records)
    }

    /// 10·log10(Σx²/Σ(x - x̂)²); nil where nothing is lost.
    private static func sqnr(_ x: [Float], _ rounded: [Float]) -> Double? {
        guard x.count == rounded.count else { return nil }
        var signal = 0.0, noise = 0.0
        for (x, rounded) in zip(x, rounded) {
            signal += Double(x) * Double(x)
            noise += (Double(x) - Double(rounded)) * (Double(x) - Double(rounded))
        }
        return Decibel.sqnr(signal, noise)
    }

    /// - Parameter divergences: of the network's outputs where one layer's weights alone are rounded.
    func table(divergences: [LabResult.Part]) -> LabTable {
        func decibels(_ value: Double?) -> LabTable.Cell { value.map { .number($0, digits: 3) } ?? .text("–") }
        return LabTable(
            "Layers", columns: ["layer", "weights", "W dB", "in dB", "out dB", "KL alone"],
            rows: entries.map { entry in
                let alone = divergences.first { $0.name == entry.layer }?.value
                return [
                    .text(entry.layer), .integer(entry.weights), decibels(entry.ofWeights), decibels(entry.ofInput),
                    decibels(entry.ofOutput), alone.map { .number($0, digits: 3) } ?? .text("–"),
                ]
            },
            note:
                "SQNR of each layer's weights, input and output with everything before it rounded too, and how far the network's outputs move where its weights alone are rounded"
        )
    }
}
