import Quantization
import Tensors

/// What the layers of a network were given, on some samples.
struct LayerRecords: Sendable {
    struct Record: Sendable {
        let layer: String
        /// [samples, …].
        var shape: [Int]
        var values: [Float]

        /// As a tensor that is called as the layer is.
        var tensor: TensorView {
            // As many values as the shape has.
            TensorView(name: layer, values: values, shape: Shape(shape)!)!
        }

        /// What a recipe's ranges are chosen on: a range mode keeps one entry to apply them to, which here is none of these samples.
        func calibrating(_ recipe: Recipe) -> TensorView {
            guard recipe.rangeMode.calibrationEntries == shape[0], shape[0] > 0 else { return tensor }
            var longer = self
            longer.shape[0] += 1
            longer.values += values.suffix(values.count / shape[0])
            return longer.tensor
        }
    }

    private(set) var records: [Record] = []

    subscript(layer: WeightedLayer) -> Record? { records.first { $0.layer == layer.name } }

    /// Runs the network over the samples, as `pass` has it, and keeps what every layer is given.
    init(
        of network: Network, _ samples: Samples, on tape: Tape, _ pass: Network.Pass = .init(),
        beforeBatch: () throws(LabFailure) -> Void = {}
    ) throws(LabFailure) {
        let recorder = LayerRecorder()
        var recording = pass
        recording.input = { layer, x in
            let input = pass.input(layer, x) ?? x
            recorder.add(layer, input)
            return input
        }
        _ = try network.logits(of: samples, on: tape, recording, beforeBatch: beforeBatch)
        records = recorder.records
    }
}

/// Adds up what goes into layers, or comes out of them, batch by batch.
final class LayerRecorder {
    private(set) var records: [LayerRecords.Record] = []

    func add(_ layer: WeightedLayer, _ x: Node) {
        if let place = records.firstIndex(where: { $0.layer == layer.name }) {
            records[place].values += x.data.array
            records[place].shape[0] += x.samples
        } else {
            records.append(LayerRecords.Record(layer: layer.name, shape: x.shape, values: x.data.array))
        }
    }
}

extension WeightedLayer {
    /// The weights as they are, as a tensor.
    var tensor: TensorView { TensorView(name: weight.name, values: weight.array, shape: Shape(weight.shape)!)! }

    /// The rows that the weights' rows are multiplied by: [samples and positions, rowLength], from recorded inputs.
    func rows(of record: LayerRecords.Record) -> [Float] {
        guard case .convolution(let padding) = kind else { return record.values }
        let window = ConvolutionWindow(
            channels: record.shape[1], height: record.shape[2], width: record.shape[3], side: weight.shape[3],
            padding: padding)
        let width = record.shape.dropFirst().reduce(1, *), places = window.places, patch = window.patch
        var unfolded = [Float](repeating: 0, count: patch * places), rows: [Float] = []
        rows.reserveCapacity(record.shape[0] * places * patch)
        record.values.withUnsafeBufferPointer { values in
            unfolded.withUnsafeMutableBufferPointer { patches in
                guard let image = values.baseAddress, let start = patches.baseAddress else { return }
                for sample in 0..<record.shape[0] {
                    window.unfold(image + sample * width, into: start)
                    for place in 0..<places { for row in 0..<patch { rows.append(start[row * places + place]) } }
                }
            }
        }
        return rows
    }
}
