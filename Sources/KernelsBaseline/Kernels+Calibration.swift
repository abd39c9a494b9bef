public import KernelTypes

/// Sums that calibrators ask for.
extension Kernels {
    /// Adds up `lanes(i)` for every sixteen elements and `single(i)` for those that are left, in Float over blocks and in
    /// Double over all.
    @inline(__always)
    private static func total(_ count: Int, lanes: (Int) -> Lanes, single: (Int) -> Float) -> Double {
        var result = 0.0, i = 0
        while i &+ 16 <= count {
            let end = min(count, i &+ block)
            var sum = Lanes(repeating: 0)
            while i &+ 16 <= end {
                sum += lanes(i)
                i &+= 16
            }
            result += total(sum)
            if end == count { break }
        }
        while i < count {
            result += Double(single(i))
            i &+= 1
        }
        return result
    }

    /// Σ|x̂ - x| times the factor for one grid and rounding to nearest even.
    ///
    /// Searches call it for short ranges by the million: written out it is twice as fast as by `total(_:lanes:single:)`.
    public static func absoluteError(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, factor: Float
    ) -> Double {
        let low = Lanes(repeating: grid.low), high = Lanes(repeating: grid.high)
        var result = 0.0, i = 0
        while i &+ 16 <= count {
            let end = min(count, i &+ block)
            var sum = Lanes(repeating: 0)
            while i &+ 16 <= end {
                let a = load(x, i)
                var t = a * grid.inverse
                t.replace(with: low, where: t .< low)
                t.replace(with: high, where: t .> high)
                sum += magnitude((((t + magic) - magic) * grid.scale - a) * factor)
                i &+= 16
            }
            result += total(sum)
            if end == count { break }
        }
        while i < count {
            let t = max(grid.low, min(grid.high, x[i] * grid.inverse))
            result += Double(abs((((t + magic) - magic) * grid.scale - x[i]) * factor))
            i &+= 1
        }
        return result
    }

    /// Σ|x·factor - pivot|.
    public static func absoluteDeviation(
        _ x: UnsafePointer<Float>, _ count: Int, factor: Float, pivot: Float
    ) -> Double {
        total(count) {
            magnitude(load(x, $0) * factor - pivot)
        } single: {
            abs(x[$0] * factor - pivot)
        }
    }

    /// Σ(y - x)² times the factor's square.
    public static func squaredDistance(
        _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int, factor: Float
    ) -> Double {
        total(count) { i in
            let d = (load(y, i) - load(x, i)) * factor
            return d * d
        } single: { i in
            let d = (y[i] - x[i]) * factor
            return d * d
        }
    }

    /// How many magnitudes are at least `high`, their sum times the factor, and those magnitudes from `low` up to it, which are
    /// written to `output` (room for `count`).
    public static func tails(
        _ x: UnsafePointer<Float>, _ count: Int, low: Float, high: Float, factor: Float,
        _ output: UnsafeMutablePointer<Float>
    ) -> KernelTails {
        var result = KernelTails(), i = 0
        let one = Words(repeating: 1)
        while i &+ 16 <= count {
            let end = min(count, i &+ block)
            var sum = Lanes(repeating: 0), above = Words(repeating: 0)
            while i &+ 16 <= end {
                let m = magnitude(load(x, i))
                let isAbove = m .>= high
                above.replace(with: above &+ one, where: isAbove)
                sum.replace(with: sum + m * factor, where: isAbove)
                let isBetween = (m .>= low) .& .!isAbove
                if any(isBetween) {
                    for lane in 0..<16 where isBetween[lane] {
                        output[result.betweenCount] = m[lane]
                        result.betweenCount &+= 1
                    }
                }
                i &+= 16
            }
            result.aboveCount &+= Self.sum(above)
            result.aboveSum += total(sum)
            if end == count { break }
        }
        while i < count {
            let m = abs(x[i])
            if m >= high {
                result.aboveCount &+= 1
                result.aboveSum += Double(m * factor)
            } else if m >= low {
                output[result.betweenCount] = m
                result.betweenCount &+= 1
            }
            i &+= 1
        }
        return result
    }

