public import KernelTypes

extension Kernels {
    /// Quantizes and reconstructs finite elements that share one grid, and adds up their errors.
    public static func evaluate(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, codec: KernelCodec, index: UInt64,
        factors: KernelFactors, outputs: KernelOutputs, into sums: inout KernelSums
    ) {
        dispatch(x, count, OneGrid(grid: grid), codec, index, factors, outputs, &sums)
    }

    /// The same where the grid changes from element to element.
    public static func evaluate(
        _ x: UnsafePointer<Float>, _ count: Int, columns: KernelGridColumns, codec: KernelCodec, index: UInt64,
        factors: KernelFactors, outputs: KernelOutputs, into sums: inout KernelSums
    ) {
        dispatch(x, count, GridColumns(columns: columns), codec, index, factors, outputs, &sums)
    }

    /// The same where runs of 2^shift elements share a grid, shift being 4 or more: the columns have a value a run.
    public static func evaluate(
        _ x: UnsafePointer<Float>, _ count: Int, runs: KernelGridColumns, shift: Int, codec: KernelCodec,
        index: UInt64, factors: KernelFactors, outputs: KernelOutputs, into sums: inout KernelSums
    ) {
        dispatch(x, count, GridRuns(columns: runs, shift: shift), codec, index, factors, outputs, &sums)
    }

    /// Adds the sum of each run of 2^shift values, times `unit`, to its total, shift being 4 or more and `count` whole runs.
    public static func addRuns(
        _ x: UnsafePointer<Float>, _ count: Int, shift: Int, unit: Double, _ totals: UnsafeMutablePointer<Double>
    ) {
        let size = 1 &<< shift
        var i = 0, run = 0
        while i < count {
            var sum = load(x, i)
            var j = i &+ 16
            while j < i &+ size {
                sum += load(x, j)
                j &+= 16
            }
            totals[run] += total(sum) * unit
            run &+= 1
            i &+= size
        }
    }

    /// totals[i] += x[i]·unit.
    public static func addColumns(
        _ x: UnsafePointer<Float>, _ count: Int, unit: Double, _ totals: UnsafeMutablePointer<Double>
    ) {
        for i in 0..<count { totals[i] += Double(x[i]) * unit }
    }

    @inline(__always)
    private static func dispatch<Source: GridSource>(
        _ x: UnsafePointer<Float>, _ count: Int, _ source: Source, _ codec: KernelCodec, _ index: UInt64,
        _ factors: KernelFactors, _ outputs: KernelOutputs, _ sums: inout KernelSums
    ) {
        var work = Evaluation(x: x, count: count, index: index, factors: factors, outputs: outputs, sums: sums)
        codec.run(over: source, &work)
        sums = work.sums
    }

    private struct Evaluation: CodecWork {
        let x: UnsafePointer<Float>
        let count: Int
        let index: UInt64
        let factors: KernelFactors
        let outputs: KernelOutputs
        var sums: KernelSums

        @inline(__always)
        mutating func run<Chosen: Codec>(_ codec: Chosen) {
            Kernels.run(x, count, codec, index, factors, outputs, &sums)
        }
    }

