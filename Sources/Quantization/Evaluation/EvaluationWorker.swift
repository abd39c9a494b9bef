import KernelTypes

/// Memory of one worker of an evaluation.
final class EvaluationWorker {
    let values = Scratch(), spare = Scratch(), gathered = Scratch(), clean = Scratch()
    let inverse = Scratch(), scale = Scratch(), low = Scratch()
    private let tileInverse = Scratch(), tileScale = Scratch(), tileLow = Scratch(), tileErrors = Scratch()
    let columnLow = Scratch(), columnHigh = Scratch()
    /// Squared errors of the ranges of a chunk.
    private(set) var rangeErrors: [Double] = []
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

    /// Makes room for the errors of so many ranges, at zero; what is kept goes on adding up over chunks.
    func prepareRangeErrors(_ count: Int, keeping: Bool) {
        if keeping && rangeErrors.count == count { return }
        rangeErrors.removeAll(keepingCapacity: true)
        rangeErrors.append(contentsOf: repeatElement(0, count: count))
    }

    /// Takes back the code that an element which does not count was given.
    func discount(code: Int) { discounts[code] += 1 }

    /// Counts the codes of finite values under one grid.
    func countCodes(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, rounding: KernelRounding, index: Int
    ) {
        counted += count
        if counted > 1 << 30 { flushCodes() }
        var sums = KernelSums()
        Kernel.evaluate(
            x, count, grid: grid, rounding: rounding, index: UInt64(index),
            factors: KernelFactors(error: 1, value: 1, reconstruction: 1),
            outputs: KernelOutputs(
                codeCounts: codes, codeCount: codeCount, hasFourTables: hasFourTables, squaredErrors: nil), into: &sums)
    }

    /// How often each code occurred in all chunks.
    func finishedCodeCounts() -> [UInt64] {
        flushCodes()
        return zip(codeTotals, discounts).map { $0 - $1 }
    }

    /// The grids of neighbouring ranges as columns.
    struct Grids {
        let inverse: UnsafePointer<Float>
        let scale: UnsafePointer<Float>
        let low: UnsafePointer<Float>
        /// The number of the first.
        let firstRange: Int
        let span: Float

        func grid(_ range: Int) -> KernelGrid {
            let i = range - firstRange
            return KernelGrid(inverse: inverse[i], scale: scale[i], low: low[i], high: low[i] + span)
        }
    }

