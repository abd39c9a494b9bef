extension Tape {
    /// LSQ (Esser et al. 2020): v̂ = s·round(clip(v/s, -Q_N, Q_P)), with the step s of each range learnt.
    ///
    /// x [samples, …], step [ranges]. ∂x = ∂y within the range. ∂y/∂s = -x/s + round(x/s) within it, -Q_N below, Q_P above, times
    /// `factor`, which the paper has as 1/√(N·Q_P) for N numbers.
    func learnedStep(_ x: Node, step: Node, grid: CodeGrid, factor: Float) -> Node {
        rounded(x, to: grid, learning: step, factor: factor, step: { step.data[$0] }) { value, range in
            let code = value * (1 / step.data[range])
            if code <= -grid.lowest[range] { return (-grid.lowest[range], false) }
            if code >= grid.highest[range] { return (grid.highest[range], false) }
            return (code.rounded(.toNearestOrEven) - code, true)
        }
    }
}
