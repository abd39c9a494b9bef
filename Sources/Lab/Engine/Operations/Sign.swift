/// What stands in for the derivative of sign(x), which is zero where it exists (survey III-G1, IV-E).
public enum SignGradient: String, CaseIterable, Sendable {
    /// 1 where |x| ≤ 1, else 0 (BinaryNet, Courbariaux et al. 2016).
    case clipped
    /// 1 everywhere.
    case straight
    /// max(0, 2 - 2·|x|): the derivative of a curve of two parabolas (Bi-Real Net, Liu et al. 2018).
    case polynomial

    @inline(__always)
    func slope(_ x: Float) -> Float {
        switch self {
        case .clipped: abs(x) <= 1 ? 1 : 0
        case .straight: 1
        case .polynomial: max(0, 2 - 2 * abs(x))
        }
    }
}

extension Tape {
    /// y = sign(x), +1 for zero. ∂x = ∂y·`gradient`.
    func sign(_ x: Node, gradient: SignGradient) -> Node {
        let y = node(x.shape, needsGradient: x.gradient != nil), width = x.width
        forEachShard(x.samples) { _, range in
            for i in range.lowerBound * width..<range.upperBound * width { y.data[i] = x.data[i] < 0 ? -1 : 1 }
        }
        record { [unowned self] in
            guard let dy = y.gradient, let dx = x.gradient else { return }
            forEachShard(x.samples) { _, range in
                for i in range.lowerBound * width..<range.upperBound * width {
                    dx[i] += dy[i] * gradient.slope(x.data[i])
                }
            }
        }
        return y
    }

    /// y = α·sign(w), α = mean|w| of each row: what has the least squared error (survey eq. 12).
    ///
    /// w [rows, …] of n numbers a row. ∂w_i = α·∂y_i·`gradient` + sign(w_i)/n·Σ_j ∂y_j·sign(w_j), the second term being the way
    /// through α (Rastegari et al. 2016 keep its diagonal, ∂y_i/n).
    func scaledSign(_ w: Node, gradient: SignGradient) -> Node {
        let y = node(w.shape, needsGradient: w.gradient != nil), n = w.width
        let scales = scratch(w.samples)
        forEachShard(w.samples) { _, rows in
            for row in rows {
                let from = w.data + row * n, to = y.data + row * n
                var sum = 0.0
                for i in 0..<n { sum += Double(abs(from[i])) }
                let scale = Float(sum / Double(n))
                scales[row] = scale
                for i in 0..<n { to[i] = from[i] < 0 ? -scale : scale }
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient, let dw = w.gradient else { return }
            forEachShard(w.samples) { _, rows in
                for row in rows {
                    let from = w.data + row * n, given = dy + row * n, to = dw + row * n
                    var along = 0.0
                    for i in 0..<n { along += Double(from[i] < 0 ? -given[i] : given[i]) }
                    let mean = Float(along / Double(n))
                    for i in 0..<n {
                        to[i] += scales[row] * given[i] * gradient.slope(from[i]) + (from[i] < 0 ? -mean : mean)
                    }
                }
            }
        }
        return y
    }
}
