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

    /// Block by block: encoded by the codec, of which there are many kinds, then summed up, which is the same for all of them.
    @inline(__always)
    private static func dispatch<Source: GridSource>(
        _ x: UnsafePointer<Float>, _ count: Int, _ source: Source, _ codec: KernelCodec, _ index: UInt64,
        _ factors: KernelFactors, _ outputs: KernelOutputs, _ sums: inout KernelSums
    ) {
        EncodedBlock.withOne { encoded in
            var largest = Lanes(repeating: 0)
            var i = 0
            while i < count {
                let size = min(count &- i, block)
                var work = Encoding(x: x, start: i, size: size, index: index, output: encoded)
                codec.run(over: source, &work)
                add(x + i, size, encoded, factors, outputs.squaredErrors.map { $0 + i }, &largest, &sums)
                if let counts = outputs.codeCounts {
                    if outputs.codeCount <= mostNibbles {
                        countNibbles(encoded.codes, size, counts, outputs.codeCount)
                    } else if outputs.hasFourTables {
                        scatter(encoded.codes, size, counts, outputs.codeCount)
                    } else {
                        for j in 0..<size { counts[Int(encoded.codes[j])] &+= 1 }
                    }
                }
                i &+= size
            }
            sums.largestError = max(sums.largestError, greatest(largest))
        }
    }

    /// What a block of elements becomes; scratch memory besides.
    private struct EncodedBlock {
        let back: UnsafeMutablePointer<Float>
        let codes: UnsafeMutablePointer<UInt32>
        /// All ones where an element is clipped.
        let clips: UnsafeMutablePointer<UInt32>
        let scaled: UnsafeMutablePointer<Float>

        @inline(__always)
        static func withOne(_ body: (EncodedBlock) -> Void) {
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 &* block) { words in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 &* block) { values in
                    guard let words = words.baseAddress, let values = values.baseAddress else { return }
                    body(EncodedBlock(back: values, codes: words, clips: words + block, scaled: values + block))
                }
            }
        }
    }

    /// Encodes a block.
    private struct Encoding: CodecWork {
        let x: UnsafePointer<Float>
        /// Of the block among the elements, where columns of grids begin with the first.
        let start: Int
        let size: Int
        let index: UInt64
        let output: EncodedBlock

        @inline(__always)
        func run<Chosen: Codec>(_ codec: Chosen) { Kernels.encode(x, start, size, codec, index, output) }
    }

    @inline(never)
    private static func encode<Chosen: Codec>(
        _ x: UnsafePointer<Float>, _ start: Int, _ size: Int, _ codec: Chosen, _ index: UInt64,
        _ output: EncodedBlock
    ) {
        let back = UnsafeMutableRawPointer(output.back), codes = UnsafeMutableRawPointer(output.codes)
        let clips = UnsafeMutableRawPointer(output.clips), all = Words(repeating: .max)
        var j = 0
        while j &+ 16 <= size {
            let at = start &+ j
            let encoded = codec.encode(load(x, at), at: at, index: index &+ UInt64(truncatingIfNeeded: at))
            var clipped = Words(repeating: 0)
            clipped.replace(with: all, where: encoded.isClipped)
            back.storeBytes(of: encoded.reconstruction, toByteOffset: 4 &* j, as: Lanes.self)
            codes.storeBytes(of: encoded.code, toByteOffset: 4 &* j, as: Words.self)
            clips.storeBytes(of: clipped, toByteOffset: 4 &* j, as: Words.self)
            j &+= 16
        }
        while j < size {
            let at = start &+ j
            let one = encodeOne(x[at], codec.single(at), index &+ UInt64(truncatingIfNeeded: at))
            (output.back[j], output.codes[j], output.clips[j]) = (
                one.reconstruction, one.code, one.isClipped ? .max : 0
            )
            j &+= 1
        }
    }

    /// One element, by the same operations in the first of sixteen lanes. Not inlined: it is the same for every source of grids.
    @inline(never)
    private static func encodeOne<Chosen: Codec>(
        _ a: Float, _ codec: Chosen, _ index: UInt64
    ) -> (reconstruction: Float, code: UInt32, isClipped: Bool) {
        let encoded = codec.encode(Lanes(repeating: a), at: 0, index: index)
        return (encoded.reconstruction[0], encoded.code[0], encoded.isClipped[0])
    }

    /// Adds up the errors of a block.
    @inline(never)
    private static func add(
        _ x: UnsafePointer<Float>, _ size: Int, _ encoded: EncodedBlock, _ factors: KernelFactors,
        _ squaredErrors: UnsafeMutablePointer<Float>?, _ largest: inout Lanes, _ sums: inout KernelSums
    ) {
        let back = UnsafeRawPointer(encoded.back), clips = UnsafeRawPointer(encoded.clips)
        let scaledValues = UnsafeMutableRawPointer(encoded.scaled)
        let errorFactor = Lanes(repeating: factors.error), valueFactor = Lanes(repeating: factors.value)
        let reconstructionFactor = Lanes(repeating: factors.reconstruction)
        var roundedSquare = Lanes(repeating: 0), clippedSquare = Lanes(repeating: 0), absolute = Lanes(repeating: 0)
        var signed = Lanes(repeating: 0), original = Lanes(repeating: 0)
        var reconstruction = Lanes(repeating: 0), product = Lanes(repeating: 0)
        var clipped = Words(repeating: 0), zeroed = Words(repeating: 0)
        let one = Words(repeating: 1), none = Lanes(repeating: 0), no = Words(repeating: 0)
        var most = largest
        let whole = size & ~15
        var j = 0
        while j < whole {
            let a = load(x, j), y = back.loadUnaligned(fromByteOffset: 4 &* j, as: Lanes.self)
            let clips = clips.loadUnaligned(fromByteOffset: 4 &* j, as: Words.self), isClipped = clips .!= no
            let e = y - a
            let size = magnitude(e)
            most.replace(with: size, where: size .> most)
            let scaled = e * errorFactor, squared = scaled * scaled
            roundedSquare.replace(with: roundedSquare + squared, where: .!isClipped)
            clippedSquare.replace(with: clippedSquare + squared, where: isClipped)
            clipped &-= clips
            absolute += magnitude(scaled)
            signed += scaled
            zeroed.replace(with: zeroed &+ one, where: (y .== none) .& (a .!= none))
            if let squaredErrors {
                UnsafeMutableRawPointer(squaredErrors + j).storeBytes(of: squared, as: Lanes.self)
            }
            j &+= 16
        }
        largest = most
        // Loops of their own: where both are scaled side by side, the compiler takes lanes apart to pair them.
        j = 0
        while j < whole {
            let xs = load(x, j) * valueFactor
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
            let squared = addOne(x[j], encoded.back[j], isClipped: encoded.clips[j] != 0, factors, &sums)
            squaredErrors?[j] = squared
            j &+= 1
        }
    }

    /// Adds the error of one element, and tells its scaled square.
    @inline(__always)
    private static func addOne(
        _ a: Float, _ y: Float, isClipped: Bool, _ factors: KernelFactors, _ sums: inout KernelSums
    ) -> Float {
        let e = y - a
        sums.largestError = max(sums.largestError, abs(e))
        let scaled = e * factors.error, squared = scaled * scaled
        if isClipped {
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
        return squared
    }

    /// The reconstructions of elements that share one grid.
    public static func reconstruct(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, codec: KernelCodec, index: UInt64,
        into output: UnsafeMutablePointer<Float>
    ) {
        EncodedBlock.withOne { encoded in
            var i = 0
            while i < count {
                let size = min(count &- i, block)
                let part = EncodedBlock(
                    back: output + i, codes: encoded.codes, clips: encoded.clips, scaled: encoded.scaled)
                var work = Encoding(x: x, start: i, size: size, index: index, output: part)
                codec.run(over: OneGrid(grid: grid), &work)
                i &+= size
            }
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
