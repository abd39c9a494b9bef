public import KernelTypes

/// The loops over all elements, written for sixteen lanes.
///
/// This one file is built three times (for the baseline, x86-64-v3 and x86-64-v4); the lanes, and the order in which they are
/// added, are the same in all, so results are too. Spelling matters more than anything here: `replace(with:where:)` instead of
/// `pointwiseMin`, adding 1.5·2²³ instead of `rounded()`, and integer lanes by bit casts, are 25 to 40 times faster than
/// their obvious forms. Float accumulators hold 2,048 elements at most and are folded into Double.
public enum Kernels: KernelSet {
    public typealias Lanes = SIMD16<Float>
    typealias Words = SIMD16<UInt32>

    /// Elements that Float accumulators take before they are folded.
    public static var block: Int { 2_048 }

    /// Adding this to |r| < 2²² rounds r to a whole number, ties to even, and leaves it in the low bits.
    @inline(__always) static var magic: Float { 12_582_912 }
    @inline(__always) static var magicBits: UInt32 { 0x4B40_0000 }

    @inline(__always)
    static func total(_ v: Lanes) -> Double {
        let a = v.lowHalf + v.highHalf, b = a.lowHalf + a.highHalf, c = b.lowHalf + b.highHalf
        return Double(c.x + c.y)
    }

    @inline(__always)
    static func magnitude(_ v: Lanes) -> Lanes {
        unsafeBitCast(unsafeBitCast(v, to: Words.self) & Words(repeating: 0x7FFF_FFFF), to: Lanes.self)
    }