    @inline(__always)
    fileprivate static func run<Chosen: Codec>(
        _ x: UnsafePointer<Float>, _ count: Int, _ codec: Chosen, _ index: UInt64, _ factors: KernelFactors,
        _ outputs: KernelOutputs, _ sums: inout KernelSums
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 3 &* block) { buffer in
            guard let codes = buffer.baseAddress else { return }
            let back = UnsafeMutableRawPointer(codes + block),
                scaledValues = UnsafeMutableRawPointer(codes + 2 &* block)
            var largest = Lanes(repeating: 0)
            let errorFactor = Lanes(repeating: factors.error), valueFactor = Lanes(repeating: factors.value)
            let reconstructionFactor = Lanes(repeating: factors.reconstruction)
            var i = 0
            while i < count {
                let size = min(count &- i, block), whole = size & ~15
                var roundedSquare = Lanes(repeating: 0), clippedSquare = Lanes(repeating: 0),
                    absolute = Lanes(repeating: 0)
                var signed = Lanes(repeating: 0), original = Lanes(repeating: 0)
                var reconstruction = Lanes(repeating: 0), product = Lanes(repeating: 0)
                var clipped = Words(repeating: 0), zeroed = Words(repeating: 0)
                let one = Words(repeating: 1), none = Lanes(repeating: 0)
                var j = 0
                while j < whole {
                    let at = i &+ j
                    let a = load(x, at)
                    let encoded = codec.encode(a, at: at, index: index &+ UInt64(truncatingIfNeeded: at))
                    let y = encoded.reconstruction, isClipped = encoded.isClipped
                    let e = y - a
                    let size = magnitude(e)
                    largest.replace(with: size, where: size .> largest)
                    let scaled = e * errorFactor, squared = scaled * scaled
                    roundedSquare.replace(with: roundedSquare + squared, where: .!isClipped)
                    clippedSquare.replace(with: clippedSquare + squared, where: isClipped)
                    clipped.replace(with: clipped &+ one, where: isClipped)
                    absolute += magnitude(scaled)
                    signed += scaled
                    zeroed.replace(with: zeroed &+ one, where: (y .== none) .& (a .!= none))
                    back.storeBytes(of: y, toByteOffset: 4 &* j, as: Lanes.self)
                    UnsafeMutableRawPointer(codes + j).storeBytes(of: encoded.code, as: Words.self)
                    if let errors = outputs.squaredErrors {
                        UnsafeMutableRawPointer(errors + at).storeBytes(of: squared, as: Lanes.self)
                    }
                    j &+= 16
                }
                // Loops of their own: where both are scaled side by side, the compiler takes lanes apart to pair them.
                j = 0
                while j < whole {
                    let xs = load(x, i &+ j) * valueFactor
                    original += xs * xs
                    scaledValues.storeBytes(of: xs, toByteOffset: 4 &* j, as: Lanes.self)
                    j &+= 16
                }
                j = 0
                while j < whole {
                    let ys = back.loadUnaligned(fromByteOffset: 4 &* j, as: Lanes.self) * reconstructionFactor
                    reconstruction += ys * ys
                    product += scaledValues.loadUnaligned(fromByteOffset: 4 &* j, as: Lanes.self) * ys
                    j &+= 16
                }
                sums.roundedSquaredError += total(roundedSquare)
                sums.clippedSquaredError += total(clippedSquare)
                sums.absoluteError += total(absolute)
                sums.error += total(signed)
                sums.squaredOriginal += total(original)
                sums.squaredReconstruction += total(reconstruction)
                sums.product += total(product)
                sums.clippedCount &+= sum(clipped)
                sums.zeroedCount &+= sum(zeroed)
                while j < size {
                    codes[j] = single(
                        x[i &+ j], codec.single(i &+ j), index &+ UInt64(truncatingIfNeeded: i &+ j), factors,
                        outputs.squaredErrors.map { $0 + (i &+ j) }, &sums)
                    j &+= 1
                }
                if let counts = outputs.codeCounts {
                    if outputs.codeCount <= mostNibbles {
                        countNibbles(codes, size, counts, outputs.codeCount)
                    } else if outputs.hasFourTables {
                        scatter(codes, size, counts, outputs.codeCount)
                    } else {
                        for j in 0..<size { counts[Int(codes[j])] &+= 1 }
                    }
                }
                i &+= size
            }
            sums.largestError = max(sums.largestError, greatest(largest))
        }
    }

    /// One element, by the same operations in the first of sixteen lanes.
    @inline(__always)
    private static func single<Chosen: Codec>(
        _ a: Float, _ codec: Chosen, _ index: UInt64, _ factors: KernelFactors,
        _ squaredErrors: UnsafeMutablePointer<Float>?, _ sums: inout KernelSums
    ) -> UInt32 {
        let encoded = codec.encode(Lanes(repeating: a), at: 0, index: index)
        let y = encoded.reconstruction[0]
        let e = y - a
        sums.largestError = max(sums.largestError, abs(e))
        let scaled = e * factors.error, squared = scaled * scaled
        if encoded.isClipped[0] {
            sums.clippedSquaredError += Double(squared)
            sums.clippedCount &+= 1
        } else {
            sums.roundedSquaredError += Double(squared)
        }
        sums.absoluteError += Double(abs(scaled))
        sums.error += Double(scaled)
        if y == 0 && a != 0 { sums.zeroedCount &+= 1 }
        let xs = a * factors.value, ys = y * factors.reconstruction
        sums.squaredOriginal += Double(xs * xs)
        sums.squaredReconstruction += Double(ys * ys)
        sums.product += Double(xs * ys)
        squaredErrors?.pointee = squared
        return encoded.code[0]
    }

    /// The reconstructions of elements that share one grid.
    public static func reconstruct(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, codec: KernelCodec, index: UInt64,
        into output: UnsafeMutablePointer<Float>
    ) {
        var work = Reconstruction(x: x, count: count, index: index, output: output)
        codec.run(over: OneGrid(grid: grid), &work)
    }

    private struct Reconstruction: CodecWork {
        let x: UnsafePointer<Float>
        let count: Int
        let index: UInt64
        let output: UnsafeMutablePointer<Float>

        @inline(__always)
        func run<Chosen: Codec>(_ codec: Chosen) { Kernels.reconstruct(x, count, codec, index, output) }
    }

    @inline(__always)
    fileprivate static func reconstruct<Chosen: Codec>(
        _ x: UnsafePointer<Float>, _ count: Int, _ codec: Chosen, _ index: UInt64,
        _ output: UnsafeMutablePointer<Float>
    ) {
        var i = 0
        while i &+ 16 <= count {
            let encoded = codec.encode(load(x, i), at: i, index: index &+ UInt64(truncatingIfNeeded: i))
            UnsafeMutableRawPointer(output + i).storeBytes(of: encoded.reconstruction, as: Lanes.self)
            i &+= 16
        }
        while i < count {
            let place = index &+ UInt64(truncatingIfNeeded: i)
            output[i] = codec.single(i).encode(Lanes(repeating: x[i]), at: 0, index: place).reconstruction[0]
            i &+= 1
        }
    }

    /// Σ(x̂ - x)² times the factor's square for one grid and rounding to nearest even: the objective of searches.
    public static func squaredError(
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
                let e = (((t + magic) - magic) * grid.scale - a) * factor
                sum += e * e
                i &+= 16
            }
            result += total(sum)
            if end == count { break }
        }
        while i < count {
            let t = max(grid.low, min(grid.high, x[i] * grid.inverse))
            let e = (((t + magic) - magic) * grid.scale - x[i]) * factor
            result += Double(e * e)
            i &+= 1
        }
        return result
    }

    /// Σx·r times the factor, and Σr², for one grid and rounding to nearest even.
    public static func fit(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, factor: Float
    ) -> (product: Double, square: Double) {
        let low = Lanes(repeating: grid.low), high = Lanes(repeating: grid.high)
        var products = 0.0, squares = 0.0, i = 0
        while i &+ 16 <= count {
            let end = min(count, i &+ block)
            var product = Lanes(repeating: 0), square = Lanes(repeating: 0)
            while i &+ 16 <= end {
                let a = load(x, i)
                var t = a * grid.inverse
                t.replace(with: low, where: t .< low)
                t.replace(with: high, where: t .> high)
                let r = (t + magic) - magic
                product += r * (a * factor)
                square += r * r
                i &+= 16
            }
            products += total(product)
            squares += total(square)
            if end == count { break }
        }
        while i < count {
            let t = max(grid.low, min(grid.high, x[i] * grid.inverse))
            let r = (t + magic) - magic
            products += Double(r * (x[i] * factor))
            squares += Double(r * r)
            i &+= 1
        }
        return (products, squares)
    }
}
