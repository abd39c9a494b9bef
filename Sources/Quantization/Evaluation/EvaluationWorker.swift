import Basics
import KernelTypes

/// Memory of one worker of an evaluation.
final class EvaluationWorker {
    let values = Scratch(), spare = Scratch(), gathered = Scratch(), clean = Scratch()
    private let tileInverse = Scratch(), tileScale = Scratch(), tileLow = Scratch(), tileErrors = Scratch()
    let columnLow = Scratch(), columnHigh = Scratch()
    /// Squared errors of the ranges of a chunk, and the number of the first.
    private(set) var rangeErrors: [Double] = []
    private var firstTracked = 0
    private let codeCount: Int
    private let hasFourTables: Bool
    private let codes: UnsafeMutablePointer<UInt32>
    private var counted = 0
    private var codeTotals: [UInt64]
    private var discounts: [UInt64]

    /// Set by whoever no longer wants the result.
    let cancel: CancelFlag?

    init(codeCount: Int, cancel: CancelFlag? = nil) {
        self.codeCount = codeCount
        self.cancel = cancel
        hasFourTables = codeCount <= 4_096
        codes = .allocate(capacity: codeCount * (hasFourTables ? 4 : 1))
        codes.initialize(repeating: 0, count: codeCount * (hasFourTables ? 4 : 1))
        codeTotals = [UInt64](repeating: 0, count: codeCount)
        discounts = codeTotals
    }

    deinit { codes.deallocate() }

    var isCancelled: Bool { cancel?.isCancelled == true }

    /// Moves the counts of codes into `codeTotals`.
    private func flushCodes() {
        for table in 0..<(hasFourTables ? 4 : 1) {
            for code in 0..<codeCount { codeTotals[code] += UInt64(codes[table * codeCount + code]) }
        }
        codes.update(repeating: 0, count: codeCount * (hasFourTables ? 4 : 1))
        counted = 0
    }

    /// Makes room for the errors of some ranges, at zero; sums that exist go on over chunks.
    func prepareRangeErrors(_ ranges: Range<Int>, keeping: Bool) {
        if keeping && rangeErrors.count == ranges.count { return }
        firstTracked = ranges.lowerBound
        rangeErrors.removeAll(keepingCapacity: true)
        rangeErrors.append(contentsOf: repeatElement(0, count: ranges.count))
    }

    /// Takes back the code that an element which does not count was given.
    func discount(code: Int) { discounts[code] += 1 }

    /// Counts the codes of finite values under one grid.
    func countCodes(_ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, codec: KernelCodec, index: Int) {
        counted += count
        if counted > 1 << 30 { flushCodes() }
        var sums = KernelSums()
        Kernel.set.evaluate(
            x, count, grid: grid, codec: codec, index: UInt64(index),
            factors: KernelFactors(error: 1, value: 1, reconstruction: 1),
            outputs: KernelOutputs(
                codeCounts: codes, codeCount: codeCount, hasFourTables: hasFourTables, squaredErrors: nil), into: &sums)
    }

    /// How often each code occurred in all chunks.
    func finishedCodeCounts() -> [UInt64] {
        flushCodes()
        return zip(codeTotals, discounts).map { $0 - $1 }
    }

