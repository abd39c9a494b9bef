/// A layer whose weights are ±α and whose input is ±1, computed by counting bits.
struct SignLayer: Sendable {
    /// [inputs of an output, outputs], packed once.
    private let weights: SignColumns
    /// α of each output.
    private let scales: [Float]
    private let bias: [Float]?
    private let window: ConvolutionWindow?
    /// The sum of weights that lie over padding, [outputs, places]: its zeros are stored as +1.
    private let overPadding: [Int32]

    /// - Parameters:
    ///   - weights: ±α, as they are computed with in float; the sign of a weight and the scale of its output are taken from them.
    ///   - inputShape: of one sample.
    init(_ layer: WeightedLayer, weights: [Float], inputShape: [Int]) {
        let length = layer.rowLength
        self.weights = SignColumns(rows: length, columns: layer.outputs) { weights[$1 * length + $0] < 0 }
        scales = (0..<layer.outputs).map { abs(weights[$0 * length]) }
        bias = layer.bias?.array
        guard case .convolution(let padding) = layer.kind else {
            window = nil
            overPadding = []
            return
        }
        let window = ConvolutionWindow(
            channels: inputShape[0], height: inputShape[1], width: inputShape[2], side: layer.weight.shape[2],
            padding: padding)
        self.window = window
        let places = window.places, ones = [Float](repeating: 1, count: inputShape.reduce(1, *))
        var inside = [Float](repeating: 0, count: window.patch * places)
        window.unfold(ones, into: &inside)
        overPadding = (0..<layer.outputs * places).map { element in
            let (output, place) = (element / places, element % places)
            return (0..<length).reduce(Int32(0)) { sum, row in
                guard inside[row * places + place] == 0 else { return sum }
                return sum + (weights[output * length + row] < 0 ? -1 : 1)
            }
        }
    }

    /// Of signs [samples, …].
    func apply(_ x: Node, on tape: Tape) -> Node {
        let outputs = weights.columns, length = weights.rows, inputs = x.width
        // Of a dense layer a place is a token, where there are tokens.
        let places = window?.places ?? inputs / length
        let shape =
            window.map { [x.samples, outputs, $0.outputHeight, $0.outputWidth] }
            ?? (places == 1 ? [x.samples, outputs] : [x.samples, places, outputs])
        let y = tape.node(shape, needsGradient: false)
        tape.forEachShard(x.samples) { _, range in
            var product = [Int32](repeating: 0, count: places * outputs)
            var patches = [Float](repeating: 0, count: window == nil ? 0 : length * places)
            for sample in range {
                let signs = x.data + sample * inputs, result = y.data + sample * outputs * places
                let rows: SignRows
                if let window {
                    window.unfold(signs, into: &patches)
                    rows = SignRows(rows: places, columns: length) { patches[$1 * places + $0] < 0 }
                } else {
                    rows = SignRows(signs, rows: places, columns: length)
                }
                SignProduct.multiply(rows, weights, into: &product)
                for place in 0..<places {
                    for output in 0..<outputs {
                        var count = product[place * outputs + output]
                        if !overPadding.isEmpty { count -= overPadding[output * places + place] }
                        let element = window == nil ? place * outputs + output : output * places + place
                        result[element] = scales[output] * Float(count) + (bias?[output] ?? 0)
                    }
                }
            }
        }
        return y
    }
}
