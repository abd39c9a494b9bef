import Integers

/// Layers that multiply, and what their accumulators become.
extension IntegerCompiler {
    /// What the largest number that a layer can give becomes where it goes on wide: a few of them add up within 32 bits, and squares of
    /// a row of them within 64.
    static let wideLimit = Double(1 << 24)

    func layer(_ layer: WeightedLayer, _ want: Want, _ form: inout Form, _ shape: inout [Int]) -> IntegerLayer {
        guard case .codes(let input) = form, let known = weights[layer.name] else {
            preconditionFailure("layers are given codes")
        }
        let inputShape = shape
        let scales = known.scales.map { $0 * input.scale }
        let codes = ordered(known.codes, layer, inputShape)
        let (requantizer, result) = requantizer(
            scales, want, largest: largest(layer, codes, scales, codes: max(input.zero, input.highest - input.zero)))
        form = result
        notes.outputs.append((layer.name, result))
        var window: IntegerLayer.Window?
        switch layer.kind {
        case .convolution(let padding):
            let side = layer.weight.shape[2]
            window = IntegerLayer.Window(side: side, padding: padding)
            let lost = side - 1 - 2 * padding
            shape = [shape[0] - lost, shape[1] - lost, layer.outputs]
        case .dense:
            shape = shape.count == 2 ? [shape[0], layer.outputs] : [layer.outputs]
        }
        let sums = (0..<layer.outputs).map { output in
            (0..<layer.rowLength).reduce(0) { $0 + Int(codes[output * layer.rowLength + $1]) }
        }
        return IntegerLayer(
            name: layer.name, weights: codes,
            addends: (0..<layer.outputs).map { output in
                let bias = Double(layer.bias?.values[output] ?? 0) / scales[output]
                // Half of the range at most: sums are added to it.
                return Int32(Int(max(-5e8, min(5e8, bias.rounded()))) - input.zero * sums[output])
            },
            window: window, zero: UInt8(input.zero), requantizer: requantizer, kernel: kernel)
    }

    /// Weights with channels last, as images are here.
    func ordered(_ codes: [Int8], _ layer: WeightedLayer, _ shape: [Int]) -> [Int8] {
        let channels: Int, area: Int
        switch layer.kind {
        case .convolution: (channels, area) = (layer.inputs, layer.kernelArea)
        case .dense:
            // Of an image that comes as a row.
            guard shape.count == 3 else { return codes }
            (channels, area) = (shape[2], shape[0] * shape[1])
        }
        var result = codes
        for output in 0..<layer.outputs {
            let start = output * layer.rowLength
            for channel in 0..<channels {
                for place in 0..<area {
                    result[start + place * channels + channel] = codes[start + channel * area + place]
                }
            }
        }
        return result
    }

    /// The largest magnitude that a layer can give, whatever it is given.
    ///
    /// - Parameter most: codes of an input are at most so far from zero's.
    func largest(_ layer: WeightedLayer, _ codes: [Int8], _ scales: [Double], codes most: Int) -> Double {
        (0..<layer.outputs).reduce(1e-30) { largest, output in
            let row = codes[output * layer.rowLength..<(output + 1) * layer.rowLength]
            let sum = row.reduce(0) { $0 + abs(Int($1)) } * most
            return max(largest, Double(sum) * scales[output] + Double(abs(layer.bias?.values[output] ?? 0)))
        }
    }

    /// - Parameter largest: the largest magnitude of what comes in, for a scale of its own.
    func requantizer(_ scales: [Double], _ want: Want, largest: Double) -> (Requantizer, Form) {
        switch want {
        case .codes(let codes):
            return (
                Requantizer(
                    scales.map { multiplier($0 / codes.scale) },
                    to: .codes(zero: Int32(codes.zero), highest: Int32(codes.highest))), .codes(codes)
            )
        case .wide(let wanted):
            let scale = wanted ?? largest / Self.wideLimit
            return (Requantizer(scales.map { multiplier($0 / scale) }, to: .wide), .wide(scale))
        }
    }
}
