extension Tape {
    /// y = x·Wᵀ + b.
    ///
    /// x [samples, inputs] or [samples, tokens, inputs], W [outputs, inputs], b [outputs] → y of as many rows of outputs.
    /// ∂x = ∂y·W, ∂W = Σ over samples of ∂yᵀ·x, ∂b = Σ ∂y.
    func dense(_ x: Node, weight: Node, bias: Node?) -> Node {
        let outputs = weight.shape[0], inputs = weight.count / outputs
        // A row of each token, where there are tokens; an image is one row.
        let tokens = x.width / inputs, samples = x.samples
        precondition(x.width == tokens * inputs, "a weight for every input")
        let y = node(tokens == 1 ? [samples, outputs] : [samples, tokens, outputs], needsGradient: true)
        @Sendable func rows(_ samples: Range<Int>) -> Range<Int> {
            samples.lowerBound * tokens..<samples.upperBound * tokens
        }
        forEachShard(samples) { _, range in
            let range = rows(range)
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
                    let range = rows(range)
                    MatrixProduct.multiply(
                        dy + range.lowerBound * outputs, weight.data.base, rows: range.count, columns: inputs,
                        inner: outputs, keeping: 1, into: dx + range.lowerBound * inputs)
                }
            }
            if let dw = weight.gradient {
                addOverShards(samples, weight.count, into: dw) { _, range, sum in
                    let range = rows(range)
                    MatrixProduct.multiply(
                        dy + range.lowerBound * outputs, isATransposed: true, x.data + range.lowerBound * inputs,
                        rows: outputs, columns: inputs, inner: range.count, keeping: 1, into: sum)
                }
            }
            if let db = bias?.gradient {
                for place in 0..<samples * tokens {
                    let row = dy + place * outputs
                    for output in 0..<outputs { db[output] += row[output] }
                }
            }
        }
        return y
    }
}
