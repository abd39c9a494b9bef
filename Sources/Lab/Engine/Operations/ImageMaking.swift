import Platform

extension Tape {
    /// Every pixel as a square of 2×2: x [samples, channels, height, width] → [samples, channels, 2·height, 2·width].
    ///
    /// ∂x = the sum over the square.
    func upsample(_ x: Node) -> Node {
        let height = x.shape[2], width = x.shape[3], channels = x.shape[1]
        let y = node([x.samples, channels, 2 * height, 2 * width], needsGradient: true)
        forEachShard(x.samples) { _, range in
            for line in range.lowerBound * channels * height..<range.upperBound * channels * height {
                let from = x.data + line * width, upper = y.data + 4 * line * width, lower = upper + 2 * width
                for column in 0..<2 * width {
                    upper[column] = from[column / 2]
                    lower[column] = from[column / 2]
                }
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient, let dx = x.gradient else { return }
            forEachShard(x.samples) { _, range in
                for line in range.lowerBound * channels * height..<range.upperBound * channels * height {
                    let to = dx + line * width, upper = dy + 4 * line * width, lower = upper + 2 * width
                    for column in 0..<width {
                        let pair = 2 * column
                        to[column] += (upper[pair] + upper[pair + 1]) + (lower[pair] + lower[pair + 1])
                    }
                }
            }
        }
        return y
    }

    /// The same numbers in another shape of a sample.
    func reshape(_ x: Node, to shape: [Int]) -> Node {
        precondition(shape.reduce(1, *) == x.width, "as many numbers")
        return Node(shape: [x.samples] + shape, data: x.data, gradient: x.gradient)
    }

    /// y = low + (high - low)·s, s = 1/(1 + exp(-x)). ∂x = ∂y·(high - low)·s·(1 - s).
    func sigmoid(_ x: Node, range bounds: ClosedRange<Float>) -> Node {
        let low = bounds.lowerBound, span = bounds.upperBound - low
        let y = node(x.shape, needsGradient: true), width = x.width
        forEachShard(x.samples) { _, range in
            for i in range.lowerBound * width..<range.upperBound * width {
                y.data[i] = low + span / (1 + exp(-x.data[i]))
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient, let dx = x.gradient else { return }
            forEachShard(x.samples) { _, range in
                for i in range.lowerBound * width..<range.upperBound * width {
                    let share = 1 / (1 + exp(-x.data[i]))
                    dx[i] += dy[i] * span * share * (1 - share)
                }
            }
        }
        return y
    }
}