    @inline(__always)
    static func load(_ source: UnsafePointer<Float>, _ index: Int) -> Lanes {
        UnsafeRawPointer(source + index).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    static func least(_ v: Lanes) -> Float {
        var a = v.lowHalf
        let b = v.highHalf
        a.replace(with: b, where: b .< a)
        var c = a.lowHalf
        let d = a.highHalf
        c.replace(with: d, where: d .< c)
        var e = c.lowHalf
        let f = c.highHalf
        e.replace(with: f, where: f .< e)
        return e.x < e.y ? e.x : e.y
    }

    @inline(__always)
    static func greatest(_ v: Lanes) -> Float { -least(-v) }

    @inline(__always)
    static func sum(_ v: Words) -> Int {
        let a = v.lowHalf &+ v.highHalf, b = a.lowHalf &+ a.highHalf, c = b.lowHalf &+ b.highHalf
        return Int(c.x &+ c.y)
    }

    // MARK: First pass

    /// The extremes of finite elements.
    public static func range(_ x: UnsafePointer<Float>, _ count: Int) -> (low: Float, high: Float) {
        var i = 0
        var lowest = Float.infinity, highest = -Float.infinity
        if count >= 16 {
            var low = load(x, 0), high = low
            i = 16
            while i &+ 16 <= count {
                let a = load(x, i)
                low.replace(with: a, where: a .< low)
                high.replace(with: a, where: a .> high)
                i &+= 16
            }
            lowest = least(low)
            highest = greatest(high)
        }
        while i < count {
            if x[i] < lowest { lowest = x[i] }
            if x[i] > highest { highest = x[i] }
            i &+= 1
        }
        return (lowest, highest)
    }

    /// Extremes, zeros, and whether any element is not finite. NaN does not enter the extremes, infinities do.
    public static func extremes(_ x: UnsafePointer<Float>, _ count: Int) -> KernelExtremes {
        var result = KernelExtremes()
        var low = Lanes(repeating: .infinity), high = Lanes(repeating: -.infinity)
        var top = Words(repeating: 0), zeros = Words(repeating: 0)
        let one = Words(repeating: 1), mask = Words(repeating: 0x7FFF_FFFF), none = Lanes(repeating: 0)
        var i = 0
        while i &+ 16 <= count {
            let a = load(x, i)
            low.replace(with: a, where: a .< low)
            high.replace(with: a, where: a .> high)
            let bits = unsafeBitCast(a, to: Words.self) & mask
            top.replace(with: bits, where: bits .> top)
            zeros.replace(with: zeros &+ one, where: a .== none)
            i &+= 16
        }
        result.minimum = least(low)
        result.maximum = greatest(high)
        result.magnitudeBits = top.max()
        result.zeroCount = sum(zeros)
        while i < count {
            let a = x[i]
            if a < result.minimum { result.minimum = a }
            if a > result.maximum { result.maximum = a }
            result.magnitudeBits = max(result.magnitudeBits, a.bitPattern & 0x7FFF_FFFF)
            if a == 0 { result.zeroCount &+= 1 }
            i &+= 1
        }
        return result
    }

    /// Lowers `low[i]` and raises `high[i]` to hold x[i].
    public static func widenColumns(
        _ x: UnsafePointer<Float>, _ count: Int, _ low: UnsafeMutablePointer<Float>, _ high: UnsafeMutablePointer<Float>
    ) {
        var i = 0
        while i &+ 16 <= count {
            let a = load(x, i)
            var l = load(low, i), h = load(high, i)
            l.replace(with: a, where: a .< l)
            h.replace(with: a, where: a .> h)
            UnsafeMutableRawPointer(low + i).storeBytes(of: l, as: Lanes.self)
            UnsafeMutableRawPointer(high + i).storeBytes(of: h, as: Lanes.self)
            i &+= 16
        }
        while i < count {
            if x[i] < low[i] { low[i] = x[i] }
            if x[i] > high[i] { high[i] = x[i] }
            i &+= 1
        }
    }

    /// The sum of x·factor.
    public static func sum(_ x: UnsafePointer<Float>, _ count: Int, factor: Float, pivot: Float) -> Double {
        var result = 0.0, i = 0
        while i &+ 16 <= count {
            let end = min(count, i &+ block)
            var a = Lanes(repeating: 0), b = Lanes(repeating: 0)
            while i &+ 32 <= end {
                a += load(x, i) * factor - pivot
                b += load(x, i &+ 16) * factor - pivot
                i &+= 32
            }
            if i &+ 16 <= end {
                a += load(x, i) * factor - pivot
                i &+= 16
            }
            result += total(a + b)
            if end == count { break }
        }
        while i < count {
            result += Double(x[i] * factor - pivot)
            i &+= 1
        }
        return result
    }

    /// Sums of the first to fourth powers of x·factor - pivot.
    public static func powerSums(
        _ x: UnsafePointer<Float>, _ count: Int, factor: Float, pivot: Float
    ) -> KernelPowerSums {
        var result = KernelPowerSums(), i = 0
        while i &+ 16 <= count {
            let end = min(count, i &+ block)
            var one = Lanes(repeating: 0), two = one, three = one, four = one
            while i &+ 16 <= end {
                let d = load(x, i) * factor - pivot
                let square = d * d
                one += d
                two += square
                three += square * d
                four += square * square
                i &+= 16
            }
            result.first += total(one)
            result.second += total(two)
            result.third += total(three)
            result.fourth += total(four)
            if end == count { break }
        }
        while i < count {
            let d = Double(x[i] * factor - pivot)
            result.first += d
            result.second += d * d
            result.third += d * d * d
            result.fourth += d * d * d * d
            i &+= 1
        }
        return result
    }

    /// Counts the elements by the upper sixteen bits of their patterns, in two tables of 65,536 that belong together.
    public static func countBuckets(
        _ x: UnsafePointer<Float>, _ count: Int, _ first: UnsafeMutablePointer<UInt32>,
        _ second: UnsafeMutablePointer<UInt32>
    ) {
        let bits = UnsafeRawPointer(x)
        var i = 0
        while i &+ 4 <= count {
            let a = bits.loadUnaligned(fromByteOffset: i &* 4, as: UInt64.self)
            let b = bits.loadUnaligned(fromByteOffset: i &* 4 &+ 8, as: UInt64.self)
            first[Int(a >> 16 & 0xFFFF)] &+= 1
            second[Int(a >> 48)] &+= 1
            first[Int(b >> 16 & 0xFFFF)] &+= 1
            second[Int(b >> 48)] &+= 1
            i &+= 4
        }
        while i < count {
            first[Int(x[i].bitPattern >> 16)] &+= 1
            i &+= 1
        }
    }

    /// Counts into `bins` equal bins from `low` on, `counts[0]` below and `counts[bins + 1]` above: the bin's number plus one.
    ///
    /// The bin is found in Float32, so that an element within a rounding error of an edge may fall on its other side: this
    /// serves searches. `counts` are four tables of `bins + 2` that belong together.
    public static func countBins(
        _ x: UnsafePointer<Float>, _ count: Int, low: Float, binsPerUnit: Float, bins: Int,
        _ counts: UnsafeMutablePointer<UInt32>
    ) {
        let width = bins &+ 2
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: block) { buffer in
            guard let numbers = buffer.baseAddress else { return }
            let shift = Lanes(repeating: magic), top = Lanes(repeating: Float(bins)), one = Lanes(repeating: 1)
            let bottom = Lanes(repeating: -1)
            let lowest = Lanes(repeating: low), slope = Lanes(repeating: binsPerUnit)
            var i = 0
            while i &+ 16 <= count {
                let size = min(count &- i, block) & ~15
                var j = 0
                while j < size {
                    var t = (load(x, i &+ j) - lowest) * slope
                    t.replace(with: bottom, where: t .< bottom)
                    t.replace(with: top, where: t .> top)
                    var r = (t + shift) - shift
                    r.replace(with: r - one, where: r .> t)
                    let words = unsafeBitCast(r + one + shift, to: Words.self) & Words(repeating: 0x3F_FFFF)
                    UnsafeMutableRawPointer(numbers + j).storeBytes(of: words, as: Words.self)
                    j &+= 16
                }
                scatter(numbers, size, counts, width)
                i &+= size
            }
            while i < count {
                let t = max(-1, min(Float(bins), (x[i] - low) * binsPerUnit))
                counts[Int(t.rounded(.down)) &+ 1] &+= 1
                i &+= 1
            }
        }
    }

