/// Looks for the scale of a run of 16 or 32 values that leaves the least weighted squared error.
///
/// Each search tries steps around the one that spans the values, gives every value its nearest code, and solves for the scale (and
/// minimum) of the least error under those codes; the best is then refined by rounding and solving in turn (Lloyd's iteration).
struct RunSearch {
    typealias Lanes = SIMD16<Float>

    let x: UnsafePointer<Float>
    let weights: UnsafePointer<Float>?
    let count: Int

    @inline(__always)
    private func lanes(_ pointer: UnsafePointer<Float>, _ part: Int) -> Lanes {
        UnsafeRawPointer(pointer + part &* 16).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private func weight(_ part: Int) -> Lanes { weights.map { lanes($0, part) } ?? Lanes(repeating: 1) }

    /// Nearest integers, ties to even, within bounds; exact up to 2^22.
    @inline(__always)
    private static func round(_ t: Lanes, _ low: Float, _ high: Float) -> Lanes {
        var t = t
        // What overflowed to no number takes the lowest code.
        t.replace(with: low, where: .!(t .>= low))
        t.replace(with: high, where: t .> high)
        let magic = Lanes(repeating: 12_582_912)
        return (t + magic) - magic
    }

    // MARK: Codes 0 … highest over a minimum

    /// x ≈ scale·q - minimum with scale ≥ 0 and minimum ≥ 0.
    struct Affine {
        var scale: Float = 0
        var minimum: Float = 0
        var error: Double = .infinity
    }

    func affine(highest: Int) -> Affine {
        var low = x[0], high = x[0]
        for i in 1..<count {
            low = Swift.min(low, x[i])
            high = Swift.max(high, x[i])
        }
        low = Swift.min(low, 0)
        guard high > low else { return Affine(scale: 0, minimum: -low, error: 0) }
        let top = Float(highest)
        var best = Affine()
        for step in 0...20 {
            // The inverse overflows for the tiniest spans; their error is nothing in any case.
            let inverse = Swift.min((top - 1 + 0.1 * Float(step)) / (high - low), 1e30)
            var found = solved(inverse: inverse, low: low, top: top)
            // With few levels the codes change much with the scale, and so does what is best for them.
            if highest <= 3, found.scale > 0 {
                let next = solved(inverse: Swift.min(1 / found.scale, 1e30), low: -found.minimum, top: top)
                if next.error < found.error { found = next }
            }
            if found.error < best.error { best = found }
        }
        for _ in 0..<3 where best.scale > 0 {
            let found = solved(inverse: Swift.min(1 / best.scale, 1e30), low: -best.minimum, top: top)
            guard found.error < best.error else { break }
            best = found
        }
        return best
    }

    /// The best scale and minimum for the codes round((x - low)·inverse).
    private func solved(inverse: Float, low: Float, top: Float) -> Affine {
        var w = Lanes(), wq = Lanes(), wqq = Lanes(), wx = Lanes(), wxq = Lanes(), wxx = Lanes()
        for part in 0..<count / 16 {
            let x = lanes(x, part), weight = weight(part)
            let q = Self.round((x - low) * inverse, 0, top)
            w += weight
            wq += weight * q
            wqq += weight * q * q
            wx += weight * x
            wxq += weight * x * q
            wxx += weight * x * x
        }
        let (n, a, b) = (Double(w.sum()), Double(wq.sum()), Double(wqq.sum()))
        let (c, d, e) = (Double(wx.sum()), Double(wxq.sum()), Double(wxx.sum()))
        let determinant = n * b - a * a
        guard determinant > 0 else { return Affine() }
        var scale = (n * d - a * c) / determinant, offset = (b * c - a * d) / determinant
        if offset > 0 {
            offset = 0
            scale = d / b
        }
        guard scale > 0 else { return Affine() }
        let error = e - 2 * (scale * d + offset * c) + scale * scale * b + 2 * scale * offset * a + offset * offset * n
        return Affine(scale: Float(scale), minimum: Float(-offset), error: Swift.max(0, error))
    }

    /// The weighted squared error of the nearest codes under a scale and a minimum as stored.
    func error(scale: Float, minimum: Float, highest: Int) -> Float {
        let inverse = scale > 0 ? Swift.min(1 / scale, 1e30) : 0
        var sum = Lanes()
        for part in 0..<count / 16 {
            let x = lanes(x, part)
            let q = Self.round((x + minimum) * inverse, 0, Float(highest))
            let e = (scale * q - minimum) - x
            sum += weight(part) * e * e
        }
        return sum.sum()
    }

    /// The nearest codes.
    func codes(scale: Float, minimum: Float, highest: Int, into codes: UnsafeMutablePointer<UInt8>) {
        let inverse = scale > 0 ? Swift.min(1 / scale, 1e30) : 0
        for part in 0..<count / 16 {
            let q = Self.round((lanes(x, part) + minimum) * inverse, 0, Float(highest))
            for i in 0..<16 { codes[part &* 16 &+ i] = UInt8(q[i]) }
        }
    }

    // MARK: Codes around zero

    /// x ≈ scale·q with q in low … high; the scale may be negative, so that the largest value of either sign can take `low`.
    func symmetric(low: Int, high: Int) -> (scale: Float, error: Double) {
        var largest = x[0]
        for i in 1..<count where abs(x[i]) > abs(largest) { largest = x[i] }
        guard largest != 0 else { return (0, 0) }
        var best: (scale: Float, error: Double) = (0, .infinity)
        func attempt(_ inverse: Float) {
            guard inverse.isFinite else { return }
            var wqq = Lanes(), wxq = Lanes(), wxx = Lanes()
            for part in 0..<count / 16 {
                let x = lanes(x, part), weight = weight(part)
                let q = Self.round(x * inverse, Float(low), Float(high))
                wqq += weight * q * q
                wxq += weight * x * q
                wxx += weight * x * x
            }
            let b = Double(wqq.sum()), d = Double(wxq.sum())
            guard b > 0 else { return }
            let scale = d / b, error = Double(wxx.sum()) - d * scale
            if error < best.error { best = (Float(scale), error) }
        }
        // Few levels clip more.
        for step in -(low == -4 ? 15 : 9)...9 {
            attempt((Float(low) + 0.1 * Float(step)) / largest)
            attempt((Float(-low) - 0.1 * Float(step)) / largest)
        }
        for _ in 0..<3 where best.scale != 0 { attempt(1 / best.scale) }
        return best
    }

    func error(scale: Float, low: Int, high: Int) -> Float {
        let inverse = scale != 0 ? Swift.max(-1e30, Swift.min(1 / scale, 1e30)) : 0
        var sum = Lanes()
        for part in 0..<count / 16 {
            let x = lanes(x, part)
            let e = scale * Self.round(x * inverse, Float(low), Float(high)) - x
            sum += weight(part) * e * e
        }
        return sum.sum()
    }

    /// The nearest codes, counted from `low`.
    func codes(scale: Float, low: Int, high: Int, into codes: UnsafeMutablePointer<UInt8>) {
        let inverse = scale != 0 ? Swift.max(-1e30, Swift.min(1 / scale, 1e30)) : 0
        for part in 0..<count / 16 {
            let q = Self.round(lanes(x, part) * inverse, Float(low), Float(high))
            for i in 0..<16 { codes[part &* 16 &+ i] = UInt8(Int(q[i]) &- low) }
        }
    }
}
