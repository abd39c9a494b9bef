import KernelTypes
import Tensors

/// Tensors of few distinct values under one range: every answer follows from how often each value occurs.
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

    /// The same with everything known that quantizers depend on; nil where it is.
    func prepared(_ context: WorkContext) throws(Cancelled) -> Evaluator? {
        if let better = try withTable(context) { return better }
        guard let format = recipe.format as? any ScaledFormat, format.needsTensorLargest, tensorLargest == nil else {
            return nil
        }
        let (low, high) = try calibration.extremes(of: RangeReader(tensor), context: context.silent)
        return Evaluator(
            tensor, layout: layout, recipe: recipe, summary: nil, knownExtremes: nil,
            largest: low > high ? 0 : max(abs(low), abs(high)), isEstimate: isEstimate)
    }

    func tableResult(_ context: WorkContext) throws(Cancelled) -> RawResult? {
        guard let table else { return nil }
        let quantizer = try calibration.quantizer(ofRange: 0, context: context)
        var result = RawResult(codeCounts: [UInt64](repeating: 0, count: recipe.codes.count), quantizers: [quantizer])
        for (value, count) in zip(table.values, table.counts) {
            let code = quantizer.code(of: value, rounding: recipe.rounding, index: 0)
            result.codeCounts[code - quantizer.lowestCode] += count
            result.sums.add(
                value, quantizer.reconstruction(of: code), isClipped: quantizer.isClipped(value), times: count)
        }
        return result
    }
}
