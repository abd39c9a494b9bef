extension Tape {
    /// An image as a row of square patches: x [samples, channels, height, width] → [samples, tokens, channels·side·side], patch after
    /// patch from the upper left; what does not fill a patch at the right and below is left out. ∂x = ∂y where it went.
    func patches(_ x: Node, side: Int) -> Node {
        let places = PatchOrder(channels: x.shape[1], height: x.shape[2], width: x.shape[3], side: side)
        return pick(x, places.elements, width: 1, shape: [places.tokens, places.length])
    }

    /// y = x + p for each sample: what tells tokens apart. x [samples, …], p one sample. ∂p = Σ over samples of ∂y.
    func addToEach(_ x: Node, _ p: Node) -> Node {
        let width = x.width
        precondition(p.count == width, "a number for each of a sample's")
        let y = node(x.shape, needsGradient: true)
        forEachShard(x.samples) { _, range in
            for sample in range {
                for i in 0..<width { y.data[sample * width + i] = x.data[sample * width + i] + p.data[i] }
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            if let dx = x.gradient {
                forEachShard(x.samples) { _, range in
                    for i in range.lowerBound * width..<range.upperBound * width { dx[i] += dy[i] }
                }
            }
            if let dp = p.gradient {
                addOverShards(x.samples, width, into: dp) { _, range, sum in
                    for sample in range { for i in 0..<width { sum[i] += dy[sample * width + i] } }
                }
            }
        }
        return y
    }
}

/// Which pixels of an image each number of its patches is.
struct PatchOrder: Sendable {
    let tokens: Int
    /// Numbers of a patch.
    let length: Int
    let elements: [Int]

    init(channels: Int, height: Int, width: Int, side: Int) {
        let (down, across) = (height / side, width / side)
        tokens = down * across
        length = channels * side * side
        var elements: [Int] = []
        for token in 0..<tokens {
            for channel in 0..<channels {
                for row in 0..<side {
                    for column in 0..<side {
                        let (y, x) = (token / across * side + row, token % across * side + column)
                        elements.append((channel * height + y) * width + x)
                    }
                }
            }
        }
        self.elements = elements
    }
}
