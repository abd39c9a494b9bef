import Tensors

/// In which chunks a tensor is evaluated, and whether the ranges of a chunk can be calibrated while it is in memory.
struct EvaluationSchedule {
    enum Kind {
        /// Chunks of whole ranges that are runs of memory: calibrated and evaluated in one look.
        case localRuns
        /// Chunks of whole bands, likewise.
        case localBands
        /// Ranges larger than a chunk, each a run: calibrated by passes of all workers, evaluated in parts.
        case longRuns
        /// Bands larger than a worker's memory.
        case longBands
    }

    struct Chunk {
        var elements: Range<Int>
        var ranges: Range<Int>
    }

    let kind: Kind
    let layout: RangeLayout
    let chunkCount: Int
    private let unitsPerChunk: Int
    private let chunksPerRange: Int

    init(_ layout: RangeLayout) {
        self.layout = layout
        let unit = max(1, layout.unitLength)
        let units = layout.isContiguous ? layout.rangeCount : layout.bandCount
        let isLocal = unit <= Tiling.chunk || unit <= Tiling.localLimit && units >= 8
        unitsPerChunk = max(1, Tiling.chunk / unit)
        switch (layout.isContiguous, isLocal) {
        case (true, true):
            kind = .localRuns
            chunksPerRange = 0
            chunkCount = units.pieces(of: unitsPerChunk)
        case (false, true):
            kind = .localBands
            chunksPerRange = 0
            chunkCount = units.pieces(of: unitsPerChunk)
        case (true, false):
            kind = .longRuns
            chunksPerRange = layout.pieceLength.pieces(of: Tiling.chunk)
            chunkCount = units * chunksPerRange
        case (false, false):
            kind = .longBands
            chunksPerRange = 0
            chunkCount = layout.count.pieces(of: Tiling.chunk)
        }
    }

    func chunk(_ index: Int) -> Chunk {
        switch kind {
        case .localRuns:
            let ranges = index * unitsPerChunk..<min((index + 1) * unitsPerChunk, layout.rangeCount)
            let first = layout.runs(ofRange: ranges.lowerBound), last = layout.runs(ofRange: ranges.upperBound - 1)
            return Chunk(
                elements: first.run(inRow: first.rows.lowerBound)
                    .lowerBound..<last.run(inRow: last.rows.lowerBound).upperBound,
                ranges: ranges)
        case .localBands:
            let bands = index * unitsPerChunk..<min((index + 1) * unitsPerChunk, layout.bandCount)
            let start = layout.rows(ofBand: bands.lowerBound).lowerBound
            let end = layout.rows(ofBand: bands.upperBound - 1).upperBound
            return Chunk(
                elements: start * layout.rowLength..<end * layout.rowLength,
                ranges: bands.lowerBound * layout.pieces..<bands.upperBound * layout.pieces)
        case .longRuns:
            let range = index / chunksPerRange, runs = layout.runs(ofRange: range)
            let whole = runs.run(inRow: runs.rows.lowerBound)
            let start = min(whole.upperBound, whole.lowerBound + index % chunksPerRange * Tiling.chunk)
            return Chunk(elements: start..<min(start + Tiling.chunk, whole.upperBound), ranges: range..<range + 1)
        case .longBands:
            let elements = index * Tiling.chunk..<min((index + 1) * Tiling.chunk, layout.count)
            return Chunk(elements: elements, ranges: 0..<layout.rangeCount)
        }
    }
}
