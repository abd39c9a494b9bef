extension Tape {
    /// PACT (Choi et al. 2018): y = S·round(clip(x, low, α)/S), S = α/Q_P, with the clip limit α of each range learnt.
    ///
    /// ∂x = ∂y within the range. ∂y/∂α = 1 where x ≥ α. Below zero the grid ends at -Q_N·α/Q_P, at zero after a ReLU: there
    /// ∂y/∂α = -Q_N/Q_P; else it is 0.
    func learnedClip(_ x: Node, limit: Node, grid: CodeGrid) -> Node {
        rounded(x, to: grid, learning: limit, factor: 1, step: { limit.data[$0] / grid.highest[$0] }) { value, range in
            let alpha = limit.data[range], below = grid.lowest[range] / grid.highest[range]
            if value >= alpha { return (1, false) }
            return value >= -below * alpha ? (0, true) : (-below, false)
        }
    }
}
