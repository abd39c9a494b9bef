import Tensors

extension Evaluator {
    /// Calibrates the ranges of a chunk that is in memory; where the worker is cancelled some may be left out.
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
                if worker.isCancelled { break }
                set(range, calibration.quantizer(for: base + run.lowerBound, run.count, worker.spare, worker.cancel))
            }
        } else if calibration.needs == .values || !isFinite {
            for range in chunk.ranges {
                let runs = layout.runs(ofRange: range), width = runs.columns.count
                let gathered = worker.gathered.floats(runs.count)
                for (position, row) in runs.rows.enumerated() {
                    (gathered + position * width).update(from: base + runs.run(inRow: row).lowerBound, count: width)
                }
                if worker.isCancelled { break }
                set(range, calibration.quantizer(for: gathered, runs.count, worker.spare, worker.cancel))
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
                    let (least, most) = calibration.extremes(ofPiece: piece, columnLow, columnHigh)
                    set(band * layout.pieces + piece, calibration.quantizer(low: least, high: most))
                }
            }
        }
        return EvaluationWorker.Grids(
            inverse: inverse, scale: scale, low: low, firstRange: chunk.ranges.lowerBound, span: span)
    }
}
