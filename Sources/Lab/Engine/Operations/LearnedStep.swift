extension Tape {
    /// LSQ (Esser et al. 2020): v̂ = s·round(clip(v/s, -Q_N, Q_P)), with the step s of each range learnt.
    ///
    /// x [samples, …], step [ranges]. ∂x = ∂y within the range. ∂y/∂s = -x/s + round(x/s) within it, -Q_N below, Q_P above, times
    /// `factor`, which the paper has as 1/√(N·Q_P) for N numbers.
    func learnedStep(_ x: Node, step: Node, grid: CodeGrid, factor: Float) -> Node {
        let y = rounded(x, to: grid) { step.data[$0] }
        let width = x.width
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
}
