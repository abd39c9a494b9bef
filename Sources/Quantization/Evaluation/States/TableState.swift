import Basics
import Tensors

/// Tensors of few distinct values under one range: every answer follows from how often each value occurs.
struct TableState: EvaluationState {
    let evaluator: Evaluator
    let table: ValueTable

    func result(_ context: WorkContext) throws(Cancelled) -> Evaluator.RawResult {
        let quantizer = try quantizer(ofRange: 0, context), recipe = evaluator.recipe
        var result = Evaluator.RawResult(
            codeCounts: [UInt64](repeating: 0, count: recipe.codes.count), quantizers: [quantizer])
        for (value, count) in zip(table.values, table.counts) {
            let code = quantizer.code(of: value, rounding: recipe.rounding, index: 0)
            result.codeCounts[code - quantizer.lowestCode] += count
            result.sums.add(
                value, quantizer.reconstruction(of: code), isClipped: quantizer.isClipped(value), times: count)
        }
        return result
    }

    func quantizer(ofRange range: Int, _ context: WorkContext) throws(Cancelled) -> Quantizer {
        try evaluator.calibration.quantizer(ofRange: range, context: context)
    }

    func detail(
        ofRange range: Int, _ binning: Binning, coverage: RangeDetail.Coverage, errorBins: Int, _ context: WorkContext
    ) throws(Cancelled) -> RangeDetail {
        let quantizer = try quantizer(ofRange: range, context)
        let look = DetailPass(evaluator, quantizer, binning, errorBins: errorBins, workers: 1)
        for (value, count) in zip(table.values, table.counts) { look.workers[0].add(value, times: count) }
        return try look.detail(ofRange: range, coverage: coverage, context)
    }

    func head(_ count: Int, _ context: WorkContext) throws(Cancelled) -> [Float] {
        try ChunkedState(evaluator: evaluator).head(count, context)
    }
}

extension Evaluator {
    /// The values of the only range; nil where there are more ranges, too many values, or rounding looks at positions.
    var table: ValueTable? {
        guard layout.rangeCount == 1, ahead == nil, let table = summary?.table, table.finiteCount > 0 else {
            return nil
        }
        if case .stochastic = recipe.rounding { return nil }
        return recipe.format.isJoint ? nil : table
    }

    /// The same with the first pass done, where that gives the table of the only range; nil where there is nothing to gain. So
    /// results do not depend on whether a summary was handed over.
    func withTable(_ context: WorkContext) throws(Cancelled) -> Evaluator? {
        guard summary == nil, ahead == nil, layout.rangeCount == 1, tensor.patternCount != nil, tensor.isWhole,
            calibration.knownExtremes == nil
        else { return nil }
        let summary = try FirstPass(tensor).run(context.silent)
        return Evaluator(
            tensor, layout: layout, recipe: recipe, summary: summary, knownExtremes: nil, isEstimate: false)
    }
}
