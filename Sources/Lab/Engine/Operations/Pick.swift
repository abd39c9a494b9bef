extension Tape {
    /// Channels of x in another order, some of them more than once: y[i] = x[places[i]]. The gradients of copies add up.
    ///
    /// - Parameter width: numbers of a channel.
    func pick(_ x: Node, _ places: [Int], width: Int, shape: [Int]) -> Node {
        let y = node([x.samples] + shape, needsGradient: true), from = x.width
        forEachShard(x.samples) { _, range in
            for sample in range {
                for (i, place) in places.enumerated() {
                    (y.data + (sample * places.count + i) * width).update(
                        from: x.data + sample * from + place * width, count: width)
                }
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient, let dx = x.gradient else { return }
            forEachShard(x.samples) { _, range in
                for sample in range {
                    for (i, place) in places.enumerated() {
                        let source = dy + (sample * places.count + i) * width
                        let target = dx + sample * from + place * width
                        for j in 0..<width { target[j] += source[j] }
                    }
                }
            }
        }
        return y
    }
}
