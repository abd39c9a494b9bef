public import TensorFiles
import Tensors

/// A network trained in float, and what goes through it on some samples: files for the explorer.
public struct Capture: Sendable {
    /// The parameters, as PyTorch names them.
    public let network: [SafetensorsWriter.Entry]
    /// `input`; for each layer the rows that its weights are multiplied by, under the layer's name, as `--activations` takes them; and its
    /// output under `LAYER.output`.
    public let activations: [NpzWriter.Entry]
    public let accuracy: Double

    /// Its settings.
    public static let settings = LabSetting.common

    /// Rows of a layer that are written, chosen at random.
    static let mostRows = 512

    /// Trains a model, or what `settings` say, and runs test samples through it.
    ///
    /// - Parameters:
    ///   - count: of test samples.
    ///   - run: whose model, seed and data are used.
    public init(_ run: LabRun, samples count: Int) throws(LabFailure) {
        let base = try run.trainFloat(until: 0.9)
        let samples = base.data.test.prefix(count)
        network = base.network.parameters.map {
            SafetensorsWriter.Entry(name: $0.name, extents: $0.shape, values: $0.array)
        }
        accuracy = base.accuracy
        run.stage("capturing", until: 1)
        let outputs = LayerRecorder()
        let records = try run.records(of: base.network, samples, .init(output: { outputs.add($0, $1) }))
        func entry(_ name: String, _ extents: [Int], _ values: [Float]) -> NpzWriter.Entry? {
            Shape(extents).map { NpzWriter.Entry(name: name, shape: $0, values: values) }
        }
        var entries = [entry("input", [samples.count] + samples.shape, samples.inputs)]
        for layer in base.network.weighted {
            guard let record = records[layer] else { continue }
            let rows = layer.rows(of: record), width = layer.rowLength
            let kept = SampledRows.of(rows.count / width, most: Self.mostRows, seed: run.settings.seed)
            entries.append(
                entry(layer.name, [kept.count, width], kept.flatMap { rows[$0 * width..<($0 + 1) * width] }))
            if let output = outputs.records.first(where: { $0.layer == layer.name }) {
                entries.append(entry("\(layer.name).output", output.shape, output.values))
            }
        }
        activations = entries.compactMap { $0 }
    }
}
