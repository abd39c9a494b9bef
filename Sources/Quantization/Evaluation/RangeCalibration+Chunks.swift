import KernelTypes
import Tensors

extension RangeCalibration {
    /// Calibrates the ranges of a chunk that is in memory; where the worker is cancelled some may be left out.
    func calibrate(
        _ chunk: EvaluationSchedule.Chunk, _ values: UnsafePointer<Float>, _ worker: EvaluationWorker, isFinite: Bool,
        into grids: RangeGrids
    ) {
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
                if isFinite && needs != .values {
                    let (least, most) = Kernel.set.range(base + run.lowerBound, run.count)
                    set(range, low: least, high: most, in: grids)
                    continue
                }
                if worker.isCancelled { break }
                grids.set(range, quantizer(for: base + run.lowerBound, run.count, worker.spare, worker.cancel))
            }
        } else if needs == .values || !isFinite {
            for range in chunk.ranges {
                let runs = layout.runs(ofRange: range), width = runs.columns.count
                let gathered = worker.gathered.floats(runs.count)
                for (position, row) in runs.rows.enumerated() {
                    (gathered + position * width).update(from: base + runs.run(inRow: row).lowerBound, count: width)
                }
                if worker.isCancelled { break }
                grids.set(range, quantizer(for: gathered, runs.count, worker.spare, worker.cancel))
            }
        } else {
            let columnLow = worker.columnLow.floats(layout.rowLength)
            let columnHigh = worker.columnHigh.floats(layout.rowLength)
            for band in chunk.ranges.lowerBound / layout.pieces..<chunk.ranges.upperBound / layout.pieces {
                columnLow.update(repeating: .infinity, count: layout.rowLength)
                columnHigh.update(repeating: -.infinity, count: layout.rowLength)
                for row in layout.rows(ofBand: band) {
                    Kernel.set.widenColumns(base + row * layout.rowLength, layout.rowLength, columnLow, columnHigh)
                }
                for piece in 0..<layout.pieces {
                    let (least, most) = extremes(ofPiece: piece, columnLow, columnHigh)
                    set(band * layout.pieces + piece, low: least, high: most, in: grids)
                }
            }
        }
    }
}
