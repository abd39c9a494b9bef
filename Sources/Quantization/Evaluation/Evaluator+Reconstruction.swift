import KernelTypes
import Tensors

extension Evaluator {
    /// The reconstructions of the first `count` elements; not a number where an element is not finite.
    public func reconstructionHead(_ count: Int, context: WorkContext = WorkContext()) throws(Cancelled) -> [Float] {
        let head = whole.values(0..<min(count, whole.count))
        var quantizers: [Int: AffineQuantizer] = [:]
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
        let codes = recipe.codes
        let span = Float(codes.upperBound - codes.lowerBound)
        let grids = isCalibratedByChunk ? nil : try allGrids(context.silent)
        let workers = PerWorker(context.threads) {
            (EvaluationWorker(codeCount: 1, cancel: context.cancel), HistogramWorker(binning))
        }
        try context.forEach(0..<schedule.chunkCount) { index, number in
            let chunk = schedule.chunk(index), (worker, counter) = workers[number]
            guard !chunk.elements.isEmpty else { return }
            tensor.withValues(chunk.elements, scratch: worker.values.floats(chunk.elements.count)) { values in
                let seen = Kernel.extremes(values, chunk.elements.count)
                var kept: [AffineQuantizer] = []
                let chunkGrids: EvaluationWorker.Grids
                if let grids {
                    let first = chunk.ranges.lowerBound
                    chunkGrids = EvaluationWorker.Grids(
                        inverse: grids.inverse.base + first, scale: grids.scale.base + first,
                        low: grids.low.base + first, firstRange: first, span: span)
                } else {
                    chunkGrids = calibrate(
                        chunk, values, worker, isFinite: !seen.hasNonFinite, span: span, keeping: &kept)
                }
                if worker.isCancelled { return }
                let output = counter.spare.floats(chunk.elements.count)
                worker.reconstruct(
                    values, chunk.elements, layout: layout, grids: chunkGrids, rounding: recipe.kernelRounding,
                    into: output)
                // What is not finite must not be counted; its reconstruction would be an outermost level.
                for i in 0..<chunk.elements.count where values[i].isFinite {
                    counter.add(Double(output[i]))
                }
            }
        }
        var result = Histogram(binning)
        for (_, counter) in workers.all { result.merge(counter.finished()) }
        return result
    }
}