    /// Evaluates finite elements `elements` of the tensor. Sums are multiplied by the factors; errors by range, where wanted,
    /// are added to `rangeErrors`, which starts at `grids.firstRange`.
    func evaluate(
        _ x: UnsafePointer<Float>, _ elements: Range<Int>, layout: RangeLayout, grids: Grids,
        rounding: KernelRounding, factors: KernelFactors, tracksRanges: Bool, countsCodes: Bool = true
    ) -> KernelSums {
        var sums = KernelSums()
        if countsCodes { counted += elements.count }
        if counted > 1 << 30 { flushCodes() }
        // Errors by range are kept in their true size: factors change from chunk to chunk.
        let unit = 1 / (Double(factors.error) * Double(factors.error))
        let outputs = KernelOutputs(
            codeCounts: countsCodes ? codes : nil, codeCount: codeCount, hasFourTables: hasFourTables,
            squaredErrors: nil)
        if layout.pieceLength >= 512 {
            var at = elements.lowerBound
            while at < elements.upperBound {
                let column = at % layout.rowLength, piece = column / layout.pieceLength
                let pieceEnd = min((piece + 1) * layout.pieceLength, layout.rowLength)
                let end = min(elements.upperBound, at - column + pieceEnd)
                let range = layout.firstRange(ofRow: at / layout.rowLength) + piece
                let before = sums.squaredError
                Kernel.evaluate(
                    x + (at - elements.lowerBound), end - at, grid: grids.grid(range), rounding: rounding,
                    index: UInt64(at), factors: factors, outputs: outputs, into: &sums
                )
                if tracksRanges { rangeErrors[range - grids.firstRange] += (sums.squaredError - before) * unit }
                at = end
            }
            return sums
        }
        if let shift = layout.runShift {
            evaluateRuns(
                x, elements, layout: layout, shift: shift, grids: grids, rounding: rounding, factors: factors,
                tracksRanges: tracksRanges, outputs: outputs, into: &sums)
            return sums
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
                let first = layout.firstRange(ofRow: at / layout.rowLength) + column - grids.firstRange
                columns = KernelGridColumns(
                    inverse: grids.inverse + first, scale: grids.scale + first, low: grids.low + first, span: grids.span
                )
            } else {
                columns = self.columns(at..<end, layout, grids)
            }
            Kernel.evaluate(
                x + (at - elements.lowerBound), end - at, columns: columns, rounding: rounding, index: UInt64(at),
                factors: factors, outputs: errorOutputs, into: &sums)
            if tracksRanges { addRangeErrors(at..<end, layout, firstRange: grids.firstRange, unit: unit) }
            at = end
        }
        return sums
    }

    /// Ranges that are runs of a power of two, from a range's first element on.
    private func evaluateRuns(
        _ x: UnsafePointer<Float>, _ elements: Range<Int>, layout: RangeLayout, shift: Int, grids: Grids,
        rounding: KernelRounding, factors: KernelFactors, tracksRanges: Bool, outputs: KernelOutputs,
        into sums: inout KernelSums
    ) {
        var outputs = outputs
        let tile = Tiling.tile / 2
        if tracksRanges { outputs.squaredErrors = tileErrors.floats(tile) }
        var at = elements.lowerBound
        while at < elements.upperBound {
            let count = min(tile, elements.upperBound - at)
            let run = at >> shift - grids.firstRange
            Kernel.evaluate(
                x + (at - elements.lowerBound), count,
                runs: KernelGridColumns(
                    inverse: grids.inverse + run, scale: grids.scale + run, low: grids.low + run, span: grids.span),
                shift: shift, rounding: rounding, index: UInt64(at), factors: factors,
                outputs: outputs, into: &sums)
            if tracksRanges {
                rangeErrors.withUnsafeMutableBufferPointer { totals in
                    Kernel.addRuns(
                        tileErrors.floats(tile), count, shift: shift,
                        unit: 1 / (Double(factors.error) * Double(factors.error)),
                        totals.baseAddress! + run)
                }
            }
            at += count
        }
    }

    /// Spreads the grids of ranges over the elements of a tile.
    private func columns(_ elements: Range<Int>, _ layout: RangeLayout, _ grids: Grids) -> KernelGridColumns {
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

    private func addRangeErrors(_ elements: Range<Int>, _ layout: RangeLayout, firstRange: Int, unit: Double) {
        let errors = tileErrors.floats(elements.count)
        rangeErrors.withUnsafeMutableBufferPointer { totals in
            forEachRun(elements, layout) { position, count, range, isSpread in
                if isSpread {
                    Kernel.addColumns(errors + position, count, unit: unit, totals.baseAddress! + (range - firstRange))
                } else {
                    totals[range - firstRange] += Kernel.sum(errors + position, count, factor: 1) * unit
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
        _ x: UnsafePointer<Float>, _ elements: Range<Int>, layout: RangeLayout, grids: Grids, rounding: KernelRounding,
        into output: UnsafeMutablePointer<Float>
    ) {
        forEachRun(elements, layout) { position, count, range, isSpread in
            // Single elements as ranges go one by one: this serves a picture, not the metrics.
            for step in 0..<(isSpread ? count : 1) {
                let start = position + step
                Kernel.reconstruct(
                    x + start, isSpread ? 1 : count, grid: grids.grid(range + step), rounding: rounding,
                    index: UInt64(elements.lowerBound + start), into: output + start)
            }
        }
    }
}