    /// Evaluates finite elements `elements` of the tensor. Sums are multiplied by the factors; errors by range, where wanted,
    /// are added to `rangeErrors`, which starts at the first of those that were prepared.
    ///
    /// - Parameter isWhole: the elements begin with a range's first.
    func evaluate(
        _ x: UnsafePointer<Float>, _ elements: Range<Int>, layout: RangeLayout, grids: RangeGrids,
        factors: KernelFactors, tracksRanges: Bool, countsCodes: Bool, isWhole: Bool, into sums: inout KernelSums
    ) {
        if countsCodes { counted += elements.count }
        if counted > 1 << 30 { flushCodes() }
        // Errors by range are summed in their true size: factors change from chunk to chunk.
        let unit = 1 / (Double(factors.error) * Double(factors.error))
        let outputs = KernelOutputs(
            codeCounts: countsCodes ? codes : nil, codeCount: codeCount, hasFourTables: hasFourTables,
            squaredErrors: nil)
        guard let codec = grids.codec, isWhole else {
            evaluateOneByOne(
                x, elements, layout: layout, grids: grids, factors: factors, tracksRanges: tracksRanges,
                outputs: outputs, unit: unit, into: &sums)
            return
        }
        if layout.pieceLength >= 512 {
            var at = elements.lowerBound
            while at < elements.upperBound {
                let column = at % layout.rowLength, piece = column / layout.pieceLength
                let pieceEnd = min((piece + 1) * layout.pieceLength, layout.rowLength)
                let end = min(elements.upperBound, at - column + pieceEnd)
                let range = layout.firstRange(ofRow: at / layout.rowLength) + piece
                let before = sums.squaredError
                Kernel.set.evaluate(
                    x + (at - elements.lowerBound), end - at, grid: grids.grid(range), codec: codec,
                    index: UInt64(at), factors: factors, outputs: outputs, into: &sums
                )
                if tracksRanges { rangeErrors[range - firstTracked] += (sums.squaredError - before) * unit }
                at = end
            }
            return
        }
        if let shift = layout.runShift {
            evaluateRuns(
                x, elements, layout: layout, shift: shift, grids: grids, codec: codec, factors: factors,
                tracksRanges: tracksRanges, outputs: outputs, into: &sums)
            return
        }
        // Where neighbours are ranges of their own, a long row finds its grids in order: no need to spread them.
        let tile = Tiling.tile / 2, isDirect = layout.pieceLength == 1 && layout.rowLength >= 512
        var errorOutputs = outputs
        if tracksRanges { errorOutputs.squaredErrors = tileErrors.floats(tile) }
        var at = elements.lowerBound
        while at < elements.upperBound {
            let column = at % layout.rowLength
            let end = min(elements.upperBound, at + (isDirect ? min(tile, layout.rowLength - column) : tile))
            let columns: KernelGridColumns
            if isDirect {
                columns = grids.columns(from: layout.firstRange(ofRow: at / layout.rowLength) + column)
            } else {
                columns = self.columns(at..<end, layout, grids)
            }
            Kernel.set.evaluate(
                x + (at - elements.lowerBound), end - at, columns: columns, codec: codec, index: UInt64(at),
                factors: factors, outputs: errorOutputs, into: &sums)
            if tracksRanges { addRangeErrors(at..<end, layout, firstRange: firstTracked, unit: unit) }
            at = end
        }
    }

    /// Ranges that have books of their own, or are cut by elements that do not count, run by run.
    private func evaluateOneByOne(
        _ x: UnsafePointer<Float>, _ elements: Range<Int>, layout: RangeLayout, grids: RangeGrids,
        factors: KernelFactors, tracksRanges: Bool, outputs: KernelOutputs, unit: Double, into sums: inout KernelSums
    ) {
        var sum = sums
        forEachRun(elements, layout) { position, count, range, isSpread in
            for step in 0..<(isSpread ? count : 1) {
                let start = position + step, before = sum.squaredError
                Kernel.set.evaluate(
                    x + start, isSpread ? 1 : count, grid: grids.grid(range + step), codec: grids.codec(range + step),
                    index: UInt64(elements.lowerBound + start), factors: factors, outputs: outputs, into: &sum)
                if tracksRanges {
                    rangeErrors[range + step - firstTracked] += (sum.squaredError - before) * unit
                }
            }
        }
        sums = sum
    }

    /// Ranges that are runs of a power of two, from a range's first element on.
    private func evaluateRuns(
        _ x: UnsafePointer<Float>, _ elements: Range<Int>, layout: RangeLayout, shift: Int, grids: RangeGrids,
        codec: KernelCodec, factors: KernelFactors, tracksRanges: Bool, outputs: KernelOutputs,
        into sums: inout KernelSums
    ) {
        var outputs = outputs
        let tile = Tiling.tile / 2
        if tracksRanges { outputs.squaredErrors = tileErrors.floats(tile) }
        var at = elements.lowerBound
        while at < elements.upperBound {
            let count = min(tile, elements.upperBound - at)
            let run = at >> shift - firstTracked
            Kernel.set.evaluate(
                x + (at - elements.lowerBound), count, runs: grids.columns(from: at >> shift),
                shift: shift, codec: codec, index: UInt64(at), factors: factors,
                outputs: outputs, into: &sums)
            if tracksRanges {
                rangeErrors.withUnsafeMutableBufferPointer { totals in
                    Kernel.set.addRuns(
                        tileErrors.floats(tile), count, shift: shift,
                        unit: 1 / (Double(factors.error) * Double(factors.error)),
                        totals.baseAddress! + run)
                }
            }
            at += count
        }
    }

