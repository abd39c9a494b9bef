extension Tape {
    /// y = x·Wᵀ + b.
    ///
    /// x [samples, inputs], W [outputs, inputs], b [outputs] → y [samples, outputs].
    /// ∂x = ∂y·W, ∂W = Σ over samples of ∂yᵀ·x, ∂b = Σ ∂y.
    func dense(_ x: Node, weight: Node, bias: Node?) -> Node {
        let samples = x.samples, inputs = x.width, outputs = weight.shape[0]
        precondition(weight.count == outputs * inputs, "a row of weights for every output")
        let y = node([samples, outputs], needsGradient: true)
        forEachShard(samples) { _, range in
            let start = y.data + range.lowerBound * outputs
            if let bias {
                for row in 0..<range.count {
                    (start + row * outputs).update(from: bias.data.base, count: outputs)
                }
            }
            MatrixProduct.multiply(
                x.data + range.lowerBound * inputs, weight.data.base, isBTransposed: true, rows: range.count,
                columns: outputs, inner: inputs, keeping: bias == nil ? 0 : 1, into: start)
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            if let dx = x.gradient {
                forEachShard(samples) { _, range in
                    MatrixProduct.multiply(
                        dy + range.lowerBound * outputs, weight.data.base, rows: range.count, columns: inputs,
                        inner: outputs, keeping: 1, into: dx + range.lowerBound * inputs)
                }
            }
            if let dw = weight.gradient {
                addOverShards(samples, weight.count, into: dw) { _, range, sum in
                    MatrixProduct.multiply(
                        dy + range.lowerBound * outputs, isATransposed: true, x.data + range.lowerBound * inputs,
                        rows: outputs, columns: inputs, inner: range.count, keeping: 1, into: sum)
                }
            }
            if let db = bias?.gradient {
                for sample in 0..<samples {
                    let row = dy + sample * outputs
                    for output in 0..<outputs { db[output] += row[output] }
                }
            }
        }
        return y
    }
}
