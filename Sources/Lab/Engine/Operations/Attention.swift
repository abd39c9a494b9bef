import Platform

extension Tape {
    /// y = softmax(q·kᵀ/√d)·v for each head: what each token takes from all of them.
    ///
    /// q, k and v [samples, tokens, features]; a head has d = features/heads of the features. With P the softmax and ∂P = ∂y·vᵀ:
    /// ∂v = Pᵀ·∂y, ∂scores = P∘(∂P - rowsum(P∘∂P)), ∂q = ∂scores·k/√d, ∂k = ∂scoresᵀ·q/√d.
    func attention(query: Node, key: Node, value: Node, heads: Int) -> Node {
        let tokens = query.shape[1], features = query.shape[2], size = features / heads, samples = query.samples
        precondition(size * heads == features && key.shape == query.shape && value.shape == query.shape)
        let y = node(query.shape, needsGradient: true), scale = 1 / Float(size).squareRoot()
        let shares = scratch(samples * heads * tokens * tokens)
        forEachShard(samples) { _, range in
            for sample in range {
                for head in 0..<heads {
                    let start = sample * tokens * features + head * size
                    let rows = shares + (sample * heads + head) * tokens * tokens
                    for i in 0..<tokens {
                        let row = rows + i * tokens, q = query.data + start + i * features
                        var top = -Float.infinity
                        for j in 0..<tokens {
                            let k = key.data + start + j * features
                            var dot: Float = 0
                            for f in 0..<size { dot += q[f] * k[f] }
                            row[j] = dot * scale
                            top = max(top, row[j])
                        }
                        var sum: Float = 0
                        for j in 0..<tokens {
                            row[j] = exp(row[j] - top)
                            sum += row[j]
                        }
                        let output = y.data + start + i * features
                        for f in 0..<size { output[f] = 0 }
                        for j in 0..<tokens {
                            row[j] /= sum
                            let v = value.data + start + j * features
                            for f in 0..<size { output[f] += row[j] * v[f] }
                        }
                    }
                }
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            forEachShard(samples) { _, range in
                var slopes = [Float](repeating: 0, count: tokens)
                for sample in range {
                    for head in 0..<heads {
                        let start = sample * tokens * features + head * size
                        let rows = shares + (sample * heads + head) * tokens * tokens
                        for i in 0..<tokens {
                            let row = rows + i * tokens, place = start + i * features, given = dy + place
                            var along: Float = 0
                            for j in 0..<tokens {
                                let other = start + j * features
                                var slope: Float = 0
                                for f in 0..<size { slope += given[f] * value.data[other + f] }
                                slopes[j] = slope
                                along += row[j] * slope
                                if let dv = value.gradient {
                                    for f in 0..<size { dv[other + f] += row[j] * given[f] }
                                }
                            }
                            for j in 0..<tokens {
                                let ofScore = row[j] * (slopes[j] - along) * scale, other = start + j * features
                                if let dq = query.gradient {
                                    for f in 0..<size { dq[place + f] += ofScore * key.data[other + f] }
                                }
                                if let dk = key.gradient {
                                    for f in 0..<size { dk[other + f] += ofScore * query.data[place + f] }
                                }
                            }
                        }
                    }
                }
            }
        }
        return y
    }
}
