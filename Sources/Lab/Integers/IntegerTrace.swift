import Integers

/// One layer at work on one sample, step by step: codes, sums, multipliers, results, beside the float network's values.
struct IntegerTrace {
    let layer: IntegerLayer
    let rows: [Row]

    struct Row {
        let output: Int
        /// Σ q·w as the product gives it, and with bias and zero-point made up for.
        let product: Int32
        let sum: Int32
        let multiplier: Dyadic
        /// Before the zero-point is added and codes are clamped.
        let shifted: Int64
        let result: Int32
        /// What the result stands for, and what the float network has there.
        let value: Double
        let float: Float
    }

    /// All outputs of the middle place of the first sample.
    ///
    /// - Parameter float: the layer's output in the float network, [samples, outputs, …] of images, else [samples, …, outputs].
    init(_ layer: IntegerLayer, _ x: IntegerTensor, _ form: IntegerCompiler.Form, float: LayerRecords.Record) {
        self.layer = layer
        let products = layer.products(x), outputs = layer.outputs
        let places = products.count / outputs / x.samples, place = places / 2
        let result = layer.apply(x)
        rows = (0..<outputs).map { output in
            let index = place * outputs + output
            let multipliers = layer.requantizer.multipliers
            let multiplier = multipliers[multipliers.count == 1 ? 0 : output]
            let sum = products[index] + layer.addends[output]
            let value: Double, number: Int32
            switch (result.values, form) {
            case (.codes(let codes), .codes(let known)):
                number = Int32(codes[index])
                value = known.scale * Double(Int(number) - known.zero)
            case (.wide(let wide), .wide(let scale)):
                number = wide[index]
                value = scale * Double(number)
            default: preconditionFailure("a result is what it was made for")
            }
            let isImage = layer.window != nil
            return Row(
                output: output, product: products[index], sum: sum, multiplier: multiplier,
                shifted: multiplier.apply(Int64(sum)), result: number, value: value,
                float: float.values[isImage ? output * places + place : index])
        }
    }

    var table: LabTable {
        LabTable(
            "\(layer.name) step by step",
            // In narrow windows the last ones are left out.
            columns: ["o", "sum", "b/2³¹", "c", "result", "value", "float", "Σq·w", "b", "·b >> c"],
            rows: rows.map { row in
                [
                    .integer(row.output), .integer(Int(row.sum)),
                    .number(Double(row.multiplier.factor) / 2_147_483_648, digits: 3),
                    .integer(Int(row.multiplier.shift)), .integer(Int(row.result)), .number(row.value, digits: 3),
                    .number(Double(row.float), digits: 3), .integer(Int(row.product)),
                    .integer(Int(row.multiplier.factor)), .integer(Int(row.shifted)),
                ]
            },
            note:
                "The middle place of the first test sample: codes by weights with the bias, times b/2^c, plus the zero-point of what follows; beside the float network"
        )
    }
}
