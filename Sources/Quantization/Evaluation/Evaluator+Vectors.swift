import Tensors

extension TensorView {
    /// Rows of which vectors are cut.
    var vectorRows: (count: Int, length: Int) {
        let rows = shape.rank > 1 ? max(1, shape.extents[0]) : 1
        return (rows, shape.count / rows)
    }

    /// Evenly spread vectors, at most about so many, with finite values alone; what is left of a row is padded with zeros.
    func vectors(of dimension: Int, most: Int) -> [Float] {
        let rows = vectorRows
        let perRow = rows.length.pieces(of: dimension), total = rows.count * perRow
        let count = min(total, most)
        var vectors: [Float] = []
        vectors.reserveCapacity(count * dimension)
        for place in 0..<count {
            // By the golden ratio: evenly, but in step with nothing that rows may repeat.
            let number =
                count == total
                ? place : Int((UInt64(place) &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: UInt64(total)).high)
            let start = number / perRow * rows.length + number % perRow * dimension
            let end = min(start + dimension, (number / perRow + 1) * rows.length)
            var values = self.values(start..<end)
            guard values.allSatisfy({ $0.isFinite }) else { continue }
            values += [Float](repeating: 0, count: dimension - values.count)
            vectors += values
        }
        return vectors
    }
}

/// Vectors of neighbouring values: they are learnt from the tensor, then each is given its nearest centroid.
extension Evaluator {
    func vectorQuantizer(_ format: ProductFormat, _ context: WorkContext) throws(Cancelled) -> VectorQuantizer {
        let dimension = format.dimension
        let wanted = isEstimate ? VectorLearner.quickSample : VectorLearner.sample
        let vectors = tensor.vectors(of: dimension, most: max(wanted, 16 * format.centroids))
        let learner = VectorLearner(vectors, dimension: dimension, isQuick: isEstimate)
        return VectorQuantizer(book: try learner.book(format.centroids, context))
    }

    /// Memory of one worker.
    private final class VectorWorker {
        let values = Scratch(), clean = Scratch(), back = Scratch()
    }

    /// Parts of long rows, or some short rows together: how long, how many a row, how many rows, how many groups of them.
    private func partition(_ book: VectorBook) -> (length: Int, parts: Int, rows: Int, groups: Int) {
        let rows = tensor.vectorRows, together = max(1, Tiling.tile / max(1, rows.length))
        let length = min(rows.length, max(1, Tiling.tile / book.dimension) * book.dimension)
        return (length, rows.length.pieces(of: length), together, rows.count.pieces(of: together))
    }

    private func partCount(_ book: VectorBook) -> Int {
        let (_, parts, _, groups) = partition(book)
        return parts * groups
    }

    /// Calls `body(part, values, reconstructions, count, codes, worker)` for parts of rows, on all cores. What is not finite
    /// takes part as zero.
    private func forEachPart(
        _ book: VectorBook, _ context: WorkContext,
        _ body: @escaping @Sendable (Int, UnsafePointer<Float>, UnsafePointer<Float>, Int, [Int], Int) -> Void
    ) throws(Cancelled) {
        let rows = tensor.vectorRows, dimension = book.dimension
        let (length, parts, rowsTogether, groups) = partition(book)
        let workers = PerWorker(context.threads) { VectorWorker() }
        let finder = NearestCentroid(book)
        try context.forEach(0..<groups * parts) { number, index in
            let worker = workers[index], group = number / parts, part = number % parts
            for row in group * rowsTogether..<min((group + 1) * rowsTogether, rows.count) {
                let start = row * rows.length + part * length
                let count = min(length, (row + 1) * rows.length - start)
                tensor.withValues(start..<start + count, scratch: worker.values.floats(count)) { values in
                    let padded = count.pieces(of: dimension) * dimension
                    let clean = worker.clean.floats(padded), back = worker.back.floats(padded)
                    for i in 0..<padded { clean[i] = i < count && values[i].isFinite ? values[i] : 0 }
                    let codes = finder.codes(clean, padded / dimension, into: back)
                    body(number, values, back, count, codes, index)
                }
            }
        }
    }

