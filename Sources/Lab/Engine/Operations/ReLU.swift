extension Tape {
    /// y = max(0, x). ∂x = ∂y where x > 0.
    func relu(_ x: Node) -> Node {
        let y = node(x.shape, needsGradient: true), width = x.width
        forEachShard(x.samples) { _, range in
            for i in range.lowerBound * width..<range.upperBound * width { y.data[i] = max(0, x.data[i]) }
        }
        record { [unowned self] in
            guard let dy = y.gradient, let dx = x.gradient else { return }
            forEachShard(x.samples) { _, range in
                for i in range.lowerBound * width..<range.upperBound * width {
                    dx[i] += x.data[i] > 0 ? dy[i] : 0
                }
            }
        }
        return y
    }
}
