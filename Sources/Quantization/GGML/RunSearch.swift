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

    /// Σ w·x².
    var power: Float {
        var sum = Lanes()
        for part in 0..<count / 16 {
            let x = lanes(x, part)
            sum += weight(part) * x * x
        }
        return sum.sum()
    }

    /// The standard deviation; nil where it is not a positive number.
    private var spread: Float? {
        var sum = Lanes(), squares = Lanes()
        for part in 0..<count / 16 { sum += lanes(x, part) }
        let mean = sum.sum() / Float(count)
        for part in 0..<count / 16 {
            let d = lanes(x, part) - mean
            squares += d * d
        }
        let variance = squares.sum() / Float(count)
        return variance > 0 && variance.isFinite ? variance.squareRoot() : nil
    }

    /// The least value.
    var lowest: Float {
        var low = x[0]
        for i in 1..<count { low = Swift.min(low, x[i]) }
        return low
    }

    /// Whether some elements count more than others.
    private var isUneven: Bool {
        guard let weights else { return false }
        for i in 1..<count where weights[i] != weights[0] { return true }
        return false
    }

    /// The element whose error costs most if it is lost; nil with equal weights, where it is the largest one that matters.
    private var heaviest: Float? {
        guard let weights, isUneven else { return nil }
        var heavy = 0
        for i in 1..<count where weights[i] * x[i] * x[i] > weights[heavy] * x[heavy] * x[heavy] { heavy = i }
        return x[heavy] == 0 ? nil : x[heavy]
    }

    /// Extremes of the elements that weigh at least a tenth of the heaviest, where others weigh less.
    private var heavyExtremes: (low: Float, high: Float)? {
        guard let weights, isUneven else { return nil }
        var most = weights[0]
        for i in 1..<count { most = Swift.max(most, weights[i]) }
        var low = Float.infinity, high = -Float.infinity, taken = 0
        for i in 0..<count where weights[i] * 10 >= most {
            low = Swift.min(low, x[i])
            high = Swift.max(high, x[i])
            taken += 1
        }
        return taken < count ? (low, high) : nil
    }

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

    /// x ≈ scale·q - minimum with scale ≥ 0, and minimum ≥ 0 unless it may have either sign.
    struct Affine {
        var scale: Float = 0
        var minimum: Float = 0
        var error: Double = .infinity
    }

    /// - Parameter isFree: the minimum is stored with a sign.
    func affine(highest: Int, isFree: Bool = false) -> Affine {
        var low = x[0], high = x[0]
        for i in 1..<count {
            low = Swift.min(low, x[i])
            high = Swift.max(high, x[i])
        }
        if !isFree { low = Swift.min(low, 0) }
        guard high > low else { return Affine(scale: 0, minimum: -low, error: 0) }
        func solved(inverse: Float, low: Float, top: Float) -> Affine {
            self.solved(inverse: inverse, low: low, top: top, isFree: isFree)
        }
        let top = Float(highest)
        var best = Affine()
        for step in 0...20 {
            // The inverse overflows for the tiniest spans; their error is nothing in any case.
            let inverse = Swift.min((top - 1 + 0.1 * Float(step)) / (high - low), 1e30)
            var found = solved(inverse: inverse, low: low, top: top)
            // Codes change with the scale, and so does what is best for them: the best so far is not always the deepest valley.
            if found.scale > 0, highest <= 3 || found.error < 1.25 * best.error {
                let next = solved(inverse: Swift.min(1 / found.scale, 1e30), low: -found.minimum, top: top)
                if next.error < found.error { found = next }
            }
            if found.error < best.error { best = found }
        }
        if let spread = spread, high - low > 4.5 * spread {
            // One value far from the others may do with a level beyond or below its own, if the others then lie better.
            for step in -4...14 where !(-1...1).contains(step) {
                var found = solved(
                    inverse: Swift.min(top * (1 + 0.05 * Float(step)) / (high - low), 1e30), low: low, top: top)
                for _ in 0..<2 where found.scale > 0 {
                    let next = solved(inverse: Swift.min(1 / found.scale, 1e30), low: -found.minimum, top: top)
                    if next.error < found.error { found = next }
                }
                if found.error < best.error { best = found }
            }
        }
        if let heavy = heavyExtremes {
            // Few values decide: they may take any number of the steps, over any of the lower codes.
            let bottom = isFree ? low : Swift.min(heavy.low, 0)
            for steps in 1...highest where heavy.high > bottom {
                let found = solved(
                    inverse: Swift.min(Float(steps) / (heavy.high - bottom), 1e30), low: bottom, top: top)
                if found.error < best.error { best = found }
            }
            for steps in 1...highest where heavy.high > heavy.low {
                let inverse = Swift.min(Float(steps) / (heavy.high - heavy.low), 1e30)
                let below = heavy.low - Float(highest - steps) / 2 / inverse
                for low in [heavy.low, below] {
                    let low = isFree ? low : Swift.min(0, low)
                    let found = solved(inverse: inverse, low: low, top: top)
                    if found.error < best.error { best = found }
                }
            }
        }
        for _ in 0..<3 where best.scale > 0 {
            let found = solved(inverse: Swift.min(1 / best.scale, 1e30), low: -best.minimum, top: top)
            guard found.error < best.error else { break }
            best = found
        }
        return best
    }

    /// The best scale and minimum for the codes round((x - low)·inverse).
    private func solved(inverse: Float, low: Float, top: Float, isFree: Bool) -> Affine {
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
        var scale = 0.0, offset = 0.0
        if determinant > 1e-6 * n * b {
            scale = (n * d - a * c) / determinant
            offset = (b * c - a * d) / determinant
        }
        // Where all values that weigh anything take one code, it is open what is scale and what is offset: the step stays as it is,
        // and above zero there is no offset. Nor is there one where it would be positive, which is not stored.
        if scale <= 0 {
            scale = 1 / Double(inverse)
            offset = n > 0 ? (c - scale * a) / n : 0
        }
        if offset > 0, !isFree {
            guard b > 0 else { return Affine() }
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

    /// The weighted mean of what the nearest levels lie above the values.
    func meanError(scale: Float, minimum: Float, highest: Int) -> Float {
        let inverse = scale > 0 ? Swift.min(1 / scale, 1e30) : 0
        var sum = Lanes(), total = Lanes()
        for part in 0..<count / 16 {
            let x = lanes(x, part), weight = weight(part)
            let q = Self.round((x + minimum) * inverse, 0, Float(highest))
            sum += weight * ((scale * q - minimum) - x)
            total += weight
        }
        return total.sum() > 0 ? sum.sum() / total.sum() : 0
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
        if let heavy = heaviest {
            // It may take any code.
            for code in low...high where code != 0 { attempt(Float(code) / heavy) }
        }
        for _ in 0..<3 where best.scale != 0 { attempt(1 / best.scale) }
        return best
    }

    /// The best of some scales as they are stored: the wished one, its neighbours in Float16, and those that give the heaviest
    /// element any code.
    func storedScale(_ wish: Float, low: Int, high: Int, _ stored: (Float) -> Float) -> Float {
        var best = stored(wish), least = error(scale: best, low: low, high: high)
        func look(_ wish: Float) {
            let scale = stored(wish), error = error(scale: scale, low: low, high: high)
            if error < least { (best, least) = (scale, error) }
        }
        look(Float(Float16(best).nextUp))
        look(Float(Float16(best).nextDown))
        if let heavy = heaviest {
            for code in low...high where code != 0 { look(heavy / Float(code)) }
        }
        return best
    }

    /// Under the nearest codes of a scale: Σ w·x·q and Σ w·q².
    func fit(scale: Float, low: Int, high: Int) -> (product: Double, square: Double) {
        let inverse = scale != 0 ? Swift.max(-1e30, Swift.min(1 / scale, 1e30)) : 0
        var product = Lanes(), square = Lanes()
        for part in 0..<count / 16 {
            let x = lanes(x, part), weight = weight(part)
            let q = Self.round(x * inverse, Float(low), Float(high))
            product += weight * x * q
            square += weight * q * q
        }
        return (Double(product.sum()), Double(square.sum()))
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
