import Basics
import KernelTypes
import Tensors

/// The quantizers of all ranges at once, for ranges that do not fit a chunk or come from other entries than they are applied to.
extension RangeCalibration {
    func extremes(
        ofPiece piece: Int, _ low: UnsafePointer<Float>, _ high: UnsafePointer<Float>
    ) -> (Float, Float) {
        let start = piece * layout.pieceLength, end = min(start + layout.pieceLength, layout.rowLength)
        var least = low[start], most = high[start]
        for column in start..<end {
            if low[column] < least { least = low[column] }
            if high[column] > most { most = high[column] }
        }
        return (least, most)
    }

    /// - Parameter keepsAll: whole quantizers are wanted besides.
    func calibrateAll(_ context: WorkContext, keepsAll: Bool = false) throws(Cancelled) -> RangeGrids {
        let count = layout.rangeCount, grids = RangeGrids(recipe, keepsAll: keepsAll || isDoubleQuantized)
        grids.prepare(0..<count)
        switch schedule.kind {
        case _ where needs == .nothing:
            for range in 0..<count { grids.set(range, try rawQuantizer(ofRange: range, context: context)) }
        case .localRuns, .localBands: try calibrateChunks(grids, context)
        case .longRuns:
            for range in 0..<count { grids.set(range, try rawQuantizer(ofRange: range, context: context)) }
        case .longBands where needs == .extremes:
            for band in 0..<layout.bandCount { try calibrateBand(band, grids, context) }
        case .longBands where layout.runs(ofRange: 0).count > Tiling.localLimit:
            for range in 0..<count { grids.set(range, try rawQuantizer(ofRange: range, context: context)) }
        case .longBands:
            let workers = PerWorker(context.threads) { EvaluationWorker(codeCount: 1, cancel: context.cancel) }
            try context.forEach(0..<count) { range, number in
                let worker = workers[number]
                grids.set(
                    range,
                    quantizer(
                        gathering: RangeReader(tensor, layout.runs(ofRange: range)), worker.values, worker.gathered,
                        worker.spare, worker.cancel))
            }
        }
        if isDoubleQuantized { grids.storeDoubleQuantized() }
        grids.finish()
        return grids
    }

    /// Ranges that lie together, a chunk at a time.
    private func calibrateChunks(_ grids: RangeGrids, _ context: WorkContext) throws(Cancelled) {
        let workers = PerWorker(context.threads) { EvaluationWorker(codeCount: 1, cancel: context.cancel) }
        try context.forEach(0..<schedule.chunkCount) { index, number in
            let chunk = schedule.chunk(index), worker = workers[number]
            guard !chunk.elements.isEmpty else { return }
            tensor.withValues(chunk.elements, scratch: worker.values.floats(chunk.elements.count)) { values in
                let isFinite =
                    summary?.isFinite == true
                    || !Kernel.set.extremes(values, chunk.elements.count).hasNonFinite
                calibrate(chunk, values, worker, isFinite: isFinite, into: grids)
            }
        }
    }

    /// The ranges of one long band by their extremes. NaN does not enter; a range that an infinity widened is read again.
    private func calibrateBand(
        _ band: Int, _ grids: RangeGrids, _ context: WorkContext
    ) throws(Cancelled) {
        let rows = layout.rows(ofBand: band), rowLength = layout.rowLength
        let workers = PerWorker(context.threads) {
            let worker = EvaluationWorker(codeCount: 1)
            worker.columnLow.floats(rowLength).update(repeating: .infinity, count: rowLength)
            worker.columnHigh.floats(rowLength).update(repeating: -.infinity, count: rowLength)
            return worker
        }
        // By parts of rows where a row is long, else by rows.
        let width = min(rowLength, Tiling.chunk), parts = rowLength.pieces(of: width)
        try context.forEach(0..<rows.count * parts) { index, number in
            let worker = workers[number]
            let start = index % parts * width, end = min(start + width, rowLength)
            let row = (rows.lowerBound + index / parts) * rowLength
            tensor.withValues(row + start..<row + end, scratch: worker.values.floats(end - start)) { values in
                Kernel.set.widenColumns(
                    values, end - start, worker.columnLow.floats(rowLength) + start,
                    worker.columnHigh.floats(rowLength) + start)
            }
        }
        let low = workers[0].columnLow.floats(rowLength), high = workers[0].columnHigh.floats(rowLength)
        for worker in workers.all.dropFirst() {
            let otherLow = worker.columnLow.floats(rowLength), otherHigh = worker.columnHigh.floats(rowLength)
            for column in 0..<rowLength {
                low[column] = min(low[column], otherLow[column])
                high[column] = max(high[column], otherHigh[column])
            }
        }
        for piece in 0..<layout.pieces {
            let (least, most) = extremes(ofPiece: piece, low, high)
            let range = band * layout.pieces + piece
            if least.isFinite && most.isFinite {
                set(range, low: least, high: most, in: grids)
            } else {
                grids.set(range, try rawQuantizer(ofRange: range, context: context))
            }
        }
    }
}
