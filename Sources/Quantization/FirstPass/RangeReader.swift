import KernelTypes
import Tensors

/// Reads the elements of one range of a tensor in chunks of bounded size, in row-major order.
struct RangeReader: Sendable {
    let tensor: TensorView
    let runs: RangeRuns
    private let rowsPerChunk: Int
    private let chunksPerRow: Int

    init(_ tensor: TensorView, _ runs: RangeRuns) {
        self.tensor = tensor
        self.runs = runs
        let width = max(1, runs.columns.count)
        rowsPerChunk = max(1, Tiling.chunk / width)
        chunksPerRow = width > Tiling.chunk ? width.pieces(of: Tiling.chunk) : 1
    }

    /// The whole tensor as one range.
    init(_ tensor: TensorView) {
        self.init(tensor, RangeRuns(rows: 0..<1, rowLength: tensor.count, columns: 0..<tensor.count))
    }

    var count: Int { runs.count }

    var chunkCount: Int {
        guard count > 0 else { return 0 }
        return chunksPerRow > 1 ? runs.rows.count * chunksPerRow : runs.rows.count.pieces(of: rowsPerChunk)
    }

    /// The number in the tensor of the element at `position` of a chunk.
    func element(_ chunk: Int, _ position: Int) -> Int {
        if chunksPerRow > 1 || runs.rows.count == 1 {
            let whole = runs.run(inRow: runs.rows.lowerBound + chunk / chunksPerRow)
            return whole.lowerBound + chunk % chunksPerRow * Tiling.chunk + position
        }
        let width = runs.columns.count
        let row = runs.rows.lowerBound + chunk * rowsPerChunk + position / width
        return runs.run(inRow: row).lowerBound + position % width
    }

    /// Lends the values of a chunk, non-finite ones included.
    func withChunk<Result, Failure: Error>(
        _ index: Int, _ scratch: Scratch, _ body: (UnsafePointer<Float>, Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if chunksPerRow > 1 || runs.rows.count == 1 {
            let whole = runs.run(inRow: runs.rows.lowerBound + index / chunksPerRow)
            let start = whole.lowerBound + index % chunksPerRow * Tiling.chunk
            let part = start..<min(start + Tiling.chunk, whole.upperBound)
            return try tensor.withValues(part, scratch: scratch.floats(part.count)) {
                values throws(Failure) in try body(values, part.count)
            }
        }
        let first = runs.rows.lowerBound + index * rowsPerChunk
        let rows = first..<min(first + rowsPerChunk, runs.rows.upperBound)
        if runs.columns.count == runs.rowLength {  // whole rows lie together
            let part = rows.lowerBound * runs.rowLength..<rows.upperBound * runs.rowLength
            return try tensor.withValues(part, scratch: scratch.floats(part.count)) {
                values throws(Failure) in try body(values, part.count)
            }
        }
        let width = runs.columns.count
        let values = scratch.floats((rows.count + 1) * width)
        let spare = values + rows.count * width
        for (position, row) in rows.enumerated() {
            tensor.withValues(runs.run(inRow: row), scratch: spare) {
                (values + position * width).update(from: $0, count: width)
            }
        }
        return try body(UnsafePointer(values), rows.count * width)
    }

    /// Lends the finite values of a chunk: the values themselves where all are, else copied without the others.
    ///
    /// Where all are known to be finite nothing is looked at, and there is no look to hand on.
    func withFiniteChunk<Result>(
        _ index: Int, _ scratch: Scratch, _ spare: Scratch, isKnownFinite: Bool = false,
        _ body: (UnsafePointer<Float>, Int, KernelLook?) -> Result
    ) -> Result {
        withChunk(index, scratch) { values, count in
            isKnownFinite ? body(values, count, nil) : FiniteValues.with(values, count, spare, body)
        }
    }
}

/// What one pass over values finds: extremes of the finite ones and counts of the others.
struct KernelLook: Sendable {
    var minimum: Float
    var maximum: Float
    var zeroCount: Int
    var nanCount = 0
    var infinityCount = 0
    var largest: Float { max(abs(minimum), abs(maximum)) }
}

enum FiniteValues {
    /// Hands on the values without NaN and infinities.
    static func with<Result, Failure: Error>(
        _ values: UnsafePointer<Float>, _ count: Int, _ spare: Scratch,
        _ body: (UnsafePointer<Float>, Int, KernelLook) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let seen = Kernel.set.extremes(values, count)
        if !seen.hasNonFinite {
            return try body(
                values, count, KernelLook(minimum: seen.minimum, maximum: seen.maximum, zeroCount: seen.zeroCount))
        }
        let kept = spare.floats(count)
        var keptCount = 0, nans = 0, infinities = 0
        for i in 0..<count {
            let value = values[i]
            if value.isFinite {
                kept[keptCount] = value
                keptCount += 1
            } else if value.isNaN {
                nans += 1
            } else {
                infinities += 1
            }
        }
        let rest = Kernel.set.extremes(kept, keptCount)
        return try body(
            UnsafePointer(kept), keptCount,
            KernelLook(
                minimum: rest.minimum, maximum: rest.maximum, zeroCount: rest.zeroCount, nanCount: nans,
                infinityCount: infinities))
    }
}
