import Tensors

extension Evaluator {
    /// Calibrates the ranges of a chunk that is in memory.
    func calibrate(
        _ chunk: EvaluationSchedule.Chunk, _ values: UnsafePointer<Float>, _ worker: EvaluationWorker, isFinite: Bool,
        span: Float, keeping kept: inout [AffineQuantizer]
    ) -> EvaluationWorker.Grids {
        let count = chunk.ranges.count
        let inverse = worker.inverse.floats(count), scale = worker.scale.floats(count), low = worker.low.floats(count)
        func set(_ range: Int, _ quantizer: AffineQuantizer) {
            let number = range - chunk.ranges.lowerBound
            inverse[number] = quantizer.inverse
            scale[number] = quantizer.scale
            low[number] = Float(quantizer.lowestCode - quantizer.zeroPoint)
            if range < Evaluation.keptQuantizers { kept.append(quantizer) }
        }
        let base = values - chunk.elements.lowerBound
        if layout.isContiguous {
            let isUniform = layout.runShift != nil, length = layout.pieceLength
            for range in chunk.ranges {
                let run: Range<Int>
                if isUniform {
                    run = range &* length..<(range &+ 1) &* length
                } else {
                    let runs = layout.runs(ofRange: range)
                    run = runs.run(inRow: runs.rows.lowerBound)
                }
                if isFinite && calibration.needs != .values {
                    let (least, most) = Kernel.range(base + run.lowerBound, run.count)
                    set(range, calibration.quantizer(low: least, high: most))
                    continue
                }
                set(range, calibration.quantizer(for: base + run.lowerBound, run.count, worker.spare))
            }
        } else if calibration.needs == .values || !isFinite {
            for range in chunk.ranges {
                let runs = layout.runs(ofRange: range), width = runs.columns.count
                let gathered = worker.gathered.floats(runs.count)
                for (position, row) in runs.rows.enumerated() {
                    (gathered + position * width).update(from: base + runs.run(inRow: row).lowerBound, count: width)
                }
                set(range, calibration.quantizer(for: gathered, runs.count, worker.spare))
            }
        } else {
            let columnLow = worker.columnLow.floats(layout.rowLength)
            let columnHigh = worker.columnHigh.floats(layout.rowLength)
            for band in chunk.ranges.lowerBound / layout.pieces..<chunk.ranges.upperBound / layout.pieces {
                columnLow.update(repeating: .infinity, count: layout.rowLength)
                columnHigh.update(repeating: -.infinity, count: layout.rowLength)
                for row in layout.rows(ofBand: band) {
                    Kernel.widenColumns(base + row * layout.rowLength, layout.rowLength, columnLow, columnHigh)
                }
                for piece in 0..<layout.pieces {
                    let (least, most) = extremes(ofPiece: piece, columnLow, columnHigh)
                    set(band * layout.pieces + piece, calibration.quantizer(low: least, high: most))
                }
            }
        }
        return EvaluationWorker.Grids(
            inverse: inverse, scale: scale, low: low, firstRange: chunk.ranges.lowerBound, span: span)
    }

    private func extremes(
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

    // MARK: Ranges that do not fit a chunk

    func calibrateAll(_ context: WorkContext) throws(Cancelled) -> AllGrids {
        let count = layout.rangeCount, grids = AllGrids(count)
        if schedule.kind == .longRuns || calibration.needs == .nothing {
            for range in 0..<count { grids.set(range, try calibration.quantizer(ofRange: range, context: context)) }
        } else if calibration.needs == .extremes {
            for band in 0..<layout.bandCount { try calibrateBand(band, grids, context) }
        } else if layout.runs(ofRange: 0).count > Tiling.localLimit {
            for range in 0..<count { grids.set(range, try calibration.quantizer(ofRange: range, context: context)) }
        } else {
            let workers = PerWorker(context.threads) { EvaluationWorker(codeCount: 1) }
            try context.forEach(0..<count) { range, number in
                let worker = workers[number]
                grids.set(
                    range,
                    calibration.quantizer(
                        gathering: RangeReader(tensor, layout.runs(ofRange: range)), worker.values, worker.gathered,
                        worker.spare))
            }
        }
        grids.finish()
        return grids
    }

    /// The ranges of one long band by their extremes. NaN does not enter; a range that an infinity widened is read again.
    private func calibrateBand(
        _ band: Int, _ grids: AllGrids, _ context: WorkContext
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
                Kernel.widenColumns(
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
            grids.set(
                range,
                least.isFinite && most.isFinite
                    ? calibration.quantizer(low: least, high: most)
                    : try calibration.quantizer(ofRange: range, context: context))
        }
    }
}