    @inline(__always)
    static func scatter(
        _ numbers: UnsafePointer<UInt32>, _ count: Int, _ counts: UnsafeMutablePointer<UInt32>, _ width: Int
    ) {
        var j = 0
        let b = counts + width, c = b + width, d = c + width
        while j &+ 4 <= count {
            counts[Int(numbers[j])] &+= 1
            b[Int(numbers[j &+ 1])] &+= 1
            c[Int(numbers[j &+ 2])] &+= 1
            d[Int(numbers[j &+ 3])] &+= 1
            j &+= 4
        }
        while j < count {
            counts[Int(numbers[j])] &+= 1
            j &+= 1
        }
    }

    /// Numbers up to here are counted by `countNibbles`.
    static var mostNibbles: Int { 32 }

    typealias Pairs = SIMD8<UInt64>

    /// Counts numbers below 32 without memory: a 64-bit lane holds sixteen counters of four bits, which go over into sixteen bits before one
    /// overflows. Tables wait for themselves where the same number comes again and again.
    @inline(__always)
    static func countNibbles(
        _ numbers: UnsafePointer<UInt32>, _ count: Int, _ counts: UnsafeMutablePointer<UInt32>, _ width: Int
    ) {
        let bytes = UnsafeRawPointer(numbers), whole = count & ~15, none = Pairs(repeating: 0)
        let one = Pairs(repeating: 1), place = Pairs(repeating: 60), second = Pairs(repeating: 64)
        var lower = NibbleTotals(), upper = lower
        var j = 0
        while j < whole {
            // Two numbers a lane, fifteen times.
            let end = min(whole, j &+ 240)
            var a = none, b = none, c = none, d = none
            if width <= 16 {
                while j < end {
                    let pair = bytes.loadUnaligned(fromByteOffset: 4 &* j, as: Pairs.self) &<< 2
                    a &+= one &<< (pair & place)
                    b &+= one &<< (pair &>> 32)
                    j &+= 16
                }
            } else {
                while j < end {
                    let pair = bytes.loadUnaligned(fromByteOffset: 4 &* j, as: Pairs.self) &<< 2, next = pair &>> 32
                    let first = one &<< (pair & place), other = one &<< (next & place)
                    a.replace(with: a &+ first, where: (pair & second) .== none)
                    b.replace(with: b &+ other, where: (next & second) .== none)
                    c.replace(with: c &+ first, where: (pair & second) .!= none)
                    d.replace(with: d &+ other, where: (next & second) .!= none)
                    j &+= 16
                }
                upper.add(c, d)
            }
            lower.add(a, b)
        }
        lower.add(to: counts, min(16, width))
        if width > 16 { upper.add(to: counts + 16, width &- 16) }
        while j < count {
            counts[Int(numbers[j])] &+= 1
            j &+= 1
        }
    }

    /// Sixteen counters in every lane, of sixteen bits.
    private struct NibbleTotals {
        /// Those of the numbers 4k, 4k + 1, 4k + 2 and 4k + 3.
        private var totals = (
            Pairs(repeating: 0), Pairs(repeating: 0), Pairs(repeating: 0), Pairs(repeating: 0)
        )

        /// Adds counters of four bits.
        @inline(__always)
        mutating func add(_ a: Pairs, _ b: Pairs) {
            let nibbles = Pairs(repeating: 0x0F0F_0F0F_0F0F_0F0F), bytes = Pairs(repeating: 0x00FF_00FF_00FF_00FF)
            let even = (a & nibbles) &+ (b & nibbles), odd = (a &>> 4 & nibbles) &+ (b &>> 4 & nibbles)
            totals.0 &+= even & bytes
            totals.1 &+= odd & bytes
            totals.2 &+= even &>> 8 & bytes
            totals.3 &+= odd &>> 8 & bytes
        }

        @inline(__always)
        func add(to counts: UnsafeMutablePointer<UInt32>, _ width: Int) {
            let sums = SIMD4(
                totals.0.wrappedSum(), totals.1.wrappedSum(), totals.2.wrappedSum(), totals.3.wrappedSum())
            for number in 0..<width {
                counts[number] &+= UInt32(
                    truncatingIfNeeded: sums[number & 3] >> UInt64(16 &* (number &>> 2)) & 0xFFFF)
            }
        }
    }
}
