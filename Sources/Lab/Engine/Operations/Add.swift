extension Tape {
    /// y = a + b, as where a residual branch comes back. Both get the whole gradient.
    func add(_ a: Node, _ b: Node) -> Node {
        precondition(a.shape == b.shape, "terms of one shape")
        let y = node(a.shape, needsGradient: true), width = a.width
        forEachShard(a.samples) { _, range in
            for i in range.lowerBound * width..<range.upperBound * width { y.data[i] = a.data[i] + b.data[i] }
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            for term in [a, b] {
                guard let dx = term.gradient else { continue }
                forEachShard(a.samples) { _, range in
                    for i in range.lowerBound * width..<range.upperBound * width { dx[i] += dy[i] }
                }
            }
        }
        return y
    }
}
