import KernelTypes
import Tensors

extension Evaluator {
    /// The reconstructions of the first `count` elements; not a number where an element is not finite.
    public func reconstructionHead(_ count: Int, context: WorkContext = WorkContext()) throws(Cancelled) -> [Float] {
        if let better = try prepared(context) { return try better.reconstructionHead(count, context: context) }
        if let coder = try jointCoder(context) { return jointHead(coder, count) }
        let head = whole.values(0..<min(count, whole.count))
        var quantizers: [Int: Quantizer] = [:]
        var result: [Float] = []
        for (index, value) in head.enumerated() {
            let range = self.range(ofWholeElement: index)
            var known = quantizers[range]
            if known == nil { known = try self.quantizer(ofRange: range, context: context) }
            guard let quantizer = known else { continue }
            quantizers[range] = quantizer
            guard value.isFinite else {
                result.append(.nan)
                continue
            }
            // Draws count from the first element that is judged.
            let first = whole.count - tensor.count
            let code = quantizer.code(
                of: value, rounding: recipe.rounding, index: index < first ? index : index - first)
            result.append(quantizer.reconstruction(of: code))
        }
        return result
    }

    /// The histogram of all reconstructions.
    func reconstructionHistogram(_ binning: Binning, _ context: WorkContext) throws(Cancelled) -> Histogram {
        if let coder = try jointCoder(context) { return try jointHistogram(coder, binning, context) }
        let grids = isCalibratedByChunk ? nil : try allGrids(context.silent)
        let workers = PerWorker(context.threads) { [recipe] in
            (EvaluationWorker(codeCount: 1, cancel: context.cancel), HistogramWorker(binning), RangeGrids(recipe))
        }
        try context.forEach(0..<schedule.chunkCount) { index, number in
            let chunk = schedule.chunk(index), (worker, counter, own) = workers[number]
            guard !chunk.elements.isEmpty else { return }
            tensor.withValues(chunk.elements, scratch: worker.values.floats(chunk.elements.count)) { values in
                let seen = Kernel.extremes(values, chunk.elements.count)
                if grids == nil {
                    own.prepare(chunk.ranges)
                    calibration.calibrate(chunk, values, worker, isFinite: !seen.hasNonFinite, into: own)
                }
                if worker.isCancelled { return }
                let output = counter.spare.floats(chunk.elements.count)
                worker.reconstruct(values, chunk.elements, layout: layout, grids: grids ?? own, into: output)
                // What is not finite must not be counted; its reconstruction would be an outermost level.
                for i in 0..<chunk.elements.count where values[i].isFinite {
                    counter.add(Double(output[i]))
                }
            }
        }
        var result = Histogram(binning)
        for (_, counter, _) in workers.all { result.merge(counter.finished()) }
        return result
    }
}
