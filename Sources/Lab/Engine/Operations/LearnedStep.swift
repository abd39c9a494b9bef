/// The codes of a uniform quantizer around its zero-point, and which range an element belongs to.
struct CodeGrid: Sendable {
    /// Q_N and Q_P of each range: codes run from -Q_N to Q_P around the code of zero.
    let lowest: [Float]
    let highest: [Float]
    /// Of the elements of one row of memory, after which the same ranges come again; nil where all are one range.
    let map: [Int32]?

    var rangeCount: Int { lowest.count }

    @inline(__always)
    func range(ofElement element: Int) -> Int { map.map { Int($0[element % $0.count]) } ?? 0 }
}

extension Tape {
    /// LSQ (Esser et al. 2020): v̂ = s·round(clip(v/s, -Q_N, Q_P)), with the step s of each range learnt.
    ///
    /// x [samples, …], step [ranges]. ∂x = ∂y within the range. ∂y/∂s = -x/s + round(x/s) within it, -Q_N below, Q_P above, times
    /// `factor`, which the paper has as 1/√(N·Q_P) for N numbers.
    func learnedStep(_ x: Node, step: Node, grid: CodeGrid, factor: Float) -> Node {
        let y = node(x.shape, needsGradient: true), width = x.width
        forEachShard(x.samples) { _, range in
            for i in range.lowerBound * width..<range.upperBound * width {
                let range = grid.range(ofElement: i), s = step.data[range]
                let code = max(-grid.lowest[range], min(grid.highest[range], x.data[i] * (1 / s)))
                y.data[i] = s * code.rounded(.toNearestOrEven)
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            let ds = scratch(step.count)
            ds.clear()
            addOverShards(x.samples, step.count, into: ds) { _, shard, sum in
                for i in shard.lowerBound * width..<shard.upperBound * width {
                    let range = grid.range(ofElement: i), s = step.data[range]
                    let code = x.data[i] * (1 / s)
                    if code <= -grid.lowest[range] {
                        sum[range] -= dy[i] * grid.lowest[range]
                    } else if code >= grid.highest[range] {
                        sum[range] += dy[i] * grid.highest[range]
                    } else {
                        sum[range] += dy[i] * (code.rounded(.toNearestOrEven) - code)
                        x.gradient?[i] += dy[i]
                    }
                }
            }
            if let gradient = step.gradient {
                for range in 0..<step.count { gradient[range] += ds[range] * factor }
            }
        }
        return y
    }

    /// PACT (Choi et al. 2018): y = S·round(clip(x, low, α)/S), S = α/Q_P, with the clip limit α of each range learnt.
    ///
    /// ∂x = ∂y within the range. ∂y/∂α = 1 where x ≥ α, else 0. Below zero the grid ends at -Q_N steps, at zero after a ReLU.
    func learnedClip(_ x: Node, limit: Node, grid: CodeGrid) -> Node {
        let y = node(x.shape, needsGradient: true), width = x.width
        forEachShard(x.samples) { _, range in
            for i in range.lowerBound * width..<range.upperBound * width {
                let range = grid.range(ofElement: i), s = limit.data[range] / grid.highest[range]
                let code = max(-grid.lowest[range], min(grid.highest[range], x.data[i] * (1 / s)))
                y.data[i] = s * code.rounded(.toNearestOrEven)
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            let da = scratch(limit.count)
            da.clear()
            addOverShards(x.samples, limit.count, into: da) { _, shard, sum in
                for i in shard.lowerBound * width..<shard.upperBound * width {
                    let range = grid.range(ofElement: i), alpha = limit.data[range]
                    if x.data[i] >= alpha {
                        sum[range] += dy[i]
                    } else if x.data[i] >= -grid.lowest[range] * alpha / grid.highest[range] {
                        x.gradient?[i] += dy[i]
                    }
                }
            }
            if let gradient = limit.gradient { for range in 0..<limit.count { gradient[range] += da[range] } }
        }
        return y
    }
}
