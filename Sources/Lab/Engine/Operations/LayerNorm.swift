extension Tape {
    /// y = γ·(x - μ)/√(σ² + ε) + β with μ and σ² of each row of the last axis.
    ///
    /// x [samples, …, features], γ and β [features]. With x̂ the normalized row and g = γ·∂y:
    /// ∂x = (g - mean(g) - x̂·mean(g·x̂))/√(σ² + ε), ∂γ = Σ ∂y·x̂, ∂β = Σ ∂y.
    func layerNorm(_ x: Node, gamma: Node, beta: Node, epsilon: Float) -> Node {
        let features = gamma.count, rows = x.width / features
        let y = node(x.shape, needsGradient: true)
        let normalized = scratch(x.count), inverse = scratch(x.samples * rows)
        forEachShard(x.samples) { _, range in
            for row in range.lowerBound * rows..<range.upperBound * rows {
                let from = x.data + row * features, middle = normalized + row * features, to = y.data + row * features
                let mean = Float(Self.sum(from, features) / Double(features))
                let variance = Self.squares(from, features, around: mean) / Double(features)
                let scale = Float(1 / (variance + Double(epsilon)).squareRoot())
                inverse[row] = scale
                for i in 0..<features {
                    middle[i] = (from[i] - mean) * scale
                    to[i] = gamma.data[i] * middle[i] + beta.data[i]
                }
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            let sums = scratch(2 * features)
            sums.clear()
            addOverShards(x.samples, 2 * features, into: sums) { _, range, sum in
                for row in range.lowerBound * rows..<range.upperBound * rows {
                    let given = dy + row * features, middle = normalized + row * features
                    var mean = 0.0, along = 0.0
                    for i in 0..<features {
                        sum[i] += given[i] * middle[i]
                        sum[features + i] += given[i]
                        let g = Double(gamma.data[i] * given[i])
                        mean += g
                        along += g * Double(middle[i])
                    }
                    guard let dx = x.gradient else { continue }
                    let (a, b) = (Float(mean / Double(features)), Float(along / Double(features)))
                    let to = dx + row * features
                    for i in 0..<features {
                        to[i] += inverse[row] * (gamma.data[i] * given[i] - a - middle[i] * b)
                    }
                }
            }
            for i in 0..<features {
                gamma.gradient?[i] += sums[i]
                beta.gradient?[i] += sums[features + i]
            }
        }
        return y
    }
}
