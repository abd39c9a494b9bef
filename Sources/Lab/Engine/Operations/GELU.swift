import Platform

extension Tape {
    /// y = x·Φ(x) = x/2·(1 + erf(x/√2)). ∂x = ∂y·(Φ(x) + x·φ(x)).
    func gelu(_ x: Node) -> Node {
        let y = node(x.shape, needsGradient: true), width = x.width
        forEachShard(x.samples) { _, range in
            for i in range.lowerBound * width..<range.upperBound * width {
                y.data[i] = x.data[i] * 0.5 * (1 + erf(x.data[i] * Float(0.5).squareRoot()))
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient, let dx = x.gradient else { return }
            forEachShard(x.samples) { _, range in
                for i in range.lowerBound * width..<range.upperBound * width {
                    let value = x.data[i]
                    let share = 0.5 * (1 + erf(value * Float(0.5).squareRoot()))
                    let density = exp(-value * value / 2) / (2 * Float.pi).squareRoot()
                    dx[i] += dy[i] * (share + value * density)
                }
            }
        }
        return y
    }
}
