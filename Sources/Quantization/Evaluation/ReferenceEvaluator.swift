import Tensors

/// The plain implementation of what `Evaluator` computes: one element after the other, sums in Double, no tiles.
///
/// It is the definition that the fused pass is tested against: counts and the largest error equal, sums within 1e-6.
public enum ReferenceEvaluator {
    /// Quantizes every finite element by the quantizer of its range and adds up the errors.
    public static func sums(
        of values: [Float], layout: RangeLayout, quantizers: [Quantizer], rounding: Rounding
    ) -> (sums: ErrorSums, codeCounts: [UInt64], reconstruction: [Float]) {
        var sums = ErrorSums()
        var codeCounts = [UInt64](repeating: 0, count: quantizers.map { $0.levelCount }.max() ?? 0)
        var reconstruction = [Float](repeating: .nan, count: values.count)
        for (index, value) in values.enumerated() where value.isFinite {
            let quantizer = quantizers[layout.range(ofElement: index)]
            let code = quantizer.code(of: value, rounding: rounding, index: index)
            let approximation = quantizer.reconstruction(of: code)
            reconstruction[index] = approximation
            codeCounts[code - quantizer.lowestCode] += 1
            sums.add(value, approximation, isClipped: quantizer.isClipped(value))
        }
        return (sums, codeCounts, reconstruction)
    }
}
