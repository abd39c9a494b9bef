import Quantization

/// How a gradient passes a rounding whose ranges are given.
enum RoundingGradient: Sendable {
    /// ∂x = ∂y.
    case straight
    /// ∂x = ∂y within the range, 0 where x was clipped.
    case clipped
    /// ∂x = 0: what the derivative is.
    case none
}

extension Tape {
    /// y = Q(x): what a recipe makes of x, stored low and computed with in float.
    ///
    /// - Parameters:
    ///   - reconstruct: writes y, of the elements from `range` on, into the buffer given.
    ///   - limits: of the range of an element, which `.clipped` asks for.
    func rounding(
        _ x: Node, gradient: RoundingGradient, limits: RangeLimits?,
        _ reconstruct: @Sendable (UnsafePointer<Float>, Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) -> Node {
        let y = node(x.shape, needsGradient: x.gradient != nil), width = x.width
        forEachShard(x.samples) { _, range in
            let elements = range.lowerBound * width..<range.upperBound * width
            reconstruct(x.data + elements.lowerBound, elements, y.data + elements.lowerBound)
        }
        passBack(x, y, gradient, limits)
        return y
    }

    /// The same where y is already known.
    func rounding(_ x: Node, gradient: RoundingGradient, limits: RangeLimits?, known: [Float]) -> Node {
        let y = node(x.shape, needsGradient: x.gradient != nil)
        y.data.copy(known)
        passBack(x, y, gradient, limits)
        return y
    }

    private func passBack(_ x: Node, _ y: Node, _ gradient: RoundingGradient, _ limits: RangeLimits?) {
        guard let dy = y.gradient, let dx = x.gradient else { return }
        let width = x.width
        record { [unowned self] in
            switch (gradient, limits) {
            case (.none, _): break
            case (.clipped, let limits?):
                forEachShard(x.samples) { _, range in
                    for i in range.lowerBound * width..<range.upperBound * width {
                        let range = limits.range(ofElement: i), value = x.data[i]
                        if value >= limits.low[range], value <= limits.high[range] { dx[i] += dy[i] }
                    }
                }
            case (.straight, _), (.clipped, nil):
                forEachShard(x.samples) { _, range in
                    for i in range.lowerBound * width..<range.upperBound * width { dx[i] += dy[i] }
                }
            }
        }
    }
}