    /// Spreads the grids of ranges over the elements of a tile.
    private func columns(_ elements: Range<Int>, _ layout: RangeLayout, _ grids: RangeGrids) -> KernelGridColumns {
        let inverse = tileInverse.floats(elements.count), scale = tileScale.floats(elements.count)
        let low = tileLow.floats(elements.count)
        forEachRun(elements, layout) { position, count, range, isSpread in
            let number = range - grids.firstRange
            if isSpread {
                (inverse + position).update(from: grids.inverse + number, count: count)
                (scale + position).update(from: grids.scale + number, count: count)
                (low + position).update(from: grids.low + number, count: count)
            } else {
                (inverse + position).update(repeating: grids.inverse[number], count: count)
                (scale + position).update(repeating: grids.scale[number], count: count)
                (low + position).update(repeating: grids.low[number], count: count)
            }
        }
        return KernelGridColumns(inverse: inverse, scale: scale, low: low, span: grids.span)
    }

    /// The scale of each element's range, and its lowest code less its zero-point.
    func units(
        _ elements: Range<Int>, _ layout: RangeLayout, _ grids: RangeGrids
    ) -> (scale: UnsafePointer<Float>, low: UnsafePointer<Float>) {
        let columns = columns(elements, layout, grids)
        return (columns.scale, columns.low)
    }

    private func addRangeErrors(_ elements: Range<Int>, _ layout: RangeLayout, firstRange: Int, unit: Double) {
        let errors = tileErrors.floats(elements.count)
        rangeErrors.withUnsafeMutableBufferPointer { totals in
            forEachRun(elements, layout) { position, count, range, isSpread in
                if isSpread {
                    Kernel.set.addColumns(
                        errors + position, count, unit: unit, totals.baseAddress! + (range - firstRange))
                } else {
                    totals[range - firstRange] += Kernel.set.sum(errors + position, count, factor: 1) * unit
                }
            }
        }
    }

    /// Calls `body(position, count, range, isSpread)` for runs of elements that share a range, or, where pieces are single
    /// elements, for runs whose elements belong to neighbouring ranges from `range` on.
    @inline(__always)
    private func forEachRun(
        _ elements: Range<Int>, _ layout: RangeLayout, _ body: (Int, Int, Int, Bool) -> Void
    ) {
        var row = elements.lowerBound / layout.rowLength, column = elements.lowerBound % layout.rowLength
        var position = 0
        while position < elements.count {
            let first = layout.firstRange(ofRow: row)
            let rowEnd = min(layout.rowLength, column + elements.count - position)
            if layout.pieceLength == 1 {
                body(position, rowEnd - column, first + column, true)
                position += rowEnd - column
            } else {
                var piece = column / layout.pieceLength
                while column < rowEnd {
                    let end = min(rowEnd, (piece + 1) * layout.pieceLength)
                    body(position, end - column, first + piece, false)
                    position += end - column
                    column = end
                    piece += 1
                }
            }
            row += 1
            column = 0
        }
    }

    /// The reconstructions of elements `elements`.
    func reconstruct(
        _ x: UnsafePointer<Float>, _ elements: Range<Int>, layout: RangeLayout, grids: RangeGrids,
        into output: UnsafeMutablePointer<Float>
    ) {
        forEachRun(elements, layout) { position, count, range, isSpread in
            // Single elements as ranges go one by one: this serves a picture, not the metrics.
            for step in 0..<(isSpread ? count : 1) {
                let start = position + step
                Kernel.set.reconstruct(
                    x + start, isSpread ? 1 : count, grid: grids.grid(range + step),
                    codec: grids.codec(range + step), index: UInt64(elements.lowerBound + start), into: output + start)
            }
        }
    }
}
