extension Tape {
    /// PACT (Choi et al. 2018): y = S·round(clip(x, low, α)/S), S = α/Q_P, with the clip limit α of each range learnt.
    ///
    /// ∂x = ∂y within the range. ∂y/∂α = 1 where x ≥ α. Below zero the grid ends at -Q_N·α/Q_P, at zero after a ReLU: there
    /// ∂y/∂α = -Q_N/Q_P; else it is 0.
    func learnedClip(_ x: Node, limit: Node, grid: CodeGrid) -> Node {
        let y = rounded(x, to: grid) { limit.data[$0] / grid.highest[$0] }
        let width = x.width
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
                    } else {
                        sum[range] -= dy[i] * grid.lowest[range] / grid.highest[range]
                    }
                }
            }
            if let gradient = limit.gradient { for range in 0..<limit.count { gradient[range] += da[range] } }
        }
        return y
    }
}