    /// Counts magnitudes into `bins` equal bins (at most 2,048) over [0, largest], exactly by the edges largest·j/bins in
    /// Double; the last bin holds its upper edge. `counts` are four tables of `bins` that belong together.
    public static func countMagnitudes(
        _ x: UnsafePointer<Float>, _ count: Int, largest: Float, bins: Int, _ counts: UnsafeMutablePointer<UInt32>
    ) {
        let width = Double(largest) / Double(bins), last = UInt32(bins &- 1)
        /// By division in Double, which is right but at an edge, and there by the edge itself.
        func exact(_ m: Float) -> UInt32 {
            var bin = min(Int(Double(m) / width), bins &- 1)
            if bin > 0, Double(m) < Double(largest) * (Double(bin) / Double(bins)) { bin &-= 1 }
            if bin < bins &- 1, Double(m) >= Double(largest) * (Double(bin &+ 1) / Double(bins)) { bin &+= 1 }
            return UInt32(bin)
        }
        // Powers of two aside, so that the slope is a normal number.
        let factor = Float(sign: .plus, exponent: max(-126, min(127, -Int(largest.exponent))), significand: 1)
        let slope = Float(Double(bins) / (Double(largest) * Double(factor)))
        // Two roundings of at most 2^-24 each, on numbers up to 2,048.
        let doubt = Float(bins) * 0x1p-22
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: block) { buffer in
            guard let numbers = buffer.baseAddress else { return }
            let shift = Lanes(repeating: magic), low = Lanes(repeating: doubt), high = Lanes(repeating: 1 - doubt)
            var i = 0
            while i &+ 16 <= count {
                let size = min(count &- i, block) & ~15
                var j = 0
                while j < size {
                    let m = magnitude(load(x, i &+ j))
                    let t = m * factor * slope
                    var r = (t + shift) - shift
                    r.replace(with: r - 1, where: r .> t)
                    let fraction = t - r
                    let words = unsafeBitCast(r + shift, to: Words.self) &- Words(repeating: magicBits)
                    UnsafeMutableRawPointer(numbers + j).storeBytes(of: words, as: Words.self)
                    let isDoubtful = (fraction .< low) .| (fraction .> high) .| (words .> last)
                    if any(isDoubtful) {
                        for lane in 0..<16 where isDoubtful[lane] { numbers[j &+ lane] = exact(m[lane]) }
                    }
                    j &+= 16
                }
                scatter(numbers, size, counts, bins)
                i &+= size
            }
            while i < count {
                counts[Int(exact(abs(x[i])))] &+= 1
                i &+= 1
            }
        }
    }

    /// Counts finite elements into bins between equal edges, exactly as the edges say: `counts[0]` below the first, then the bins,
    /// then above the last; a bin holds its lower edge, the last one its upper edge too. `counts` are four tables of `bins + 2`
    /// that belong together.
    ///
    /// Found in Float32 where that leaves no doubt, and by the edges themselves near them.
    public static func countEdges(
        _ x: UnsafePointer<Float>, _ count: Int, edges: UnsafePointer<Double>, bins: Int,
        _ counts: UnsafeMutablePointer<UInt32>
    ) {
        let first = edges[0], last = edges[bins], slope = Double(bins) / (last - first)
        func exact(_ value: Float) -> UInt32 {
            let v = Double(value)
            guard v >= first else { return 0 }
            guard v <= last else { return UInt32(bins &+ 1) }
            let guess = (v - first) * slope
            var bin = guess.isFinite ? max(0, min(bins &- 1, Int(guess))) : 0
            while bin > 0, v < edges[bin] { bin &-= 1 }
            while bin < bins &- 1, v >= edges[bin &+ 1] { bin &+= 1 }
            return UInt32(bin &+ 1)
        }
        // The first edge, the difference, the slope and the product are each rounded.
        let size = max(abs(first), abs(last)) * slope
        let doubt = Float(size * 0x1p-22 + Double(bins) * 0x1p-21), low = Float(first), factor = Float(slope)
        guard doubt < 0.25, low.isFinite, factor.isNormal, (Float(last) - low).isFinite,
            Float(2 * max(abs(first), abs(last))).isFinite
        else {
            for i in 0..<count { counts[Int(exact(x[i]))] &+= 1 }
            return
        }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: block) { buffer in
            guard let numbers = buffer.baseAddress else { return }
            let shift = Lanes(repeating: magic), one = Lanes(repeating: 1), none = Lanes(repeating: 0)
            let near = Lanes(repeating: doubt), far = Lanes(repeating: 1 - doubt)
            let bottom = Lanes(repeating: -1), top = Lanes(repeating: Float(bins))
            var i = 0
            while i &+ 16 <= count {
                let size = min(count &- i, block) & ~15
                var j = 0
                while j < size {
                    let a = load(x, i &+ j)
                    var t = (a - Lanes(repeating: low)) * factor
                    t.replace(with: bottom, where: t .< bottom)
                    t.replace(with: top + one, where: t .> top + one)
                    var r = (t + shift) - shift
                    r.replace(with: r - one, where: r .> t)
                    let fraction = t - r
                    // Beyond an end by more than the doubt nothing is doubtful.
                    let isInside = (t .> none - near) .& (t .< top + near)
                    let isDoubtful = isInside .& ((fraction .< near) .| (fraction .> far))
                    r.replace(with: top, where: r .> top)
                    let words = unsafeBitCast(r + one + shift, to: Words.self) &- Words(repeating: magicBits)
                    UnsafeMutableRawPointer(numbers + j).storeBytes(of: words, as: Words.self)
                    if any(isDoubtful) {
                        for lane in 0..<16 where isDoubtful[lane] { numbers[j &+ lane] = exact(a[lane]) }
                    }
                    j &+= 16
                }
                scatter(numbers, size, counts, bins &+ 2)
                i &+= size
            }
            while i < count {
                counts[Int(exact(x[i]))] &+= 1
                i &+= 1
            }
        }
    }
}
