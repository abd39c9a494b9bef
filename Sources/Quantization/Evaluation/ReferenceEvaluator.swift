import Tensors

/// The plain implementation of what `Evaluator` computes: one element after the other, sums in Double, no tiles.
///
/// It is the definition that the fused pass is tested against: counts and the largest error equal, sums within 1e-6.
public enum ReferenceEvaluator {
    /// Quantizes every finite element by the quantizer of its range and adds up the errors.
    public static func sums(
        of values: [Float], layout: RangeLayout, quantizers: [AffineQuantizer], rounding: Rounding
    ) -> (sums: ErrorSums, codeCounts: [UInt64], reconstruction: [Float]) {
        var sums = ErrorSums()
        var codeCounts = [UInt64](repeating: 0, count: quantizers.first?.levelCount ?? 0)
        var reconstruction = [Float](repeating: .nan, count: values.count)
        for (index, value) in values.enumerated() where value.isFinite {
            let quantizer = quantizers[layout.range(ofElement: index)]
            let code = quantizer.code(of: value, rounding: rounding, index: index)
            let approximation = quantizer.reconstruction(of: code)
            reconstruction[index] = approximation
            codeCounts[code - quantizer.lowestCode] += 1
            let x = Double(value), error = Double(approximation - value)
            sums.count += 1
            sums.absoluteError += abs(error)
            sums.error += error
            sums.squaredOriginal += x * x
            sums.squaredReconstruction += Double(approximation) * Double(approximation)
            sums.product += x * Double(approximation)
            sums.largestError = max(sums.largestError, abs(error))
            if quantizer.isClipped(value) {
                sums.clippedCount += 1
                sums.clippedSquaredError += error * error
            } else {
                sums.roundedSquaredError += error * error
            }
            if value != 0 && approximation == 0 { sums.zeroedCount += 1 }
        }
        return (sums, codeCounts, reconstruction)
    }
}
