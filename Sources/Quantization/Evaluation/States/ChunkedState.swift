import Basics
import KernelTypes
import Tensors

/// Formats whose codes follow from single values, on tensors of many values: passes over chunks.
struct ChunkedState: EvaluationState {
    let evaluator: Evaluator

    func result(_ context: WorkContext) throws(Cancelled) -> Evaluator.RawResult {
        // Where ranges are calibrated first, that is about two thirds of the work.
        let start = evaluator.isCalibratedByChunk ? 0 : 0.65
        let pass = try EvaluationPass(evaluator, context.part(0, start))
        try EvaluationPass.run([pass], context.part(start, 1))
        return pass.result
    }

    func quantizer(ofRange range: Int, _ context: WorkContext) throws(Cancelled) -> Quantizer {
        if let ahead = evaluator.ahead { return try ahead.quantizer(ofRange: range, context: context) }
        return try evaluator.calibration.quantizer(ofRange: range, context: context)
    }

    func detail(
        ofRange range: Int, _ binning: Binning, coverage: RangeDetail.Coverage, errorBins: Int, _ context: WorkContext
    ) throws(Cancelled) -> RangeDetail {
        let quantizer = try quantizer(ofRange: range, context)
        let reader = RangeReader(evaluator.tensor, evaluator.layout.runs(ofRange: range))
        let look = DetailPass(evaluator, quantizer, binning, errorBins: errorBins, workers: context.threads)
        try context.forEach(0..<reader.chunkCount) { chunk, number in
            let worker = look.workers[number]
            reader.withChunk(chunk, worker.scratch) { values, count in
                worker.add(values, count) { reader.element(chunk, $0) }
            }
        }
        return try look.detail(ofRange: range, coverage: coverage, context)
    }

    func head(_ count: Int, _ context: WorkContext) throws(Cancelled) -> [Float] {
        let whole = evaluator.whole
        // Draws count from the first element that is judged.
        let first = whole.count - evaluator.tensor.count
        var quantizers: [Int: Quantizer] = [:]
        var result: [Float] = []
        for (index, value) in whole.values(0..<min(count, whole.count)).enumerated() {
            let range = evaluator.range(ofWholeElement: index)
            var known = quantizers[range]
            if known == nil { known = try quantizer(ofRange: range, context) }
            guard let quantizer = known else { continue }
            quantizers[range] = quantizer
            guard value.isFinite else {
                result.append(.nan)
                continue
            }
            let code = quantizer.code(
                of: value, rounding: evaluator.recipe.rounding, index: index < first ? index : index - first)
            result.append(quantizer.reconstruction(of: code))
        }
        return result
    }
}