    func vectorResult(_ format: ProductFormat, _ context: WorkContext) throws(Cancelled) -> RawResult {
        let quantizer = try vectorQuantizer(format, context.part(0, 0.3)), book = quantizer.book
        let counts = PerWorker(context.threads) { Box([UInt64](repeating: 0, count: format.centroids)) }
        // Parts are added in the order of the tensor, so that a result does not depend on threads.
        let parts = Slots<ErrorSums>(partCount(book), repeating: ErrorSums())
        try forEachPart(book, context.part(0.3, 1)) { part, values, back, count, codes, worker in
            var sums = parts[part]
            for i in 0..<count where values[i].isFinite { sums.add(values[i], back[i], isClipped: false) }
            parts[part] = sums
            for code in codes { counts[worker].value[code] += 1 }
        }
        var result = RawResult(
            codeCounts: [UInt64](repeating: 0, count: format.centroids), quantizers: [.vector(quantizer)])
        for part in parts.all { result.sums.merge(part) }
        for table in counts.all {
            for (code, count) in table.value.enumerated() { result.codeCounts[code] += count }
        }
        return result
    }

    private final class Box<Value> {
        var value: Value
        init(_ value: Value) { self.value = value }
    }

    func vectorHead(_ format: ProductFormat, _ count: Int, _ context: WorkContext) throws(Cancelled) -> [Float] {
        let book = try vectorQuantizer(format, context).book, rows = tensor.vectorRows
        let finder = NearestCentroid(book)
        var result: [Float] = []
        var start = 0
        while result.count < count, start < tensor.count {
            let end = min(start + book.dimension, (start / rows.length + 1) * rows.length)
            let values = tensor.values(start..<end)
            var padded = values.map { $0.isFinite ? $0 : 0 }
            padded += [Float](repeating: 0, count: book.dimension - padded.count)
            var back = padded
            padded.withUnsafeBufferPointer { input in
                back.withUnsafeMutableBufferPointer { output in
                    if let input = input.baseAddress, let output = output.baseAddress {
                        _ = finder.codes(input, 1, into: output)
                    }
                }
            }
            for (value, reconstruction) in zip(values, back) { result.append(value.isFinite ? reconstruction : .nan) }
            start = end
        }
        return Array(result.prefix(count))
    }

    func vectorHistogram(
        _ format: ProductFormat, _ binning: Binning, _ context: WorkContext
    ) throws(Cancelled) -> Histogram {
        try vectorDetail(
            vectorQuantizer(format, context), binning: binning, errorBins: 3, context
        ).reconstruction
    }

    func vectorDetail(
        _ quantizer: VectorQuantizer, binning: Binning, errorBins: Int, _ context: WorkContext
    ) throws(Cancelled) -> RangeDetail {
        let errorBinning = Binning.linear(low: -RangeDetail.errorSpan, high: RangeDetail.errorSpan, bins: errorBins)
        let step = quantizer.meanGap
        let workers = PerWorker(context.threads) {
            (
                HistogramWorker(binning), HistogramWorker(binning), HistogramWorker(errorBinning.scaled(by: step)),
                Box([UInt64](repeating: 0, count: quantizer.book.count)), Box(0.0)
            )
        }
        try forEachPart(quantizer.book, context.silent) { _, values, back, count, codes, worker in
            let (original, reconstruction, errors, counts, squares) = workers[worker]
            for i in 0..<count where values[i].isFinite {
                original.add(Double(values[i]))
                reconstruction.add(Double(back[i]))
                let e = Double(back[i] - values[i])
                errors.add(e)
                squares.value += e * e
            }
            for code in codes { counts.value[code] += 1 }
        }
        var original = Histogram(binning), reconstruction = Histogram(binning), errors = Histogram(errorBinning)
        var counts = [UInt64](repeating: 0, count: quantizer.book.count), squares = 0.0
        for worker in workers.all {
            original.merge(worker.0.finished())
            reconstruction.merge(worker.1.finished())
            errors.merge(worker.2.finished().between(errorBinning))
            for (code, count) in worker.3.value.enumerated() { counts[code] += count }
            squares += worker.4.value
        }
        return RangeDetail(
            range: 0, rangeCount: 1, count: tensor.count, quantizer: .vector(quantizer), codeCounts: counts,
            squaredError: squares, original: original, reconstruction: reconstruction, errors: errors,
            coversAll: false, isExact: true)
    }
}
